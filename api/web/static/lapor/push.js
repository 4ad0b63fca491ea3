// Being told also when the app is closed: this browser's subscription.

import { useEffect, useState } from "preact/hooks";

import { get, put } from "../app/db.js";
import { Button, Notice, say } from "../app/elements.js";
import { html } from "../app/html.js";
import { newId } from "../app/ids.js";
import { ensureAccount, read, send } from "../app/server.js";
import { words } from "../app/words.js";

const canPush = () => "PushManager" in globalThis && "Notification" in globalThis;

/** Nothing where the browser cannot, or it is on already. */
export function PushSwitch() {
  const [permission, setPermission] = useState(canPush() ? Notification.permission : "missing");
  const [isBusy, setBusy] = useState(false);
  useEffect(() => {
    if (permission === "granted") register().catch(() => {}); // addresses change: told anew at each visit
  }, []);
  if (permission === "missing" || permission === "granted") return null;
  if (permission === "denied") return html`<p class="hint">${words("lapor_push_denied")}</p>`;
  const turnOn = async () => {
    setBusy(true);
    setPermission(await Notification.requestPermission());
    await register().then(
      () => say(words("lapor_push_is_on")),
      () => say(words("lapor_push_failed")),
    );
    setBusy(false);
  };
  return html`
    <${Notice} icon="bell" title=${words("lapor_push_title")}>
      <p>${words("lapor_push_line")}</p>
      <div><${Button} isBusy=${isBusy} onClick=${turnOn}>${words("lapor_push_on")}<//></div>
    <//>
  `;
}

async function register() {
  if (Notification.permission !== "granted") return;
  await ensureAccount();
  const { public_key: key } = await read("/v1/phones/webpush-key");
  const { pushManager } = await navigator.serviceWorker.ready;
  const subscription = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  await send("PUT", `/v1/phones/${await phoneId()}`, { kind: "webpush", address: JSON.stringify(subscription) });
}

async function phoneId() {
  const known = await get("settings", "phone");
  if (known) return known;
  const made = newId();
  await put("settings", made, "phone");
  return made;
}
