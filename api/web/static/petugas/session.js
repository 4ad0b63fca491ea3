// Who this phone works for. An ended session loses nothing: the queue waits for the same person to sign in again.

import { useEffect, useState } from "preact/hooks";

import { get, put } from "../app/db.js";
import { entries, flush, watch } from "../app/outbox.js";
import { account, keepAccount, read, send, signIn, signOut } from "../app/server.js";
import { APP } from "./steps.js";
import { forgetWork, sync } from "./sync.js";

const told = new EventTarget();
const changed = () => told.dispatchEvent(new Event("session"));

/** {account, isOut, me}; `me` is what the account may, as last heard. Undefined while it is read. */
export function useSession() {
  const [session, setSession] = useState();
  useEffect(() => {
    const look = async () => setSession(await known());
    const stop = watch(look); // the service worker may be the one that finds the session ended
    addEventListener("signedout", look);
    told.addEventListener("session", look);
    refreshMe().catch(() => {}); // without a network what was heard last stands
    return () => {
      stop();
      removeEventListener("signedout", look);
      told.removeEventListener("session", look);
    };
  }, []);
  return session;
}

const known = async () => ({
  account: await account(),
  isOut: Boolean(await get("settings", "signed_out")),
  me: (await get("settings", "me")) ?? null,
});

export async function refreshMe() {
  if ((await account())?.kind !== "staff") return;
  await put("settings", await read("/v1/me"), "me");
  changed();
}

/** Raises Refusal. Signing in as somebody else takes the work of the one before off the phone, not what waits. */
export const enter = (credentials) => entered(() => signIn(credentials));

/** With the code that an administrator gave, once. Raises Refusal. */
export const enrol = (credentials) =>
  entered(async () => {
    const opened = await send("POST", "/v1/enrolments", { ...credentials, cookie: true }, { signsIn: false });
    return keepAccount(opened.account_id, "staff");
  });

async function entered(open) {
  const before = await account();
  const now = await open();
  if (before?.id !== now.id) await forgetWork();
  await put("settings", false, "signed_out");
  await refreshMe();
  sync();
  flush().catch(() => {});
}

/** The work leaves the phone; what was not sent waits for the same person. Raises Refusal without a network. */
export async function leave() {
  await signOut();
  await forgetWork();
  await put("settings", false, "signed_out");
  changed();
}

/** What waits for somebody else than who is signed in. */
export const ofOthers = async () => {
  const speaker = await account();
  return (await entries(APP)).filter(({ account: owner, state }) => state !== "sent" && owner !== speaker?.id);
};
