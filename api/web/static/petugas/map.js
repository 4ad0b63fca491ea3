// The work on a map: one mark a report, in the colour of its state, with a ring where a promise is broken.

import { useEffect, useRef } from "preact/hooks";

import { go } from "../app/hooks.js";
import { html } from "../app/html.js";
import { stateName, words } from "../app/words.js";
import { L, ground } from "../leaflet/leaflet.js";

const CLOSE = 16;
const INDONESIA = [[-11.2, 94.8], [6.3, 141.1]];
const SIZE = [28, 28];

export function WorkMap({ reports, here }) {
  const frame = useRef();
  const drawn = useRef();
  useEffect(() => {
    const map = ground(frame.current, { zoomInTitle: words("petugas_map_in"), zoomOutTitle: words("petugas_map_out") });
    drawn.current = { map, marks: L.layerGroup().addTo(map), here: L.layerGroup().addTo(map) };
    const bounds = reports.map(({ position: { lat, lon } }) => [lat, lon]);
    map.fitBounds(bounds.length ? bounds : INDONESIA, { padding: [32, 32], maxZoom: CLOSE, animate: false });
    return () => map.remove();
  }, []);
  useEffect(() => {
    drawn.current.marks.clearLayers();
    reports.forEach((report) => markOf(report).addTo(drawn.current.marks));
  }, [reports.map(({ id, version, state }) => `${id}${version}${state}`).join()]);
  useEffect(() => {
    drawn.current.here.clearLayers();
    if (here) L.marker([here.lat, here.lon], { icon: L.divIcon({ className: "here", iconSize: [20, 20] }), interactive: false, keyboard: false, alt: words("petugas_map_here") }).addTo(drawn.current.here);
  }, [here?.lat, here?.lon]);
  return html`<div class="work-map" ref=${frame} role="application" aria-label=${words("petugas_map_name")}></div>`;
}

function markOf({ id, position: { lat, lon }, state, overdue, category_name: name }) {
  const title = [name, stateName(state), overdue && words("petugas_late")].filter(Boolean).join(", ");
  const icon = L.divIcon({ className: `work-mark ${state} ${overdue ? "late" : ""}`, iconSize: SIZE });
  return L.marker([lat, lon], { icon, title, alt: title }).on("click", () => go(`/laporan/${id}`));
}
