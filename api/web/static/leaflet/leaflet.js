// Leaflet for the apps, brought when a map is: it is no module, so its script and style are put into the page. With it
// the city's base map, if there is one, and the lines between villages.

import { VectorTile } from "@mapbox/vector-tile";
import { PbfReader } from "pbf";

import { terms as page } from "../app/words.js";

await loaded();
export const { L } = window;

async function loaded() {
  const { leaflet } = page;
  const style = Object.assign(document.createElement("link"), { rel: "stylesheet", href: leaflet.style });
  const script = Object.assign(document.createElement("script"), { src: leaflet.script });
  await Promise.all([style, script].map((element) => arrived(element)));
}

function arrived(element) {
  return new Promise((resolve, reject) => {
    element.onload = resolve;
    element.onerror = reject;
    document.head.append(element);
  });
}

/** A map in `frame` over its grounds. `titles`: {zoomInTitle, zoomOutTitle}. */
export function ground(frame, titles) {
  const map = L.map(frame, { zoomControl: false });
  L.control.zoom(titles).addTo(map);
  map.attributionControl.setPrefix("Leaflet");
  if (page.basemap.url) L.tileLayer(page.basemap.url, { maxZoom: 19, attribution: page.basemap.attribution }).addTo(map);
  new Boundaries({ maxZoom: 19, tileSize: 512, zoomOffset: -1 }).addTo(map);
  return map;
}

const Boundaries = L.GridLayer.extend({
  createTile({ x, y, z }, done) {
    const canvas = L.DomUtil.create("canvas");
    canvas.width = canvas.height = this.getTileSize().x;
    fetch(`/tiles/areas/${z + this.options.zoomOffset}/${x}/${y}`)
      .then((answer) => answer.arrayBuffer())
      .then((bytes) => done(null, trace(canvas, bytes)), done);
    return canvas;
  },
});

function trace(canvas, bytes) {
  const layer = new VectorTile(new PbfReader(new Uint8Array(bytes))).layers.areas;
  const context = canvas.getContext("2d");
  context.strokeStyle = getComputedStyle(document.documentElement).getPropertyValue("--edge");
  context.lineWidth = 1.5;
  for (let index = 0; index < (layer?.length ?? 0); index += 1) {
    for (const ring of layer.feature(index).loadGeometry()) {
      context.beginPath();
      for (const { x, y } of ring) context.lineTo((x / layer.extent) * canvas.width, (y / layer.extent) * canvas.height);
      context.stroke();
    }
  }
  return canvas;
}
