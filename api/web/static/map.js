// The map page: joins its parts. Read tiles.js for the layers, sheet.js for a report.

import { readAddress, writeAddress } from "./address.js";
import { addBasemap } from "./basemap.js";
import { boundaries, showsApproximate } from "./boundaries.js";
import { onColourChange } from "./colours.js";
import { button, element } from "./elements.js";
import { marksUnder } from "./marks.js";
import { nameAreas } from "./names.js";
import { ReportLayer } from "./reports.js";
import { closeSheet, openChoice, openSheet } from "./sheet.js";
import { describeView } from "./view.js";
import { words } from "./words.js";

const { L } = window;
const INDONESIA = [[-11.2, 94.8], [6.3, 141.1]];
const CLOSEST = 19;

let openReport = null;
const map = L.map("map", {
  minZoom: 3,
  maxZoom: CLOSEST,
  maxBounds: L.latLngBounds(INDONESIA).pad(0.4),
  zoomControl: false,
  attributionControl: false,
});
const areas = boundaries();
const names = L.layerGroup();
const reports = new ReportLayer();
const filter = document.getElementById("filter");
const alert = document.getElementById("alert");

function showPlace() {
  const place = readAddress();
  if (place) {
    map.setView([place.lat, place.lon], place.zoom);
    areas.addTo(map);
  } else {
    map.fitBounds(INDONESIA);
    reports.once("load", lookAtReports);
    reports.once("load", () => areas.addTo(map)); // boundaries are heavy: not for a view that is left at once
  }
  if (place?.trackingId) open(place.trackingId);
}

/** The first look, when the address asks for no other. */
function lookAtReports() {
  reports.arrange();
  if (!reports.marks.length) return;
  const corners = [reports.extent.getTopLeft(), reports.extent.getBottomRight()].map((corner) => map.unproject(corner));
  map.fitBounds(L.latLngBounds(corners), { padding: [48, 48], maxZoom: 14, animate: false });
}

function open(trackingId) {
  openReport = trackingId;
  writeAddress(map, trackingId);
  openSheet(trackingId);
}

function touch({ latlng }) {
  const [nearest, ...more] = under(latlng);
  if (!nearest) closeSheet();
  else if (more.length) openChoice([nearest, ...more].map(({ label }) => label), open);
  else if (nearest.label) open(nearest.label);
  else if (nearest.labels && map.getZoom() === CLOSEST) openChoice(nearest.labels.split(" "), open);
  else map.setView(map.unproject(nearest.at), Math.min(map.getZoom() + 2, CLOSEST));
}

const under = (latLng) => marksUnder(reports.marks, map.project(latLng));

function applyFilter() {
  const asked = Object.fromEntries([...new FormData(filter)].filter(([, value]) => value && value !== "all"));
  reports.ask(asked);
}

function say(failed) {
  if (!failed) {
    alert.hidden = true;
    return;
  }
  alert.replaceChildren(element("p", { textContent: words("server_unreachable") }), button(words("try_again"), tryAgain));
  alert.hidden = false;
}

function tryAgain() {
  say(false);
  areas.redraw();
  reports.redraw();
}

function nameSources() {
  const sources = words("link_sources");
  if (showsApproximate(areas)) map.attributionControl.addAttribution(sources);
  else map.attributionControl.removeAttribution(sources);
}

const label = () => nameAreas(areas, map, names);
const describe = () => describeView(reports.marksInView(), open);

L.control.zoom({ position: "topright", zoomInTitle: words("map_zoom_in"), zoomOutTitle: words("map_zoom_out") }).addTo(map);
L.control.attribution({ prefix: '<a href="https://leafletjs.com">Leaflet</a>' }).addTo(map);
showPlace();
addBasemap(map);
reports.addTo(map);
for (const layer of [areas, reports]) layer.on("tileerror", () => say(true));
onColourChange(() => [areas, reports].forEach((layer) => layer.repaint()));
names.addTo(map);
areas.on("load", nameSources).on("load", label);
reports.on("arranged", describe);
map.on("moveend", () => writeAddress(map, openReport)).on("moveend", describe).on("moveend", label).on("click", touch);
map.on("mousemove", ({ latlng }) => {
  map.getContainer().classList.toggle("over-mark", under(latlng).length > 0);
});
filter.addEventListener("change", applyFilter);
document.addEventListener("sheetclosed", () => writeAddress(map, (openReport = null)));
window.addEventListener("hashchange", showPlace);
window.addEventListener("online", tryAgain);
