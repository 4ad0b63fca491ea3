// One pin that can be moved: by a click, by dragging, or with shift and the arrow keys.

import { useEffect, useRef } from "preact/hooks";

import { html } from "../app/html.js";
import { words } from "../app/words.js";
import { L, ground } from "../leaflet/leaflet.js";

const CLOSE = 16;
const INDONESIA = [[-11.2, 94.8], [6.3, 141.1]];
const STEP = 0.0001; // eleven metres, by one press
const STEPS = { ArrowUp: [STEP, 0], ArrowDown: [-STEP, 0], ArrowLeft: [0, -STEP], ArrowRight: [0, STEP] };

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
  return html`<figure class="pin-map"><div ref=${frame} role="application" aria-label=${words("meja_map_name")} tabindex="0"></div><figcaption class="hint">${words("meja_map_hint")}</figcaption></figure>`;
}

function draw(frame, position, moved) {
  const map = ground(frame, { zoomInTitle: words("meja_map_in"), zoomOutTitle: words("meja_map_out") });
  map.fitBounds(INDONESIA, { animate: false });
  const pin = L.marker([0, 0], { draggable: true, keyboard: false, icon: L.divIcon({ className: "pin", iconSize: [36, 44], iconAnchor: [18, 42] }), alt: words("meja_map_pin") });
  const circle = L.circle([0, 0], { radius: 0, interactive: false, className: "accuracy" });
  const tell = ({ lat, lng: lon }) => moved({ lat, lon });
  pin.on("dragend", () => tell(pin.getLatLng()));
  map.on("click", ({ latlng }) => tell(latlng));
  frame.addEventListener("keydown", (event) => {
    const by = STEPS[event.key];
    if (!by || !event.shiftKey || !map.hasLayer(pin)) return;
    event.preventDefault();
    event.stopPropagation();
    const { lat, lng } = pin.getLatLng();
    tell({ lat: lat + by[0], lng: lng + by[1] });
  }, true);
  const show = ({ lat, lon, accuracy_m: accuracy }) => {
    pin.setLatLng([lat, lon]).addTo(map);
    circle.setLatLng([lat, lon]).setRadius(accuracy ?? 0).addTo(map);
    map.setView([lat, lon], accuracy > 500 ? CLOSE - 3 : Math.max(map.getZoom(), CLOSE), { animate: false });
  };
  if (position) show(position);
  return { map, show };
}
