// The live map: MapLibre GL with our own tiles, its style made here. Loaded after the numbers stand.

import { read } from "../app/server.js";
import { terms, words } from "../app/words.js";
import { styleOf } from "./map_style.js";

const AGAIN_MS = 4_000; // the counted squares follow the reports within two seconds
const RING_MS = 45_000;
const MOST_RINGS = 40;
const INDONESIA = [[95, -11], [141, 6]];
const BASEMAP_PATIENCE_MS = 8_000;

/** Why there is no map; `key` is that of the words. */
class NoMap extends Error {
  constructor(key) {
    super(key);
    this.key = key;
  }
}

/** `fault(key)` for what is missing while the map stands. The map: {changed(change), remove()}. */
export async function drawMap(frame, city, fault) {
  if (!document.createElement("canvas").getContext("webgl2")) throw new NoMap("komando_map_no_webgl");
  const [maplibre, extent] = await Promise.all([library(), read(`/public/extent?city=${city.code}`, { signsIn: false })]);
  const hasBase = terms.basemap.url && (await answers(terms.basemap.url));
  if (terms.basemap.url && !hasBase) fault("komando_map_no_base");
  const map = new maplibre.Map({
    container: frame,
    style: styleOf(city, hasBase && terms.basemap, scale()),
    bounds: extent ? [[extent.west, extent.south], [extent.east, extent.north]] : INDONESIA,
    fitBoundsOptions: { padding: 24 },
    attributionControl: { compact: false },
    dragRotate: false,
    pitchWithRotate: false,
    refreshExpiredTiles: false, // `changed` says what is old; and pictures come as images then, as the policy wants
    transformRequest: (url, kind) => ({ url, ...(kind === "Tile" && { cache: "no-cache" }) }),
    fadeDuration: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 300,
    locale: { "Map.Title": words("komando_map"), "NavigationControl.ZoomIn": words("komando_map_in"), "NavigationControl.ZoomOut": words("komando_map_out") },
  });
  map.addControl(new maplibre.NavigationControl({ showCompass: false }), "top-right");
  map.on("error", ({ error }) => console.warn(`map: ${error?.message}`));
  await new Promise((drawn) => map.once("load", drawn));
  frame.dataset.drawn = "true";
  return alive(map);
}

async function library() {
  const { maplibre: at } = terms;
  const style = Object.assign(document.createElement("link"), { rel: "stylesheet", href: at.style });
  const styled = new Promise((resolve, reject) => Object.assign(style, { onload: resolve, onerror: reject }));
  document.head.append(style);
  const [maplibre] = await Promise.all([import(at.script), styled]);
  maplibre.setWorkerUrl(new URL(at.worker, location.href).href);
  return maplibre;
}

/** As the letters of the wall grow with the screen, so do the marks. */
const scale = () => parseFloat(getComputedStyle(document.documentElement).fontSize) / 20;

/** Some dead tile servers never raise an error, so one tile is asked for first. */
function answers(template) {
  return new Promise((resolve) => {
    const image = new Image();
    setTimeout(() => resolve(false), BASEMAP_PATIENCE_MS);
    Object.assign(image, { onload: () => resolve(true), onerror: () => resolve(false) });
    image.src = template.replace(/\{[zxy]\}/g, "0").replace("{s}", "a");
  });
}

/** Tiles are asked for anew after changes, and a ring stands around what changed last. */
function alive(map) {
  let [rings, waiting, drawing] = [[], null, null];
  const refresh = () => {
    waiting = null;
    map.refreshTiles("reports");
  };
  const ring = () => {
    drawing = null;
    rings = rings.filter(({ until }) => until > Date.now()).slice(-MOST_RINGS);
    map.getSource("rings").setData({ type: "FeatureCollection", features: rings.map(({ feature }) => feature) });
  };
  const every = setInterval(() => rings.length && ring(), 5_000);
  const eachMinute = setInterval(refresh, 60_000);
  return {
    changed: ({ lat, lon, is_open }) => {
      waiting ??= setTimeout(refresh, AGAIN_MS);
      if (lat === null) return;
      rings.push({ until: Date.now() + RING_MS, feature: { type: "Feature", properties: { is_open }, geometry: { type: "Point", coordinates: [lon, lat] } } });
      drawing ??= setTimeout(ring, 500); // a thousand replayed changes are drawn once
    },
    remove: () => {
      [every, eachMinute].forEach(clearInterval);
      [waiting, drawing].forEach(clearTimeout);
      map.remove();
    },
  };
}
