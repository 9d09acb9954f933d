// Every behaviour here only adds comfort: each page works whole with scripts off.
import { initAll } from "./govuk-frontend.min.js";

initAll();

// A print button is shown only where it can do something.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// Parts that htmx swaps in need the same behaviours as parts that came with the page.
document.body.addEventListener("htmx:load", (event) => {
  if (event.detail.elt !== document.body) initAll({ scope: event.detail.elt });
});
