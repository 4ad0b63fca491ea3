// The catalogue's texts that the server put into the page, and dates as people write them.

const texts = JSON.parse(document.getElementById("words").textContent);
export const language = document.documentElement.lang;

/** The text of `key`, its `{name}` places filled from `values`. */
export function words(key, values = {}) {
  return texts[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

const parts = {
  ...{ day: "numeric", month: "long", year: "numeric" },
  ...{ hour: "2-digit", minute: "2-digit", timeZoneName: "short" },
};

/** In the city's own time, wherever the reader is. */
export const atTime = (text, timeZone) => new Intl.DateTimeFormat(language, { ...parts, timeZone }).format(new Date(text));

export const onDay = (text) => new Intl.DateTimeFormat(language, { day: "numeric", month: "short", year: "numeric" }).format(new Date(text));

const short = new Intl.NumberFormat(language, { notation: "compact", maximumFractionDigits: 1 });
const whole = new Intl.NumberFormat(language);

export const shortCount = (count) => short.format(count).replace(/\s/g, "");
export const count = (number) => whole.format(number);

/** "ABCD1234" as people read it: ABCD-1234. */
export const numberShown = (trackingId) => trackingId.replace(/^(\w{4})(\w{4})$/, "$1-$2");
