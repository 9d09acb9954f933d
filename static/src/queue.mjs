// Keys for whoever wants them; a person may turn them off (WCAG 2.1.4). Without this file every
// one of these acts is a link or a button.
const form = document.querySelector("[data-queue]");
const rows = () => [...document.querySelectorAll("[data-row]")];
const linkOf = (row) => row?.querySelector("th a");
const here = () => document.activeElement?.closest("[data-row]");

function move(step) {
  const all = rows();
  const at = all.indexOf(here());
  const next = at < 0 ? (step > 0 ? 0 : all.length - 1) : at + step;
  linkOf(all[next])?.focus();
}

function claim() {
  const row = here();
  if (!row) return;
  for (const box of form.querySelectorAll("[name=picked]")) box.checked = row.contains(box);
  form.requestSubmit(form.querySelector("[name=act][value=claim]"));
}

function help() {
  const details = document.getElementById("shortcuts");
  details.open = !details.open;
  details.querySelector("summary").focus();
}

const keys = {
  j: () => move(1),
  k: () => move(-1),
  o: () => linkOf(here())?.click(),
  c: claim,
  "/": () => document.getElementById("search").focus(),
  "?": help,
};

if (form?.dataset.shortcuts === "on") {
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}
