// Changes as they happen (SSE): one connection for the page, told to every list and pane that listens.

import { useEffect, useState } from "preact/hooks";

import { readMe } from "./views.js";

const AGAIN_MS = 5000;
const heard = new EventTarget();
let source = null;
let isOpen = false;

function connect() {
  source = new EventSource("/v1/live");
  const now = (open) => {
    isOpen = open;
    heard.dispatchEvent(new Event("line"));
  };
  source.onopen = () => now(true);
  source.addEventListener("change", ({ data }) => heard.dispatchEvent(new CustomEvent("change", { detail: JSON.parse(data) })));
  source.addEventListener("reset", () => heard.dispatchEvent(new CustomEvent("change", { detail: null })));
  source.onerror = () => {
    now(false);
    if (source?.readyState === EventSource.CLOSED) setTimeout(reconnect, AGAIN_MS);
  };
}

/** The browser gives up after an answer that is no stream: an hour is over and the session must be renewed. */
async function reconnect() {
  const me = await readMe().catch(() => undefined);
  if (me?.grants.length) connect();
  else if (me === undefined) setTimeout(reconnect, AGAIN_MS);
}

/** True while the line is open. */
export function useLive() {
  const [isLive, setLive] = useState(isOpen);
  useEffect(() => {
    if (!source) connect();
    const look = () => setLive(isOpen);
    heard.addEventListener("line", look);
    return () => {
      heard.removeEventListener("line", look);
      source.close();
      source = null;
      isOpen = false;
    };
  }, []);
  return isLive;
}

/** `told({id, version, state, …})`, or null after a gap: read everything anew. */
export function useChanges(told, inputs) {
  useEffect(() => {
    const hear = ({ detail }) => told(detail);
    heard.addEventListener("change", hear);
    return () => heard.removeEventListener("change", hear);
  }, inputs);
}
