// What is on screen stands in the address: the filter as its query, #zoom/lat/lon, and /number when a report is open.

const PATTERN = /^#(\d{1,2})\/(-?\d+(?:\.\d+)?)\/(-?\d+(?:\.\d+)?)(?:\/([\w-]+))?$/;

/** Null when the address names no place. */
export function readAddress() {
  const found = PATTERN.exec(location.hash);
  if (!found) return null;
  const [zoom, lat, lon] = found.slice(1, 4).map(Number);
  return { zoom, lat, lon, trackingId: found[4] };
}

export function writeAddress(map, trackingId, query) {
  const { lat, lng } = map.getCenter();
  const place = [map.getZoom(), lat.toFixed(5), lng.toFixed(5)].concat(trackingId ?? []).join("/");
  history.replaceState(null, "", `${location.pathname}${query}#${place}`);
  const other = document.getElementById("language");
  const words = new URLSearchParams(query);
  words.set("lang", other.lang);
  other.search = words.toString();
  other.hash = place;
}
