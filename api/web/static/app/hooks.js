// What screens share: the address, the network, what the server says.

import { useEffect, useState } from "preact/hooks";

import { entries, watch } from "./outbox.js";

const here = () => location.hash.replace(/^#/, "") || "/";

/** The address behind `#`, as its parts: "#/laporan/abc" is ["laporan", "abc"]. */
export function usePlace() {
  const [place, setPlace] = useState(here);
  useEffect(() => {
    const moved = () => {
      setPlace(here());
      scrollTo(0, 0);
    };
    addEventListener("hashchange", moved);
    return () => removeEventListener("hashchange", moved);
  }, []);
  return place.split("/").filter(Boolean).map(decodeURIComponent);
}

export const go = (address) => {
  location.hash = address;
};

export function useOnline() {
  const [isOnline, setOnline] = useState(navigator.onLine);
  useEffect(() => {
    const look = () => setOnline(navigator.onLine);
    ["online", "offline"].forEach((kind) => addEventListener(kind, look));
    return () => ["online", "offline"].forEach((kind) => removeEventListener(kind, look));
  }, []);
  return isOnline;
}

/** [value, error, again]; `fetches` may throw a Refusal. The answer of an older question is dropped. */
export function useAsked(fetches, inputs) {
  const [found, setFound] = useState([undefined, null]);
  const [round, setRound] = useState(0);
  useEffect(() => {
    let isCurrent = true;
    const keep = (...answer) => isCurrent && setFound(answer);
    fetches().then(
      (value) => keep(value, null),
      (error) => keep(undefined, error),
    );
    return () => {
      isCurrent = false;
    };
  }, [...inputs, round]);
  return [...found, () => setRound(round + 1)];
}

/** The entries of an app, always as they are. */
export function useOutbox(app) {
  const [queue, setQueue] = useState([]);
  useEffect(() => watch(async () => setQueue(await entries(app))), [app]);
  return queue;
}
