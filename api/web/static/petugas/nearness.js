// Where this phone is, and how far that is from a report.

import { useEffect, useState } from "preact/hooks";

import { get, put } from "../app/db.js";
import { language, words } from "../app/words.js";

const EARTH_M = 6_371_000;
const OPTIONS = { enableHighAccuracy: false, timeout: 20_000, maximumAge: 60_000 };
const WANTED = "position_wanted";

/** {here, ask, fault}: `here` is {lat, lon} or null; the browser is asked for it after the first wish only. */
export function usePosition() {
  const [here, setHere] = useState(null);
  const [isWanted, setWanted] = useState(false);
  const [fault, setFault] = useState(null);
  useEffect(() => {
    get("settings", WANTED).then((wanted) => wanted && setWanted(true));
  }, []);
  useEffect(() => {
    if (!isWanted || !navigator.geolocation) return undefined;
    const found = ({ coords }) => {
      setHere({ lat: coords.latitude, lon: coords.longitude });
      setFault(null);
    };
    const watching = navigator.geolocation.watchPosition(found, ({ code }) => setFault(code === 1 ? "petugas_place_denied" : "petugas_place_unknown"), OPTIONS);
    return () => navigator.geolocation.clearWatch(watching);
  }, [isWanted]);
  const ask = () => {
    put("settings", true, WANTED);
    setWanted(true);
  };
  return { here, ask, fault };
}

/** {lat, lon, accuracy_m}, as exact as the phone can, now. Rejects with GeolocationPositionError. */
export const locate = () =>
  new Promise((resolve, reject) => {
    const found = ({ coords }) => resolve({ lat: coords.latitude, lon: coords.longitude, accuracy_m: coords.accuracy });
    navigator.geolocation.getCurrentPosition(found, reject, { enableHighAccuracy: true, timeout: 20_000, maximumAge: 0 });
  });

const radians = (degrees) => (degrees * Math.PI) / 180;

/** In a straight line; a town is flat enough for it. */
export function metresTo(here, { lat, lon }) {
  const north = radians(lat - here.lat);
  const east = radians(lon - here.lon) * Math.cos(radians((lat + here.lat) / 2));
  return EARTH_M * Math.hypot(north, east);
}

const metres = new Intl.NumberFormat(language, { maximumSignificantDigits: 2 });
const kilometres = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });

export const distanceWords = (distance_m) =>
  distance_m < 1000 ? words("petugas_metres", { number: metres.format(distance_m) }) : words("petugas_kilometres", { number: kilometres.format(distance_m / 1000) });

/** Opens the phone's own maps; `name` is shown at the pin. */
export const wayTo = ({ lat, lon }, name) => `geo:${lat},${lon}?q=${lat},${lon}(${encodeURIComponent(name)})`;
