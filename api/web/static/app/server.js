// The one module that speaks to the API, for pages and the service worker. It throws nothing but Refusal (and the
// AbortError that the caller asked for).

import { get, put } from "./db.js";

const PATIENCE_MS = 60_000;
const language =
  globalThis.document?.documentElement.lang ?? navigator.languages.map((tag) => tag.slice(0, 2)).find((tag) => tag === "en" || tag === "id") ?? "id";

/** What the server did not do, as problem+json says it. `status` is 0 when no answer came. */
export class Refusal extends Error {
  constructor(status, problem = {}, after_s = null) {
    super(problem.detail ?? problem.title ?? `status ${status}`);
    this.status = status;
    this.problem = problem;
    this.after_s = after_s;
  }

  get kind() {
    return this.problem.type?.split("/").pop() ?? "";
  }

  /** Field → what is wrong with it. */
  get fields() {
    return Object.fromEntries((this.problem.errors ?? []).map(({ field, message }) => [field, message]));
  }

  /** No network, or a server that will be back: the same request may succeed later. */
  get isPassing() {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 499;
  }

  get isSignedOut() {
    return this.status === 401;
  }
}

/** `body` goes as JSON, `bytes` as they are. The answer is a Response that is ok. */
export async function ask(method, path, { body, bytes, headers = {}, signal, signsIn = true } = {}) {
  const begun = Date.now();
  const request = { method, headers: allHeaders(body, headers), body: bytes ?? (body && JSON.stringify(body)), signal };
  let answer = await once(path, request);
  if (answer.status === 401 && signsIn && (await refreshSession(begun))) answer = await once(path, request);
  if (!answer.ok) throw await refusalOf(answer);
  return answer;
}

const json = async (answer) => (answer.status === 204 ? null : answer.json());
export const read = async (path, more) => json(await ask("GET", path, more));
export const send = async (method, path, body, more) => json(await ask(method, path, { ...more, body }));

const allHeaders = (body, headers) => ({
  "Accept-Language": language,
  "X-Requested-By": "kentongan", // a foreign page cannot set it: the cookie alone changes nothing
  ...(body && { "Content-Type": "application/json" }),
  ...headers,
});

async function once(path, request) {
  const limit = AbortSignal.timeout(PATIENCE_MS);
  try {
    return await fetch(path, { ...request, signal: request.signal ? either(request.signal, limit) : limit });
  } catch (error) {
    if (request.signal?.aborted) throw error;
    throw new Refusal(0);
  }
}

/** AbortSignal.any, which phones have since 2023 only. */
function either(...signals) {
  const control = new AbortController();
  for (const signal of signals) signal.addEventListener("abort", () => control.abort(signal.reason), { once: true });
  if (signals.some((signal) => signal.aborted)) control.abort();
  return control.signal;
}

async function refusalOf(answer) {
  const problem = await answer.json().catch(() => ({}));
  const after = Number(answer.headers.get("retry-after"));
  return new Refusal(answer.status, problem, after > 0 ? after : null);
}

let refreshedAt = 0;

/** True when the session lives again. One at a time among all tabs and the service worker. */
async function refreshSession(since) {
  if (!(await get("settings", "account"))) return false;
  return navigator.locks.request("session", async () => {
    if (refreshedAt > since) return true;
    const answer = await once("/v1/sessions/refresh", { method: "POST", headers: allHeaders({}, {}), body: "{}" });
    if (!answer.ok && answer.status !== 401) throw await refusalOf(answer);
    if (answer.ok) refreshedAt = Date.now();
    else await endSession();
    return answer.ok;
  });
}

/** The account stays written down: what waits for it must not go out under another one unasked. */
async function endSession() {
  await put("settings", true, "signed_out");
  globalThis.dispatchEvent(new Event("signedout"));
}

/** The account that this phone speaks for; null before the first report and after signing out. */
export const account = () => get("settings", "account");

/** A resident without a name: opened once, when there is something to send or to ask. */
export const ensureAccount = async () => (await account()) ?? openAccount();

function openAccount() {
  return navigator.locks.request("session", async () => {
    const known = await account();
    if (known) return known;
    const device = { name: deviceName(), locale: language };
    const opened = await send("POST", "/v1/accounts", { device, cookie: true }, { signsIn: false });
    return keepAccount(opened.account_id, "resident");
  });
}

/** Staff, and residents with a linked phone. `kind` is "staff" or "resident". */
export async function keepAccount(id, kind) {
  const kept = { id, kind };
  await put("settings", kept, "account");
  return kept;
}

export async function forgetAccount() {
  await put("settings", null, "account");
}

export async function signIn(credentials) {
  const opened = await send("POST", "/v1/sessions", { ...credentials, cookie: true }, { signsIn: false });
  return keepAccount(opened.account_id, "staff");
}

export async function signOut() {
  await send("DELETE", "/v1/sessions/current").catch((refusal) => {
    if (!refusal.isSignedOut) throw refusal;
  });
  await forgetAccount();
}

/** What the phone calls itself: no more than the kind of system, which the owner sees in a list of sessions. */
const deviceName = () => navigator.userAgentData?.platform ?? /\(([^;)]+)/.exec(navigator.userAgent)?.[1] ?? "";
