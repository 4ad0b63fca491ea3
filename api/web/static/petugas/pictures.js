// Photos of reports, kept for places without a network.

import { useEffect, useState } from "preact/hooks";

const CACHE = "petugas-photos";
const SIZE = "640";

const shownOf = ({ photos = [] }) => photos.filter(({ urls }) => urls);

export async function keepPictures(report) {
  const cache = await caches.open(CACHE);
  for (const { urls } of shownOf(report)) if (!(await cache.match(urls[SIZE]))) await cache.add(urls[SIZE]);
}

/** Those of no report that is still here go. */
export async function prunePictures(reports) {
  const cache = await caches.open(CACHE);
  const wanted = new Set(reports.flatMap((report) => shownOf(report).map(({ urls }) => new URL(urls[SIZE], location.href).href)));
  for (const request of await cache.keys()) if (!wanted.has(request.url)) await cache.delete(request);
}

export const forgetPictures = () => caches.delete(CACHE);

/** Addresses of a report's photos: the kept ones of this phone, or the server's. id → address. */
export function usePictures(photos) {
  const [sources, setSources] = useState({});
  const shown = shownOf({ photos });
  useEffect(() => {
    const made = [];
    let isCurrent = true;
    const find = async () => {
      const cache = await caches.open(CACHE);
      const found = {};
      for (const { id, urls } of shown) found[id] = await addressOf(cache, urls[SIZE], made);
      if (isCurrent) setSources(found);
    };
    find();
    return () => {
      isCurrent = false;
      made.forEach((address) => URL.revokeObjectURL(address));
    };
  }, [shown.map(({ urls }) => urls[SIZE]).join()]);
  return sources;
}

async function addressOf(cache, url, made) {
  const kept = await cache.match(url);
  if (!kept) return url;
  made.push(URL.createObjectURL(await kept.blob()));
  return made.at(-1);
}
