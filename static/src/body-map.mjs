// Placing a mark on the drawing of a body: by click, by touch, or with the arrow keys.
// It only fills the form beneath. The list of areas there gives the same record without it.
const STEP = 8;
const FAR = 5;
const FULL = 1000;
// How far beside the body a finger may land, in the drawing's own units.
const NEAR = [8, 16, 24, 32, 40];
const TURNS = 16;
const KEYS = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
const SVG = "http://www.w3.org/2000/svg";

for (const map of document.querySelectorAll("[data-body-map]")) {
  const form = document.getElementById(map.dataset.bodyMap);
  if (form) start(map, form);
}

function start(map, form) {
  const { area, x, y } = form.elements;
  const status = map.querySelector("[data-body-status]");
  const views = [...map.querySelectorAll("[data-body-view]")].map((frame) => viewOf(frame));

  const wordsOf = (slug) =>
    [...area.options].find((option) => option.value === slug)?.text ?? "";
  const say = (words) => {
    if (status.textContent !== words) status.textContent = words;
  };
  const show = (view, at) => {
    for (const other of views) other.pin.classList.toggle("portal-body__pin--shown", other === view);
    if (!view) return;
    view.pin.setAttribute("transform", `translate(${at.x} ${at.y})`);
  };
  const place = (view, at) => {
    const found = areaAt(view, at);
    if (!found) return say("Not on the body. Move closer");
    view.at = found.at;
    area.value = found.slug;
    x.value = Math.round((found.at.x * FULL) / view.box.width);
    y.value = Math.round((found.at.y * FULL) / view.box.height);
    show(view, found.at);
    say(`${wordsOf(found.slug)} chosen`);
    area.focus();
  };

  for (const view of views) {
    const { frame, svg } = view;
    frame.tabIndex = 0;
    frame.setAttribute("role", "application");
    frame.setAttribute(
      "aria-label",
      `${frame.dataset.bodyView} of the body: move with the arrow keys, press Enter to place a ` +
        "mark. The list of areas below does the same",
    );
    svg.addEventListener("click", (event) => place(view, pointOf(svg, event)));
    frame.addEventListener("focus", () => {
      if (!frame.matches(":focus-visible")) return;
      show(view, view.at);
      say(wordsOf(areaAt(view, view.at)?.slug));
    });
    frame.addEventListener("keydown", (event) => {
      const way = KEYS[event.key];
      if (way && !event.altKey && !event.ctrlKey && !event.metaKey) {
        const step = event.shiftKey ? STEP * FAR : STEP;
        view.at = {
          x: within(view.at.x + way[0] * step, view.box.width),
          y: within(view.at.y + way[1] * step, view.box.height),
        };
        show(view, view.at);
        say(wordsOf(areaAt(view, view.at)?.slug) || "Beside the body");
      } else if (event.key === "Enter" || event.key === " ") {
        place(view, view.at);
      } else {
        return;
      }
      event.preventDefault();
    });
  }
  // What the list says counts: an exact place in another area would not be true.
  area.addEventListener("change", () => {
    x.value = y.value = "";
    show(null);
  });
  restore(views, area, x, y, show);
}

// After an error, or on the way back, the chosen place is shown again.
function restore(views, area, x, y, show) {
  const view = views.find((one) => one.svg.querySelector(`[data-area="${CSS.escape(area.value)}"]`));
  if (!view || x.value === "" || y.value === "") return;
  view.at = { x: (x.value * view.box.width) / FULL, y: (y.value * view.box.height) / FULL };
  show(view, view.at);
}

function viewOf(frame) {
  const svg = frame.querySelector("svg");
  const box = svg.viewBox.baseVal;
  const pin = document.createElementNS(SVG, "g");
  pin.setAttribute("class", "portal-body__pin");
  for (const [name, size] of [["halo", box.width * 0.04], ["dot", box.width * 0.012]]) {
    const circle = document.createElementNS(SVG, "circle");
    circle.setAttribute("class", `portal-body__${name}`);
    circle.setAttribute("r", size);
    pin.append(circle);
  }
  svg.append(pin);
  return {
    frame,
    svg,
    box,
    pin,
    outline: svg.querySelector("[data-outline]"),
    // The one painted last is meant where two overlap.
    areas: [...svg.querySelectorAll("[data-area]")].reverse(),
    at: { x: box.width / 2, y: box.height * 0.3 },
  };
}

function pointOf(svg, event) {
  const point = new DOMPoint(event.clientX, event.clientY);
  return point.matrixTransform(svg.getScreenCTM().inverse());
}

function within(value, most) {
  return Math.min(Math.max(value, 0), most);
}

function areaAt(view, at) {
  for (const reach of [0, ...NEAR]) {
    for (let turn = 0; turn < (reach ? TURNS : 1); turn += 1) {
      const angle = (turn * 2 * Math.PI) / TURNS;
      const near = new DOMPoint(at.x + reach * Math.cos(angle), at.y + reach * Math.sin(angle));
      if (!view.outline.isPointInFill(near)) continue;
      const found = view.areas.find((shape) => shape.isPointInFill(near));
      if (found) return { slug: found.dataset.area, at: near };
    }
  }
  return null;
}
