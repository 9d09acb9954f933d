// Sends files in parts as soon as they are chosen, and goes on after a lost connection. Without this
// file the form carries them itself.
const area = document.querySelector("[data-files]");
const chooser = area?.querySelector("input[type=file]");
const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value;
const WAITS = [1000, 2000, 5000, 10000, 20000, 30000];
const said = document.getElementById("files-said");

const pause = (milliseconds) =>
  new Promise((resolve) => {
    const timer = setTimeout(done, milliseconds);
    function done() {
      clearTimeout(timer);
      window.removeEventListener("online", done);
      resolve();
    }
    window.addEventListener("online", done);
  });

class Refused extends Error {}
const BAD = "The connection is bad. Trying again";

async function ask(url, options) {
  const answer = await fetch(url, {
    credentials: "same-origin",
    ...options,
    headers: { "X-CSRFToken": token, ...options.headers },
  });
  if (answer.redirected || answer.status === 403) {
    throw new Refused("You are signed out. Sign in again in another tab, then choose the file again");
  }
  if (answer.status === 422) throw new Refused((await answer.json()).problem);
  if (answer.status === 404) throw new Refused("Reload this page to see whether it has arrived");
  if (answer.status === 503) throw new Error((await answer.json().catch(() => ({}))).problem ?? BAD);
  return answer;
}

// The hash lets a broken upload go on, and shows that all of it arrived as it was.
async function hashOf(file) {
  if (!window.crypto?.subtle) return "";
  const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function send(file, row) {
  const part = Number(area.dataset.part);
  const form = new FormData();
  form.set("name", file.name);
  form.set("size", file.size);
  form.set("sha256", await hashOf(file));
  const begun = await ask(area.dataset.files, { method: "POST", body: form });
  if (begun.status !== 201) throw new Error(BAD);
  let { url, offset } = await begun.json();
  for (;;) {
    row.show(offset, file.size);
    const answer = await ask(url, {
      method: "PATCH",
      headers: { "Upload-Offset": String(offset), "Content-Type": "application/offset+octet-stream" },
      body: file.slice(offset, offset + part),
    });
    if (answer.status === 200) return answer.text();
    // A failure says no offset, and neither does a screen that was locked meanwhile.
    const next = answer.headers.get("Upload-Offset");
    if (next === null) throw new Error(BAD);
    offset = Number(next);
  }
}

function rowFor(file) {
  const item = document.createElement("li");
  const name = document.createElement("span");
  name.className = "portal-evidence";
  name.dir = "auto";
  name.textContent = file.name;
  const bar = document.createElement("progress");
  bar.max = 1;
  bar.value = 0;
  bar.setAttribute("aria-label", `Sending ${file.name}`);
  const words = document.createElement("span");
  item.append(name, bar, words);
  document.getElementById("files-progress").append(item);
  return {
    show(sent, size) {
      bar.value = size ? sent / size : 0;
      words.textContent = `${Math.floor(bar.value * 100)}%`;
    },
    say(text) {
      words.textContent = text;
      said.textContent = `${file.name}: ${text}`;
    },
    fail(text) {
      bar.remove();
      words.className = "govuk-error-message";
      this.say(text);
    },
    remove: () => item.remove(),
  };
}

// Whether the file arrived.
async function upload(file) {
  const row = rowFor(file);
  if (file.size > Number(area.dataset.most)) {
    row.fail(`The file must be smaller than ${area.dataset.most / 1048576} MB`);
    return false;
  }
  for (let tries = 0; ; tries += 1) {
    try {
      document.getElementById("files-waiting").innerHTML = await send(file, row);
      row.remove();
      said.textContent = `${file.name} is added`;
      return true;
    } catch (problem) {
      if (problem instanceof Refused || tries >= WAITS.length) {
        row.fail(problem instanceof Refused ? problem.message : "It did not go through. Choose it again: it goes on where it stopped");
        return false;
      }
      row.say(problem instanceof TypeError ? BAD : problem.message);
      await pause(WAITS[tries]);
    }
  }
}

if (chooser) {
  area.classList.add("portal-files--live");
  const form = chooser.form;
  let running = Promise.resolve();
  let open = 0;
  let failed = 0;
  let waits = false;
  chooser.addEventListener("change", () => {
    const files = [...chooser.files];
    // What goes up in parts must not go with the form again.
    chooser.value = "";
    for (const file of files) {
      open += 1;
      running = running.then(async () => {
        if (!(await upload(file))) failed += 1;
        open -= 1;
      });
    }
  });
  // Sending the form would break off what is still on its way. It goes once, and only with all of it.
  form.addEventListener("submit", async (event) => {
    if (!open) return;
    event.preventDefault();
    if (waits) return;
    waits = true;
    const button = event.submitter;
    const before = failed;
    said.className = "govuk-body";
    said.textContent = "A file is still on its way. We send this as soon as it is there";
    document.getElementById("files-progress").scrollIntoView({ block: "center" });
    while (open) await running;
    waits = false;
    if (failed === before) return form.requestSubmit(button);
    said.className = "govuk-error-message";
    said.textContent = "Not sent yet: a file did not arrive. Send it again, with or without that file";
  });
}
