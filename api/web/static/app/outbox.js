// What must not be lost: written on this phone, queued, and sent exactly once by whoever comes first, a page or the
// service worker. Every step may be repeated: the phone made the ids, photos go on where they stopped.
//
// An entry is a row of steps that are done in order:
//   {method, path, body}  one call of the API         {photo}  the bytes of an announced photo, in pieces
// `done` counts the finished ones, `answers` has what the server said to each. Entries with the same `subject` (the
// report) wait for each other; others overtake a slow photo. With `inOrder` they also wait while one of them is refused,
// and their photos stay on the phone until all of the entry has been received.

import { all, change, changeAll, get, putAll, remove } from "./db.js";
import { account, ensureAccount, Refusal, send } from "./server.js";
import { sendPhoto } from "./uploads.js";

const SYNC = "outbox";
const channel = new BroadcastChannel("outbox");
const AT_LEAST_S = 5;
const AT_MOST_S = 120;

/** `photos`: [{id, blob, size, type, sha256}]. Raises StorageFull; then nothing was queued. */
export async function enqueue({ id, app, subject, title = "", steps, photos = [], facts = {}, inOrder = false }) {
  const owner = (await account())?.id ?? null;
  const entry = { id, app, subject, title, steps, facts, inOrder, account: owner, at: Date.now(), done: 0, answers: [], state: "waiting" };
  await putAll({ outbox: [entry], photos: photos.map((photo) => ({ ...photo, offset: 0 })) });
  await announce();
  await askForSync();
  return entry;
}

export const entries = async (app) =>
  (await all("outbox")).filter((entry) => !app || entry.app === app).sort((one, other) => one.at - other.at || (one.id < other.id ? -1 : 1));

/** Calls `look()` now and whenever the outbox changes, here, in another tab or in the service worker. */
export function watch(look) {
  const local = () => look();
  globalThis.addEventListener("outbox", local);
  channel.addEventListener("message", local);
  look();
  return () => {
    globalThis.removeEventListener("outbox", local);
    channel.removeEventListener("message", local);
  };
}

function announce() {
  globalThis.dispatchEvent(new Event("outbox"));
  channel.postMessage("changed");
}

/** Where the browser can, the service worker sends when the network is back, also with no page open. */
async function askForSync() {
  const registration = globalThis.registration ?? (await navigator.serviceWorker?.getRegistration());
  await registration?.sync?.register(SYNC).catch(() => {}); // not there, or forbidden: the page sends
}

/** With its photos; what the server has already is not taken back. */
export async function drop(id) {
  const entry = await get("outbox", id);
  for (const { photo } of entry?.steps ?? []) if (photo) await remove("photos", photo);
  await remove("outbox", id);
  announce();
}

/** A refused entry, mended: `mend(entry)` gives the new one. */
export async function retry(id, mend = (entry) => entry) {
  await change("outbox", id, (entry) => ({ ...mend(entry), state: "waiting", refusal: null, after: 0 }));
  announce();
  await askForSync();
}

let keeper = null; // of this page, which tries again by itself
let cuts = 0; // of the network, one after the other

/** Sends what can be sent; answers with how many seconds later something may be tried again, or null. */
export const flush = () => (keeper ?? sendInTurn)();

const sendInTurn = () => navigator.locks.request("outbox", sendAll);

async function sendAll() {
  for (;;) {
    const queue = await entries();
    const waiting = queue.filter(({ state }) => state === "waiting");
    if (!waiting.length) return null;
    const next = await nextOf(waiting, new Set(queue.filter(({ state, inOrder }) => inOrder && state === "refused").map(({ subject }) => subject)));
    if (!next) return laterOf(waiting);
    const refusal = await advance(next).catch(kept(next));
    announce();
    if (refusal?.isSignedOut) return null; // server.js has said so, and the person decides
    cuts = refusal?.status === 0 ? cuts + 1 : 0;
    if (cuts) return Math.min(2 ** cuts, AT_MOST_S);
  }
}

/** Words before photos; nothing before an older entry of its subject (`subjects`: held up); nothing of somebody else's. */
async function nextOf(waiting, subjects) {
  const speaker = (await account())?.id ?? null;
  const free = waiting.filter((entry) => {
    const isFirst = !subjects.has(entry.subject);
    subjects.add(entry.subject);
    return isFirst && !(entry.after > Date.now()) && (!entry.account || entry.account === speaker);
  });
  return free.find((entry) => !entry.steps[entry.done].photo) ?? free[0];
}

function laterOf(waiting) {
  const times = waiting.map(({ after }) => after).filter((after) => after > Date.now());
  return times.length ? Math.ceil((Math.min(...times) - Date.now()) / 1000) : null;
}

async function advance(entry) {
  const owner = entry.account ?? (await ensureAccount()).id;
  const step = entry.steps[entry.done];
  const answer = step.photo ? await sendPhoto(step.photo, announce) : await send(step.method, step.path, step.body);
  const answers = [...entry.answers, answer ?? null];
  const isSent = answers.length === entry.steps.length;
  const advanced = (row) => ({ ...row, account: owner, answers, done: answers.length, tries: 0, state: isSent ? "sent" : "waiting" });
  await changeAll("outbox", (row) => (row.id === entry.id ? advanced(row) : following(row, entry, step, answer)));
  if (step.photo && !entry.inOrder) await remove("photos", step.photo);
}

/** What was written on top of this step expects the version that this step made, unless somebody has moved it on since
 *  (the answer may be to a repetition). */
function following(row, { subject }, { body }, answer) {
  if (row.subject !== subject || row.state !== "waiting" || body?.expected_version === undefined) return row;
  if (body.to && answer.state !== body.to) return row;
  return { ...row, steps: row.steps.map((step) => expecting(step, answer.version)) };
}

export const expecting = (step, version) =>
  step.body?.expected_version === undefined ? step : { ...step, body: { ...step.body, expected_version: version } };

/** What a refusal means for the entry: try again later, or ask the person. */
const kept = (entry) => async (refusal) => {
  if (!(refusal instanceof Refusal)) throw refusal;
  if (refusal.status === 0) return refusal;
  if (!refusal.isSignedOut) await change("outbox", entry.id, (row) => ({ ...row, ...(refusal.isPassing ? later(row, refusal) : refused(refusal)) }));
  return refusal;
};

function later(row, { after_s }) {
  const tries = (row.tries ?? 0) + 1;
  return { tries, after: Date.now() + 1000 * (after_s ?? Math.min(AT_LEAST_S * 2 ** tries, AT_MOST_S)) };
}

const refused = ({ status, problem, message }) => ({ state: "refused", refusal: { status, problem, message } });

/** In a page: sends at the start, when the network is back, when the page is seen again, and now and then. */
export function keepSending() {
  let timer;
  keeper = async () => {
    clearTimeout(timer);
    const after_s = await sendInTurn().catch(() => AT_MOST_S);
    clearTimeout(timer);
    if (after_s !== null) timer = setTimeout(keeper, 1000 * after_s);
    return after_s;
  };
  globalThis.addEventListener("online", keeper);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && keeper());
  keeper();
}
