// A small map with one pin that can be moved: Leaflet, the base map if the city has one, and the boundaries.

import { useEffect, useRef } from "preact/hooks";

import { html } from "../app/html.js";
import { words } from "../app/words.js";
import { L, ground } from "../leaflet/leaflet.js";

const CLOSE = 17;
const WIDE = 5;
const INDONESIA = [-2.5, 118];
const STEP = 0.0001; // eleven metres, by one press of an arrow key

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
  const map = ground(frame, { zoomInTitle: words("lapor_map_in"), zoomOutTitle: words("lapor_map_out") });
  map.setView(position ? [position.lat, position.lon] : INDONESIA, position ? CLOSE : WIDE);
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
