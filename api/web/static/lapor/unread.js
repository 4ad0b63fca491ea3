// The inbox: what came since the last look, kept on this phone.

import { useEffect, useState } from "preact/hooks";

import { all, get, put, putAll } from "../app/db.js";
import { account, read, send } from "../app/server.js";

const EVERY_MS = 120_000;
const told = new EventTarget();

/** How many messages are unread; asked at the start, when the app is seen again, when something is pushed. */
export function useUnread() {
  const [unread, setUnread] = useState(0);
  useEffect(() => {
    const look = () => document.visibilityState === "visible" && fetchMessages().then(setUnread, () => {});
    const show = ({ detail }) => setUnread(detail);
    const timer = setInterval(look, EVERY_MS);
    document.addEventListener("visibilitychange", look);
    navigator.serviceWorker?.addEventListener("message", look);
    told.addEventListener("unread", show);
    look();
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", look);
      navigator.serviceWorker?.removeEventListener("message", look);
      told.removeEventListener("unread", show);
    };
  }, []);
  return unread;
}

/** Fetches what is new; answers with the number of unread ones. A phone that never reported has no inbox. */
export async function fetchMessages() {
  const speaker = await account();
  if (!speaker) return 0;
  const key = `inbox-${speaker.id}`;
  let since = (await get("settings", key)) ?? "0";
  for (;;) {
    const page = await read(`/v1/inbox?since=${since}`);
    await putAll({ messages: page.messages });
    since = page.next;
    await put("settings", since, key);
    if (!page.more) return page.unread;
  }
}

/** Newest first. */
export const messages = async () => (await all("messages")).sort((one, other) => (one.created_at < other.created_at ? 1 : -1));

export async function markSeen(list) {
  const mids = list.filter(({ seen_at: at }) => !at).map(({ mid }) => mid);
  if (!mids.length) return;
  await send("POST", "/v1/inbox/seen", { mids: mids.slice(0, 500) });
  const now = new Date().toISOString();
  await putAll({ messages: list.map((message) => ({ ...message, seen_at: message.seen_at ?? now })) });
  told.dispatchEvent(new CustomEvent("unread", { detail: 0 }));
}
