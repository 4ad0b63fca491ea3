// A small map with one pin that can be moved: Leaflet, the base map if the city has one, and the boundaries.

import { VectorTile } from "@mapbox/vector-tile";
import { PbfReader } from "pbf";
import { useEffect, useRef } from "preact/hooks";

import { html } from "../app/html.js";
import { terms as page, words } from "../app/words.js";

const CLOSE = 17;
const WIDE = 5;
const INDONESIA = [-2.5, 118];
const STEP = 0.0001; // eleven metres, by one press of an arrow key

await loaded();
const { L } = window;

/** Leaflet is no module: its script and its style are brought when the map is. */
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

/** `moved({lat, lon})` after the pin or the map was touched. */
export function PinMap({ position, moved }) {
  const frame = useRef();
  const shown = useRef();
  const tell = useRef();
  tell.current = moved;
  useEffect(() => {
    shown.current = draw(frame.current, position, (point) => tell.current(point));
    return () => shown.current.map.remove();
  }, []);
  useEffect(() => {
    if (position) shown.current.show(position);
  }, [position?.lat, position?.lon]);
  return html`<figure class="pin-map"><div ref=${frame} role="application" aria-label=${words("lapor_map_name")} tabindex="0"></div><figcaption class="hint">${words("lapor_map_hint")}</figcaption></figure>`;
}

function draw(frame, position, moved) {
  const map = L.map(frame, { center: position ? [position.lat, position.lon] : INDONESIA, zoom: position ? CLOSE : WIDE, zoomControl: false });
  L.control.zoom({ zoomInTitle: words("lapor_map_in"), zoomOutTitle: words("lapor_map_out") }).addTo(map);
  map.attributionControl.setPrefix("Leaflet");
  if (page.basemap.url) L.tileLayer(page.basemap.url, { maxZoom: 19, attribution: page.basemap.attribution }).addTo(map);
  new Boundaries({ maxZoom: 19, tileSize: 512, zoomOffset: -1 }).addTo(map);
  const pin = L.marker(map.getCenter(), { draggable: true, keyboard: false, icon: pinIcon(), alt: words("lapor_map_pin") });
  const circle = L.circle(map.getCenter(), { radius: 0, interactive: false, className: "accuracy" });
  const tell = ({ lat, lng: lon }) => moved({ lat, lon });
  pin.on("dragend", () => tell(pin.getLatLng()));
  map.on("click", ({ latlng }) => tell(latlng));
  frame.addEventListener("keydown", (event) => {
    const by = { ArrowUp: [STEP, 0], ArrowDown: [-STEP, 0], ArrowLeft: [0, -STEP], ArrowRight: [0, STEP] }[event.key];
    if (!by || !event.shiftKey || !map.hasLayer(pin)) return;
    event.preventDefault();
    event.stopPropagation();
    const { lat, lng } = pin.getLatLng();
    tell({ lat: lat + by[0], lng: lng + by[1] });
  }, true);
  const show = ({ lat, lon, accuracy_m: accuracy }) => {
    pin.setLatLng([lat, lon]).addTo(map);
    circle.setLatLng([lat, lon]).setRadius(accuracy ?? 0).addTo(map);
    map.setView([lat, lon], Math.max(map.getZoom(), CLOSE - 1));
  };
  if (position) show(position);
  return { map, show };
}

const pinIcon = () => L.divIcon({ className: "pin", iconSize: [36, 44], iconAnchor: [18, 42] });

/** The lines between villages, so that a pin finds its side also without a base map. */
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
