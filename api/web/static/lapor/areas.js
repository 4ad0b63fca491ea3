// What was announced, and the areas that I want to hear of.

import { useState } from "preact/hooks";

import { Button, Check, Empty, Fault, Field, Heading, say } from "../app/elements.js";
import { useAsked } from "../app/hooks.js";
import { html } from "../app/html.js";
import { Icon } from "../app/icons.js";
import { ensureAccount, read, send } from "../app/server.js";
import { words } from "../app/words.js";
import { Announcements, announced, myAreas, zoneOf } from "./announcements.js";
import { areaAt, locate, villageWords } from "./places.js";
import { PushSwitch } from "./push.js";

const REPORTED = "reported"; // in place of a code: wherever I report from
const SHORTEST = 3;

export default function Areas({ terms }) {
  const [mine, setMine] = useState(0); // changes with what I listen to
  const [list, error, again] = useAsked(() => announced(terms), [terms, mine]);
  return html`
    <main id="content" class="screen" aria-busy=${!list && !error}>
      <${Heading} back="#/">${words("lapor_announcements")}<//>
      <${Fault} error=${error} again=${again} />
      ${list?.length > 0 && html`<${Announcements} list=${list} terms=${terms} />`}
      ${list?.length === 0 && html`<${Empty} icon="bell" title=${words("lapor_announced_none")} />`}
      <${MyAreas} terms=${terms} changed=${() => setMine(mine + 1)} />
      <${PushSwitch} />
    </main>
  `;
}

function MyAreas({ terms, changed }) {
  const [round, setRound] = useState(0);
  const [mine, unread, again] = useAsked(myAreas, [round]);
  const [error, setError] = useState(null);
  const change = (method) => async (code) => {
    try {
      await ensureAccount();
      await send(method, `/v1/me/areas/${code}`);
      setError(null);
      say(words(method === "PUT" ? "lapor_area_added" : "lapor_area_removed"));
      setRound(round + 1);
      changed();
    } catch (refusal) {
      setError(refusal);
    }
  };
  const [listen, leave] = [change("PUT"), change("DELETE")];
  return html`
    <section class="card" aria-labelledby="my-areas">
      <h2 id="my-areas">${words("lapor_areas")}</h2>
      <p class="hint">${words("lapor_areas_line")}</p>
      <${Fault} error=${error ?? unread} again=${unread && again} />
      ${mine && html`
        <ul class="stack small">${mine.named.map((area) => html`<li class="row spread nowrap" key=${area.code}><strong>${villageWords(area)}</strong><${RemoveButton} area=${area} leave=${leave} /></li>`)}</ul>
        <${Check} label=${words("lapor_areas_reported")} hint=${words("lapor_areas_reported_hint")} checked=${mine.reported} change=${(isOn) => (isOn ? listen : leave)(REPORTED)} />
        <${AreaSearch} terms=${terms} listen=${listen} known=${mine.areas} />
      `}
    </section>
  `;
}

const RemoveButton = ({ area, leave }) => html`
  <button type="button" class="button square" aria-label=${words("lapor_area_remove", { area: villageWords(area) })} onClick=${() => leave(area.code)}><${Icon} name="close" size="20" /></button>
`;

/** By its name, or by where this phone is, in the cities that are served: [{code, name, local_term, within?}]. */
function AreaSearch({ terms, listen, known }) {
  const [found, setFound] = useState(null);
  const [error, setError] = useState(null);
  const [isBusy, setBusy] = useState(false);
  const during = (work) => async (event) => {
    event.preventDefault();
    const name = new FormData(event.currentTarget.form ?? event.currentTarget).get("area")?.trim() ?? "";
    setBusy(true);
    setError(null);
    setFound(null);
    await work(name).then((areas) => setFound(areas.filter(({ code }) => zoneOf(code, terms) && !known.includes(code))), setError);
    setBusy(false);
  };
  const add = (code) => {
    setFound(null);
    listen(code);
  };
  return html`
    <form class="stack" role="search" onSubmit=${during(byName)}>
      <${Field} label=${words("lapor_area_search")} hint=${words("lapor_area_search_hint")} name="area" type="search" required minlength=${SHORTEST} maxlength="100" autocomplete="off" />
      <div class="row"><button class="button" disabled=${isBusy}><${Icon} name="search" /><span>${words("lapor_area_find")}</span></button><${Button} icon="pin" isBusy=${isBusy} onClick=${during(here)}>${words("lapor_area_here")}<//></div>
    </form>
    <div role="status" class="stack">
      ${error && (error.key ? html`<p class="fault">${words(error.key)}</p>` : html`<${Fault} error=${error} />`)}
      ${found && html`<p class="hint">${words(found.length ? "lapor_area_found" : "lapor_area_unknown", { count: found.length })}</p>`}
    </div>
    ${found && html`<ul class="options">${found.map((area) => html`<li key=${area.code}><${Found} area=${area} add=${add} /></li>`)}</ul>`}
  `;
}

const Found = ({ area, add }) => html`
  <button type="button" class="button" onClick=${() => add(area.code)}><span>${villageWords(area)}${area.within?.length > 0 && html`<br /><small>${area.within.join(", ")}</small>`}</span><${Icon} name="plus" size="20" /></button>
`;

const byName = (name) => read(`/v1/areas/places?${new URLSearchParams({ q: name })}`, { signsIn: false });

async function here() {
  const { village, district, regency } = await areaAt(await locate());
  return [village, district, regency];
}
