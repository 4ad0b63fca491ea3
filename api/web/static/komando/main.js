// The command centre: a wall of one city, or the choice of one. Read `board.js` next: where its numbers come from.

import { render } from "preact";
import { useEffect } from "preact/hooks";

import { Fault, Guard } from "../app/elements.js";
import { useAsked } from "../app/hooks.js";
import { html } from "../app/html.js";
import { config, isOutdated, keepShell, renew } from "../app/shell.js";
import { words } from "../app/words.js";
import { Wall } from "./wall.js";

const HOUR_MS = 3_600_000;
const asked = new URLSearchParams(location.search);

function App() {
  const [terms, error, again] = useAsked(config, []);
  useEffect(() => {
    keepShell((take) => take()); // nobody stands before a wall to press a button
    const look = setInterval(renewed, HOUR_MS);
    return () => clearInterval(look);
  }, []);
  useEffect(() => {
    if (terms && isOutdated(terms)) renew();
  }, [terms]);
  if (error) return html`<main id="content" class="screen"><${Fault} error=${error} again=${again} /></main>`;
  if (!terms) return html`<main id="content" class="screen" aria-busy="true"><h1>${words("komando_title")}</h1></main>`;
  const city = terms.cities.find(({ code }) => code === asked.get("kota"));
  return city ? html`<${Wall} key=${city.code} city=${city} />` : html`<${Chooser} cities=${terms.cities} />`;
}

const renewed = async () => (await navigator.serviceWorker?.getRegistration())?.update().catch(() => null);

function addressOf(code) {
  const language = asked.get("lang");
  return `/komando?${new URLSearchParams({ kota: code, ...(language && { lang: language }) })}`;
}

const Chooser = ({ cities }) => html`
  <main id="content" class="chooser">
    <img src="/static/kentongan.svg" alt="" width="72" height="72" />
    <h1>${words("komando_choose")}</h1>
    ${asked.has("kota") && html`<p role="alert">${words("komando_unknown_city", { code: asked.get("kota") })}</p>`}
    <ul>${cities.map(({ code, name }) => html`<li><a href=${addressOf(code)}>${name}</a></li>`)}</ul>
    ${!cities.length && html`<p>${words("komando_no_city")}</p>`}
  </main>
`;

const root = document.getElementById("app");
root.replaceChildren();
render(html`<${Guard}><${App} /><//>`, root);
