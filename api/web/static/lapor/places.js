// Positions of this phone and the names of places.

import { read } from "../app/server.js";
import { capital, words } from "../app/words.js";

const PATIENCE_MS = 20_000;

/** Why there is no position; `key` names the words. */
export class NoPosition extends Error {
  constructor(key) {
    super(key);
    this.key = key;
  }
}

const REASONS = { 1: "lapor_place_denied", 2: "lapor_place_unknown", 3: "lapor_place_unknown" };

/** {lat, lon, accuracy_m}. Raises NoPosition. */
export function locate() {
  if (!navigator.geolocation) return Promise.reject(new NoPosition("lapor_place_unknown"));
  return new Promise((resolve, reject) => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => resolve({ lat: coords.latitude, lon: coords.longitude, accuracy_m: coords.accuracy }),
      ({ code }) => reject(new NoPosition(REASONS[code])),
      { enableHighAccuracy: true, timeout: PATIENCE_MS, maximumAge: 10_000 },
    );
  });
}

export const areaAt = ({ lat, lon, accuracy_m }) =>
  read(`/v1/areas/at?${new URLSearchParams({ lat, lon, ...(accuracy_m && { accuracy_m }) })}`, { signsIn: false });

/** The city of a place among those that are served. */
export const cityOf = (place, terms) =>
  terms?.cities.find(({ code, regencies }) => [code, ...regencies].some((each) => `${place.village.code}.`.startsWith(`${each}.`)));

export const villageWords = ({ name, local_term: term }) => `${capital(term)} ${name}`;

export const placeWords = ({ village, district }) =>
  words("lapor_place_words", { village: villageWords(village), district: villageWords(district) });
