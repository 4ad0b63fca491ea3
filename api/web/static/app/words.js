// The catalogue's texts that the server put into the page, and dates as people write them. For pages only.

const texts = JSON.parse(document.getElementById("words").textContent);
export const terms = JSON.parse(document.getElementById("terms").textContent);
export const language = document.documentElement.lang;

const ZONES = { "Asia/Jakarta": "WIB", "Asia/Pontianak": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT" };
export const HOME_ZONE = "Asia/Jakarta";

/** The text of `key`, its `{name}` places filled from `values`. */
export function words(key, values = {}) {
  if (!(key in texts)) throw new Error(`no words for ${key}`);
  return texts[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

export const stateName = (state) => capital(words(`state.${state}`));
export const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

const dated = (parts) => (text, timeZone = HOME_ZONE) =>
  new Intl.DateTimeFormat(language, { ...parts, timeZone }).format(new Date(text));

const day = dated({ day: "numeric", month: "long", year: "numeric" });
const clock = dated({ hour: "2-digit", minute: "2-digit" });

/** In the city's own time, wherever the reader is: "23 November 2026 pukul 12.00 WIB". */
export const atTime = (text, zone = HOME_ZONE) =>
  words("app_date_time", { day: day(text, zone), time: clock(text, zone), zone: ZONES[zone] ?? zone });
export const atDay = day;

const whole = new Intl.NumberFormat(language);
const oneDecimal = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
export const count = (number) => whole.format(number);

/** A size as people say it: "340 kB", "1,2 MB". */
export const size = (bytes) => (bytes < 1e6 ? `${whole.format(Math.round(bytes / 1000))} kB` : `${oneDecimal.format(bytes / 1e6)} MB`);

/** "ABCD1234" as people read it: ABCD-1234. */
export const numberShown = (trackingId) => trackingId.replace(/^(\w{4})(\w{4})$/, "$1-$2");
