// The catalogue's texts that the server put into the page, and dates as people write them.

const texts = JSON.parse(document.getElementById("words").textContent);
export const language = document.documentElement.lang;

/** The text of `key`, its `{name}` places filled from `values`. */
export function words(key, values = {}) {
  return texts[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

const instant = new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: "short" });
const date = new Intl.DateTimeFormat(language, { dateStyle: "long" });

export const atTime = (text) => instant.format(new Date(text));
export const onDate = (text) => date.format(new Date(text));

const short = new Intl.NumberFormat(language, { notation: "compact", maximumFractionDigits: 1 });
const whole = new Intl.NumberFormat(language);

export const shortCount = (count) => short.format(count).replace(/\s/g, "");
export const count = (number) => whole.format(number);

/** "ABCD1234" as people read it: ABCD-1234. */
export const numberShown = (trackingId) => `${trackingId.slice(0, 4)}-${trackingId.slice(4)}`;
