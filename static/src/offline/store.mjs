// The bundle as this device keeps it, and what is known of the device's clock.
// Only public answers are kept: fetched without cookies, and never one that says "no-store".
import { open } from "./engine.mjs";

const STORE = "help-now-bundle";
const CLOCK = "/get-help-now/clock";

// Fetches a new bundle and keeps it if it is genuine; true if it did. Never throws.
export async function refresh({ bundle: address, key }) {
  try {
    const response = await fetch(address, { credentials: "omit", cache: "no-store" });
    const storable = !/no-store/.test(response.headers.get("Cache-Control") ?? "");
    const text = await response.text();
    const bundle = response.ok && storable ? await open(text, key) : null;
    if (!bundle) return false;
    const store = await caches.open(STORE);
    await store.put(address, new Response(text));
    await note({ kept: Date.now(), latest: bundle.servedAt });
    return true;
  } catch {
    return false;
  }
}

// Returns {bundle, clock}; the bundle is undefined if none was kept, null if it is not genuine.
export async function load({ bundle: address, key }) {
  const store = await caches.open(STORE);
  const [kept, clock] = await Promise.all([store.match(address), store.match(CLOCK)]);
  if (!kept) return { bundle: undefined, clock: {} };
  const known = await clock?.json().catch(() => null);
  return {
    bundle: await open(await kept.text(), key),
    clock: known ?? { kept: NaN, latest: Infinity },
  };
}

// Notes a moment that this device has seen: its clock must not go back behind it.
export async function note(clock) {
  const store = await caches.open(STORE);
  await store.put(CLOCK, new Response(JSON.stringify(clock)));
}
