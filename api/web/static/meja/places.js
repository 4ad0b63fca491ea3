// Where a caller is, by typing: the name of a kelurahan or kecamatan, or coordinates.

import { read } from "../app/server.js";

const COORDINATES = /^\s*(-?\d{1,2}(?:[.,]\d+))[\s,;]+(\d{2,3}(?:[.,]\d+))\s*$/;
const ROUGH_M = { 13: 1500, 8: 5000, 5: 15000 }; // how far a place in an area of this level may be from what is meant

const degrees = (written) => Number(written.replace(",", "."));

export const placeOf = ({ lat, lon }) => ({ value: { lat, lon }, label: `${lat.toFixed(5)}, ${lon.toFixed(5)}` });

/** Options for a combobox; those of the own city first. */
export async function places(text, city) {
  const [, lat, lon] = COORDINATES.exec(text) ?? [];
  if (lat) return [placeOf({ lat: degrees(lat), lon: degrees(lon) })];
  const found = await read(`/v1/areas/places?q=${encodeURIComponent(text.trim())}`);
  const own = ({ code }) => code.startsWith(city);
  return found
    .filter(({ code }) => code.length > 5)
    .sort((one, other) => own(other) - own(one))
    .map(({ code, name, within, lat, lon }) => ({ value: { lat, lon, accuracy_m: ROUGH_M[code.length] }, label: name, hint: within.join(", ") }));
}
