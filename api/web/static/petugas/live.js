// While the app is seen: hints of the server that something changed, and a look now and then. The list itself comes by
// the delta sync alone, so that a hint that was missed costs nothing but time.

import { sync } from "./sync.js";

const EVERY_MS = 120_000;
const AGAIN_MS = 30_000; // after the session behind the stream has ended

/** Until the function that is returned is called. */
export function keepListening() {
  let source = null;
  let again;
  const close = () => {
    source?.close();
    source = null;
    clearTimeout(again);
  };
  const open = () => {
    if (source || document.visibilityState !== "visible" || !navigator.onLine) return;
    source = new EventSource("/v1/live");
    for (const kind of ["change", "reset"]) source.addEventListener(kind, sync);
    source.addEventListener("error", () => {
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
