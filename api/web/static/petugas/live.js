// While the app is seen: hints of the server that something changed, and a look now and then. The list itself comes by
// the delta sync alone, so that a hint that was missed costs nothing but time.

import { useEffect, useState } from "preact/hooks";

import { sync } from "./sync.js";

const EVERY_MS = 120_000;
const AGAIN_MS = 30_000; // after the session behind the stream has ended
const told = new EventTarget();
let isLive = false;

function tell(isOpen) {
  isLive = isOpen;
  told.dispatchEvent(new Event("live"));
}

/** True while changes are told as they happen. */
export function useLive() {
  const [isOpen, setOpen] = useState(isLive);
  useEffect(() => {
    const look = () => setOpen(isLive);
    told.addEventListener("live", look);
    return () => told.removeEventListener("live", look);
  }, []);
  return isOpen;
}

/** Until the function that is returned is called. */
export function keepListening() {
  let source = null;
  let again;
  const close = () => {
    source?.close();
    source = null;
    clearTimeout(again);
    tell(false);
  };
  const open = () => {
    if (source || document.visibilityState !== "visible" || !navigator.onLine) return;
    source = new EventSource("/v1/live");
    for (const kind of ["change", "reset", "hello"]) source.addEventListener(kind, sync);
    source.addEventListener("hello", () => tell(true));
    source.addEventListener("error", () => {
      tell(false);
      if (source?.readyState !== EventSource.CLOSED) return;
      close();
      again = setTimeout(open, AGAIN_MS);
    });
  };
  const look = () => {
    if (document.visibilityState !== "visible") return close();
    sync();
    open();
  };
  const timer = setInterval(look, EVERY_MS);
  const stops = [[document, "visibilitychange", look], [window, "online", look], [window, "offline", close]];
  for (const [target, kind, heard] of stops) target.addEventListener(kind, heard);
  look();
  return () => {
    clearInterval(timer);
    close();
    for (const [target, kind, heard] of stops) target.removeEventListener(kind, heard);
  };
}
