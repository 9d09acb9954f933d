// Whom to call, from the signed bundle alone. Pure: no page, no storage, no clock of its own.
// It looks instants up; it never works out hours, bank holidays or clock changes.

const ZONE = "Europe/London";
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

const bytes = (base64) => Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));

// Returns the opened bundle, or null when the signature is not the portal's.
export async function open(text, publicKey) {
  try {
    const { payload, served_at, signature } = JSON.parse(text);
    const algorithm = { name: "ECDSA", namedCurve: "P-256" };
    const key = await crypto.subtle.importKey("spki", bytes(publicKey), algorithm, false, ["verify"]);
    const signed = new TextEncoder().encode(`${served_at}\n${payload}`);
    const how = { name: "ECDSA", hash: "SHA-256" };
    const genuine = await crypto.subtle.verify(how, key, bytes(signature), signed);
    return genuine ? prepare(JSON.parse(payload), served_at) : null;
  } catch {
    return null;
  }
}

function prepare(data, servedAt) {
  if (data.format !== 1) throw new Error("a bundle of another format");
  const start = Date.parse(data.starts_at);
  const schedules = data.schedules.map(([isOpen, gaps]) => {
    let at = start;
    return { isOpen: isOpen === 1, changes: gaps.map((gap) => (at += gap * MINUTE)) };
  });
  const versions = data.versions.map((version) => ({ ...version, from: Date.parse(version.from) }));
  return {
    ...data,
    schedules,
    versions,
    servedAt: Date.parse(servedAt),
    builtAt: Date.parse(data.built_at),
    expiresAt: Date.parse(data.expires_at),
    tolerance: data.tolerance_seconds * 1000,
  };
}

// Why the bundle must not be computed from at `now` (ms by the device's clock), or "".
// `clock` is what was noted when the bundle was kept: {kept: the device's time then, latest: the
// latest device time seen since}.
export function trouble(bundle, clock, now) {
  if (!bundle) return "signature";
  const known = Math.max(bundle.servedAt, clock.latest);
  if (Math.abs(clock.kept - bundle.servedAt) > bundle.tolerance) return "clock";
  if (now < known - bundle.tolerance) return "clock";
  return now >= bundle.expiresAt ? "stale" : "";
}

export function versionAt(bundle, now) {
  return bundle.versions.filter((version) => version.from <= now).at(-1) ?? bundle.versions[0];
}

function changesUntil(schedule, now) {
  return schedule.changes.filter((change) => change <= now).length;
}

const isOpen = (schedule, now) => schedule.isOpen === (changesUntil(schedule, now) % 2 === 0);

export const nextChange = (schedule, now) => schedule.changes[changesUntil(schedule, now)] ?? null;

// The lines of an agency in the order in which they are tried, each with its own state.
export function chainAt(bundle, slug, now) {
  const version = versionAt(bundle, now);
  const agency = version.agencies.find((one) => one.slug === slug);
  return (agency?.chain ?? []).map((name) => {
    const line = version.lines[name];
    const schedule = bundle.schedules[line.schedule];
    return {
      slug: name,
      name: line.name,
      number: line.number,
      hours: bundle.words[line.hours],
      note: line.note === undefined ? "" : bundle.words[line.note],
      isOpen: isOpen(schedule, now),
      changesAt: nextChange(schedule, now),
    };
  });
}

// Whom to call for an agency: the first open line, until when, who follows, and who is closed.
export function answer(bundle, slug, now) {
  const chain = chainAt(bundle, slug, now);
  const line = chain.find((one) => one.isOpen);
  if (!line) return null;
  const until = endOf(bundle, slug, line, now);
  const next = until === null ? null : chainAt(bundle, slug, until).find((one) => one.isOpen);
  return { line, until, next, closed: chain.slice(0, chain.indexOf(line)) };
}

// When another line, or another number, becomes the answer; null if none does within the bundle.
function endOf(bundle, slug, line, now) {
  let moment = now;
  for (;;) {
    const changes = chainAt(bundle, slug, moment).map((one) => one.changesAt);
    const starts = bundle.versions.map((version) => version.from);
    const later = [...changes, ...starts].filter((at) => at !== null && at > moment);
    if (later.length === 0) return null;
    moment = Math.min(...later);
    const then = chainAt(bundle, slug, moment).find((one) => one.isOpen);
    if (then?.slug !== line.slug || then.number !== line.number) return moment;
  }
}

const parts = new Intl.DateTimeFormat("en-GB", {
  timeZone: ZONE,
  weekday: "long",
  day: "numeric",
  month: "long",
  year: "numeric",
  hour: "numeric",
  minute: "2-digit",
  hourCycle: "h23",
});

function london(at) {
  return Object.fromEntries(parts.formatToParts(at).map(({ type, value }) => [type, value]));
}

const dayNumber = ({ day, month, year }) => Date.parse(`${day} ${month} ${year} UTC`) / DAY;

// "4:15pm", "midday", "midnight".
export function clockWords(at) {
  const { hour, minute } = london(at);
  const hours = Number(hour);
  if (minute === "00" && hours === 0) return "midnight";
  if (minute === "00" && hours === 12) return "midday";
  return `${hours % 12 || 12}${minute === "00" ? "" : `:${minute}`}${hours < 12 ? "am" : "pm"}`;
}

// "Friday 27 November 2026".
export function dayWords(at) {
  const { weekday, day, month, year } = london(at);
  return `${weekday} ${day} ${month} ${year}`;
}

// A moment as seen from `now`: the time, and the day unless it is near.
export function momentWords(moment, now) {
  const [then, today] = [london(moment), london(now)];
  const away = dayNumber(then) - dayNumber(today);
  if (away === 0) return `${clockWords(moment)} today`;
  if (away === 1) return `${clockWords(moment)} tomorrow`;
  const year = then.year === today.year ? "" : ` ${then.year}`;
  return `${clockWords(moment)} on ${then.weekday} ${then.day} ${then.month}${year}`;
}

// "until 4:15pm today, then the emergency duty team (EDT)".
export function untilWords({ until, next }, now) {
  if (until === null) return "at any time";
  return `until ${momentWords(until, now)}${next ? `, then ${next.name}` : ""}`;
}
