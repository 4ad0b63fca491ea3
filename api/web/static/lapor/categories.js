// What can be reported in a city: asked once, kept for the days without a network.

import { useEffect, useState } from "preact/hooks";

import { get, put } from "../app/db.js";
import { read } from "../app/server.js";
import { areaAt, cityOf, locate } from "./places.js";

const keyOf = (city) => `categories-${city}`;

/** {city, groups, categories} of the city, or of the one that this phone reported in last; undefined while unknown. */
export function useCategories(terms, city) {
  const [found, setFound] = useState();
  useEffect(() => {
    let isCurrent = true;
    const show = (value) => isCurrent && value && setFound(value);
    load(terms, city, show);
    return () => {
      isCurrent = false;
    };
  }, [terms, city]);
  return found;
}

async function load(terms, asked, show) {
  const city = asked ?? (await homeCity(terms));
  if (!city) return;
  show(await get("settings", keyOf(city)));
  try {
    const fresh = await read(`/v1/categories?city=${encodeURIComponent(city)}`, { signsIn: false });
    await put("settings", fresh, keyOf(city));
    await put("settings", city, "city");
    show(fresh);
  } catch {
    // what is kept stands; without it the screen says what is missing
  }
}

/** For the days without a network: the list of where this phone is, once that is known without a question. */
export async function keepAtHand(terms) {
  const city = (await homeCity(terms)) ?? (await cityHere(terms));
  if (city) await load(terms, city, () => {});
}

async function cityHere(terms) {
  const permission = await navigator.permissions?.query({ name: "geolocation" }).catch(() => null);
  if (permission?.state !== "granted") return null;
  return locate()
    .then(areaAt)
    .then((place) => cityOf(place, terms)?.code)
    .catch(() => null);
}

/** Where this phone reported last, or the only city that there is. */
export const homeCity = async (terms) => (await get("settings", "city")) ?? (terms?.cities.length === 1 ? terms.cities[0].code : null);
