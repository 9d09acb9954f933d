// On "Get help now": keep a copy for when there is no network, and turn to it when there is none.
import { refresh } from "./store.mjs";

const settings = document.querySelector("[data-offline]").dataset;

navigator.serviceWorker?.register(settings.worker).catch(() => {});
refresh(settings);
// A page that stays open for days keeps its copy young.
setInterval(() => refresh(settings), 60 * 60_000);

// The page asks the server each minute. When that fails its numbers grow old: leave them at once.
async function turnToTheCopy() {
  const copy = await self.caches?.match(settings.page);
  if (copy) location.replace(settings.page);
}
for (const name of ["htmx:sendError", "htmx:timeout"]) {
  document.body.addEventListener(name, turnToTheCopy);
}
document.body.addEventListener("htmx:responseError", (event) => {
  if (event.detail.xhr.status >= 500) turnToTheCopy();
});
window.addEventListener("offline", turnToTheCopy);
