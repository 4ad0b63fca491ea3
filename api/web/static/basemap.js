// The optional base map. Some dead tile servers never raise an error, so one tile is asked for first.

import { words } from "./words.js";

const { L } = window;
const PATIENCE_MS = 8000;
const note = document.getElementById("basemap-note");

export async function addBasemap(map) {
  const { basemap: template, attribution } = map.getContainer().dataset;
  if (!template) return;
  if (await answers(L.Util.template(template, middleTile(map)))) {
    L.tileLayer(template, { attribution, zIndex: 0 }).addTo(map);
    map.getContainer().classList.add("has-basemap");
  } else {
    note.textContent = words("basemap_missing");
    note.hidden = false;
  }
}

function middleTile(map) {
  const z = map.getZoom();
  const { x, y } = map.project(map.getCenter(), z).divideBy(256).floor();
  return { z, x, y };
}

function answers(address) {
  return new Promise((resolve) => {
    const image = new Image();
    setTimeout(() => resolve(false), PATIENCE_MS);
    image.onload = () => resolve(true);
    image.onerror = () => resolve(false);
    image.src = address;
  });
}
