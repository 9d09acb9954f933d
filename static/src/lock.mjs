// The idle lock on the screen. The server locks by itself; this hides what is shown, tells the
// server that somebody is typing, and unlocks without leaving the page, so that text not yet sent
// stays where it is. With scripts off the next page asks instead, and keeps what was sent.
const template = document.getElementById("portal-lock");
const limit = Number(template?.dataset.seconds ?? 0) * 1000;
const { activeUrl, unlockUrl } = template?.dataset ?? {};
const SHARED = "portal-active";
const TELL_EVERY = 60_000;
const LOOK_EVERY = 5_000;
const title = document.title;
let last = Date.now();
let told = Date.now();
let cover = null;
let focused = null;
let scrolled = 0;

// Every tab of this browser knows when somebody was last at any of them.
function share(moment) {
  try {
    localStorage.setItem(SHARED, String(moment));
  } catch {
    // Without storage each tab counts for itself.
  }
}

function lastAnywhere() {
  try {
    const shared = Number(localStorage.getItem(SHARED));
    return Math.max(last, shared <= Date.now() ? shared : 0);
  } catch {
    return last;
  }
}

const token = () => document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";

function send(url, body) {
  return fetch(url, {
    method: "POST",
    redirect: "manual",
    headers: { "X-CSRFToken": token(), Accept: "application/json" },
    body,
  });
}

async function there() {
  if (cover) return;
  // A machine that slept wakes with a key, before any timer has looked.
  if (Date.now() - lastAnywhere() > limit) return lock();
  last = Date.now();
  if (last - told < TELL_EVERY) return;
  told = last;
  share(last);
  const answer = await send(activeUrl).catch(() => null);
  if (answer?.status === 423) lock();
}

function lock() {
  if (cover) return;
  focused = document.activeElement;
  scrolled = window.scrollY;
  cover = template.content.firstElementChild.cloneNode(true);
  document.documentElement.classList.add("portal-is-locked");
  document.title = cover.querySelector("#lock-title").textContent;
  document.body.append(cover);
  cover.querySelector("form").addEventListener("submit", unlock);
  cover.querySelector("#lock-title").focus();
}

function open() {
  cover.remove();
  cover = null;
  document.documentElement.classList.remove("portal-is-locked");
  document.title = title;
  last = told = Date.now();
  share(last);
  focused?.focus({ preventScroll: true });
  window.scrollTo(0, scrolled);
}

async function unlock(event) {
  event.preventDefault();
  const field = cover.querySelector("input");
  const fault = cover.querySelector("#lock-error");
  fault.textContent = "";
  const answer = await send(unlockUrl, new URLSearchParams({ password: field.value })).catch(
    () => null,
  );
  field.value = "";
  if (answer?.status === 204) return open();
  fault.textContent = await wordsOf(answer);
  field.focus();
}

async function wordsOf(answer) {
  if (!answer || answer.status >= 500) return "The portal cannot be reached. Try again";
  if (answer.status === 422) return (await answer.json()).error;
  return "You are signed out. Sign in in a new tab, then come back here and send the page";
}

// Unlocked in another tab, or by the next page there: this one opens, too.
async function look() {
  if (!cover) {
    if (Date.now() - lastAnywhere() > limit) lock();
    return;
  }
  if (document.hidden) return;
  const answer = await fetch(activeUrl, { redirect: "manual" }).catch(() => null);
  if (answer?.status === 204 && cover) open();
}

if (template && limit > 0) {
  share(last);
  for (const kind of ["keydown", "pointerdown", "input"]) {
    document.addEventListener(kind, there, { passive: true });
  }
  document.body.addEventListener("portal-locked", lock);
  document.addEventListener("visibilitychange", look);
  window.addEventListener("focus", look);
  window.addEventListener("pageshow", look);
  setInterval(look, LOOK_EVERY);
}
