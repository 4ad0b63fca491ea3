// The service worker of all apps. Before it the server writes RELEASE and APPS: what each app needs without a network.
// It keeps the apps that were opened on this phone, sends the outbox when the network returns, and shows what is pushed.

import { get, put } from "./static/app/db.js";
import { entries, flush } from "./static/app/outbox.js";

const SHELL = `shell-${RELEASE}`;
const spoken = () => navigator.languages.map((tag) => tag.slice(0, 2)).find((tag) => tag === "en" || tag === "id") ?? "id";

addEventListener("install", (event) => event.waitUntil(install()));
addEventListener("activate", (event) => event.waitUntil(activate()));

async function install() {
  for (const [app, language] of Object.entries((await get("settings", "apps")) ?? {})) await keep(app, language);
}

async function activate() {
  for (const name of await caches.keys()) if (name.startsWith("shell-") && name !== SHELL) await caches.delete(name);
  await clients.claim();
}

const documentOf = (app, language) => `${app}?lang=${language}`;

async function keep(app, language) {
  if (!APPS[app]) return;
  const cache = await caches.open(SHELL);
  const missing = [];
  for (const address of APPS[app]) if (!(await cache.match(address))) missing.push(address);
  await cache.addAll(missing);
  await keepDocument(cache, app, language);
  await put("settings", { ...(await get("settings", "apps")), [app]: language }, "apps");
}

/** Of this release only: a newer document would ask for modules that are not kept. */
async function keepDocument(cache, app, language) {
  const address = documentOf(app, language);
  if (await cache.match(address)) return;
  const loaded = await fetch(app, { cache: "force-cache" }); // what the page has just been made of
  const answer = isOurs(loaded, language) ? loaded : await fetch(address);
  if (isOurs(answer, language)) await cache.put(address, answer);
}

const isOurs = ({ ok, headers }, language) =>
  ok && headers.get("App-Release") === RELEASE && headers.get("Content-Language") === language;

addEventListener("message", (event) => {
  if (event.data.takeOver) skipWaiting();
  if (event.data.keep) event.waitUntil(keep(event.data.keep, event.data.language));
});

addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate" && APPS[url.pathname]) event.respondWith(page(request, url));
  else if (/^\/(static|vendor)\//.test(url.pathname)) event.respondWith(file(request));
});

async function page(request, url) {
  const kept = (await get("settings", "apps"))?.[url.pathname];
  const language = url.searchParams.get("lang") ?? kept ?? spoken();
  const found = await (await caches.open(SHELL)).match(documentOf(url.pathname, language));
  return found ?? fetch(request);
}

const file = async (request) => (await (await caches.open(SHELL)).match(request)) ?? fetch(request);

addEventListener("sync", (event) => event.waitUntil(sendOutbox()));

/** Throws while something waits for the network, so that the browser calls again. */
async function sendOutbox() {
  const after_s = await flush();
  if (after_s !== null && (await entries()).some(({ state }) => state === "waiting")) throw new Error("not all is sent");
}

addEventListener("push", (event) => event.waitUntil(show(event.data)));

/** The newest word of a report takes the place of the older one. */
async function show(data) {
  const told = data?.json() ?? {};
  if (!told.title) return;
  const tag = told.subject;
  const [shown] = await registration.getNotifications({ tag });
  if (shown && shown.data.rev > told.rev) return;
  await registration.showNotification(told.title, {
    body: told.body,
    tag,
    renotify: Boolean(shown),
    icon: "/static/app/icon-192.png",
    data: { rev: told.rev, link: linkOf(told) },
  });
  for (const client of await clients.matchAll({ type: "window" })) client.postMessage({ pushed: told.subject });
}

/** Only ever a page of this site. */
function linkOf({ link, subject }) {
  const url = new URL(link ?? `/lapor#/laporan/${subject}`, location.origin);
  return url.origin === location.origin ? url.href : new URL("/lapor", location.origin).href;
}

addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data.link));
});

async function open(link) {
  const wanted = new URL(link);
  const windows = await clients.matchAll({ type: "window" });
  const same = windows.find(({ url }) => new URL(url).pathname === wanted.pathname);
  if (!same) return clients.openWindow(link);
  await same.focus();
  return same.navigate(link);
}
