// The service worker behind the app: started, kept new, told when the newer one may take over.

import { get, put } from "./db.js";
import { ask } from "./server.js";
import { terms } from "./words.js";

/** `offer(update)` when a newer release is ready; `update()` brings it. Nothing that was written is lost by it. */
export async function keepShell(offer) {
  if (!navigator.serviceWorker) return;
  const registration = await navigator.serviceWorker.register("/sw.js", { scope: "/" }).catch(() => null);
  if (!registration) return;
  navigator.serviceWorker.ready.then(({ active }) => active.postMessage({ keep: `/${terms.app}`, language: document.documentElement.lang }));
  const look = () => registration.waiting && navigator.serviceWorker.controller && offer(() => takeOver(registration));
  registration.addEventListener("updatefound", () => registration.installing?.addEventListener("statechange", look));
  look();
}

function takeOver({ waiting }) {
  navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
  waiting.postMessage({ takeOver: true });
}

/** True when the server no longer speaks to a release as old as this one. */
export const isOutdated = ({ minimum_app_version: least }) => compare(terms.version, least) < 0;

function compare(one, other) {
  const [left, right] = [one, other].map((version) => version.split(".").map(Number));
  return left[0] - right[0] || left[1] - right[1] || left[2] - right[2];
}

/** An app that is too old fetches the newer one and changes to it without asking. */
export async function renew() {
  const registration = await navigator.serviceWorker?.getRegistration();
  if (!registration) return location.reload();
  await registration.update();
  const worker = registration.installing ?? registration.waiting;
  if (registration.waiting) takeOver(registration);
  else worker?.addEventListener("statechange", () => registration.waiting && takeOver(registration));
}

/** Cities, limits and what is offered; the last known one when there is no network. */
export async function config() {
  try {
    const found = await (await ask("GET", "/v1/config", { signsIn: false })).json();
    await put("settings", found, "config");
    return found;
  } catch (refusal) {
    const kept = await get("settings", "config");
    if (!kept) throw refusal;
    return kept;
  }
}
