// Compiles the styles and copies the few scripts the pages load into static/dist (git-ignored).
// No bundler: pages load at most two small files, and every part works without either of them.
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as sass from "sass";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const out = join(root, "static", "dist");

const mojAssets = join(root, "node_modules/@ministryofjustice/frontend/moj/assets");

const copies = {
  "node_modules/govuk-frontend/dist/govuk/govuk-frontend.min.js": "govuk-frontend.min.js",
  "node_modules/htmx.org/dist/htmx.min.js": "htmx.min.js",
  "static/src/js-enabled.js": "js-enabled.js",
  "static/src/portal.mjs": "portal.mjs",
  "static/src/queue.mjs": "queue.mjs",
  "static/src/lock.mjs": "lock.mjs",
  "static/src/passkeys.mjs": "passkeys.mjs",
  "static/src/redact.mjs": "redact.mjs",
  "static/src/printed.mjs": "printed.mjs",
  "static/src/body-map.mjs": "body-map.mjs",
  "static/src/files.mjs": "files.mjs",
  "static/src/favicon.svg": "favicon.svg",
  ...Object.fromEntries(
    (await readdir(join(root, "static/src/offline"))).map((name) => [
      `static/src/offline/${name}`,
      `offline/${name}`,
    ]),
  ),
};

// A map that is not shipped makes the browser ask for a file that is not there.
const withoutSourceMap = (text) => text.replace(/\n?\/\/# sourceMappingURL=.*\s*$/, "\n");

const { css } = sass.compile(join(root, "static", "src", "portal.scss"), {
  loadPaths: [root, join(root, "node_modules")],
  style: "compressed",
  quietDeps: true,
});
// The council is not GOV.UK: its typeface, fonts and crown must never be served from here.
for (const forbidden of ["GDS Transport", "@font-face", "crest", "crown"]) {
  if (css.includes(forbidden)) throw new Error(`portal.css must not contain ${forbidden}`);
}
// Images are copied because the styles name them, so none is missing and none is idle.
const images = [...css.matchAll(/url\("?(images\/[\w.-]+)"?\)/g)].map((match) => match[1]);
if (images.length !== css.split("url(").length - 1) {
  throw new Error("portal.css names an image outside images/");
}

await rm(out, { recursive: true, force: true });
await mkdir(join(out, "images"), { recursive: true });
await mkdir(join(out, "offline"));
await writeFile(join(out, "portal.css"), css);
for (const [from, to] of Object.entries(copies)) {
  if (/\.m?js$/.test(to)) {
    await writeFile(join(out, to), withoutSourceMap(await readFile(join(root, from), "utf8")));
  } else {
    await copyFile(join(root, from), join(out, to));
  }
}
for (const image of new Set(images)) {
  await copyFile(join(mojAssets, image), join(out, image));
}
console.log("Built static/dist");
