// The page without a network. As it comes it shows every number and says that nobody can tell who
// answers now; only when the bundle, its signature and the clock are all right does this script
// put the answer for this minute above them.
import {
  answer,
  chainAt,
  clockWords,
  dayWords,
  momentWords,
  trouble,
  untilWords,
  versionAt,
} from "./engine.mjs";
import { load, note, refresh } from "./store.mjs";

const root = document.querySelector("[data-offline]");
const settings = root.dataset;
const places = Object.fromEntries(
  [...root.querySelectorAll("[data-place]")].map((place) => [place.dataset.place, place]),
);
const everyLine = places.directory.cloneNode(true);
let shown = "";
let copy = { bundle: undefined, clock: {} };

function make(tag, className, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

const capital = (words) => words.slice(0, 1).toUpperCase() + words.slice(1);

function dialLink(number, className, words = number) {
  const link = make("a", className, words);
  link.href = `tel:${number.replace(/[^\d+]/g, "")}`;
  return link;
}

function card(title, { line, until, next, closed }, now) {
  const section = make(
    "section",
    "portal-help__card",
    make("h2", "govuk-heading-m", title),
    make("p", "portal-help__number", dialLink(line.number, "govuk-link", `Call ${line.number}`)),
    make(
      "p",
      "govuk-body",
      `${capital(line.name)}. `,
      make("strong", "", `Open ${untilWords({ until, next }, now)}.`),
    ),
  );
  const [own] = closed;
  if (own) {
    const opens = own.changesAt === null ? "" : ` and opens at ${momentWords(own.changesAt, now)}`;
    const words = `${capital(own.name)} is closed now${opens}.`;
    section.append(make("p", "govuk-body", words));
  }
  return section;
}

function lineItem(line, now) {
  const change = line.changesAt === null ? "" : ` until ${momentWords(line.changesAt, now)}`;
  const item = make(
    "li",
    "",
    make("strong", "", line.isOpen ? "Open" : "Closed"),
    `${change}: `,
    dialLink(line.number, "govuk-link portal-numbers__number"),
    `, ${line.name} (${line.hours}).`,
  );
  if (line.note) item.append(` ${line.note}`);
  return item;
}

function agencyRow(bundle, agency, now) {
  const found = answer(bundle, agency.slug, now);
  const lines = chainAt(bundle, agency.slug, now).map((line) => lineItem(line, now));
  return make(
    "div",
    "govuk-summary-list__row govuk-summary-list__row--no-actions",
    make(
      "dt",
      "govuk-summary-list__key",
      agency.name,
      make("br", ""),
      make("span", "govuk-hint", bundle.words[agency.what_for]),
    ),
    make(
      "dd",
      "govuk-summary-list__value",
      make(
        "p",
        "govuk-body",
        "Now: ",
        dialLink(found.line.number, "govuk-link portal-numbers__number"),
        `, ${untilWords(found, now)}.`,
      ),
      make("ul", "govuk-list govuk-list--bullet", ...lines),
    ),
  );
}

// Everything is made before anything is changed: a fault leaves the page with every number on it.
function drawAnswers(bundle, now) {
  const version = versionAt(bundle, now);
  const cards = bundle.first.map(({ agency, title }) =>
    card(title, answer(bundle, agency, now), now),
  );
  const rows = version.agencies.map((agency) => agencyRow(bundle, agency, now));
  const list = make("dl", "govuk-summary-list", ...rows);
  const day = dayWords(now);
  places.when.textContent = `Who to call at ${clockWords(now)}, ${day}.`;
  places.age.textContent =
    `Worked out on this device from the list of ${dayWords(bundle.servedAt)}, version ` +
    `${version.version}. The list is good until ${dayWords(bundle.expiresAt)}.`;
  replace(places.first, cards);
  replace(places.directory, [list]);
}

// Nothing is touched while the words are the same: a link keeps the keyboard's focus.
function replace(place, children) {
  const words = children.map((child) => child.textContent).join("");
  if (place.textContent !== words) place.replaceChildren(...children);
}

function warn(reason) {
  for (const words of root.querySelectorAll("[data-reason]")) {
    words.hidden = words.dataset.reason !== reason;
  }
  places.directory.replaceChildren(...everyLine.cloneNode(true).childNodes);
}

function show(reason) {
  places.warning.hidden = reason === "";
  places.answers.hidden = reason !== "";
}

async function draw() {
  const now = Date.now();
  const { bundle, clock } = copy;
  let reason = bundle === undefined ? "missing" : trouble(bundle, clock, now);
  const minute = Math.floor(now / 60_000);
  if (shown === `${reason} ${minute}`) return;
  try {
    if (reason === "") drawAnswers(bundle, now);
  } catch {
    reason = "signature";
  }
  if (reason !== "") warn(reason);
  show(reason);
  shown = `${reason} ${minute}`;
  document.documentElement.dataset.help = reason || "now";
  if (reason === "" && now > clock.latest) {
    clock.latest = now;
    await note(clock).catch(() => {});
  }
}

async function look() {
  const isNew = await refresh(settings);
  places.online.hidden = !isNew;
  copy = await load(settings).catch(() => ({ bundle: undefined, clock: {} }));
  shown = "";
  await draw();
}

await look();
setInterval(draw, 1_000);
setInterval(look, 60_000);
window.addEventListener("online", look);
document.addEventListener("visibilitychange", draw);
