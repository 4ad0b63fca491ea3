// The city itself, and who changed what of all this.

import { useState } from "preact/hooks";

import { Button, Fault, Field, say } from "../app/elements.js";
import { useAsked } from "../app/hooks.js";
import { html } from "../app/html.js";
import { ask, read, send } from "../app/server.js";
import { atTime, language, words } from "../app/words.js";
import { useForm } from "./sign_in.js";

export function CityForm({ city, mayChange }) {
  const [found, error, again] = useAsked(() => withEtag(city), [city]);
  if (!found) return html`<div aria-busy=${!error}><${Fault} error=${error} again=${again} /></div>`;
  return html`<${Form} key=${found.etag} found=${found} mayChange=${mayChange} again=${again} />`;
}

async function withEtag(city) {
  const answer = await ask("GET", `/v1/cities/${city}`);
  return { ...(await answer.json()), etag: answer.headers.get("etag") };
}

const TEXTS = ["name", "call_centre", "open_data_licence", "office_opens", "office_closes"];

function Form({ found, mayChange, again }) {
  const [off, setOff] = useState(found.days_off);
  const first = Object.fromEntries(TEXTS.map((name) => [name, found[name] ?? ""]));
  const [, bind, submit, error] = useForm(first, async (given) => {
    const sent = { ...given, call_centre: given.call_centre || null, days_off: off };
    await send("PATCH", `/v1/cities/${found.code}`, sent, { headers: { "If-Match": found.etag } });
    say(words("meja_saved"));
    again();
  });
  const turn = (day) => setOff(off.includes(day) ? off.filter((each) => each !== day) : [...off, day]);
  return html`
    <form class="card" aria-label=${words("meja_set_daerah")} onSubmit=${submit}>
      <h2>${found.name} <small class="number">${found.code}</small></h2>
      <div class="fields">${TEXTS.map((name) => html`<${Field} key=${name} label=${words(`meja_city_${name}`)} type=${name.startsWith("office") ? "time" : "text"} disabled=${!mayChange} ...${bind(name)} />`)}</div>
      <fieldset class="row"><legend>${words("meja_city_days_off")}</legend>${[1, 2, 3, 4, 5, 6, 7].map((day) => html`<label class="tick" key=${day}><input type="checkbox" disabled=${!mayChange} checked=${off.includes(day)} onChange=${() => turn(day)} /> ${weekday(day)}</label>`)}</fieldset>
      <${Fault} error=${error} />
      ${mayChange && html`<div><button type="submit" class="button primary">${words("meja_save")}</button></div>`}
    </form>
  `;
}

/** 1 is Monday; the first of January 2024 was one. */
const weekday = (day) => new Intl.DateTimeFormat(language, { weekday: "long", timeZone: "UTC" }).format(new Date(Date.UTC(2024, 0, day)));

export function Changes({ city }) {
  const [pages, setPages] = useState([]);
  const [first, error, again] = useAsked(() => read(`/v1/cities/${city}/changes`), [city]);
  const all = [first, ...pages].filter(Boolean);
  const next = all.at(-1)?.next;
  return html`
    <section class="stack" aria-labelledby="changes" aria-busy=${!first && !error}>
      <h2 id="changes">${words("meja_set_perubahan")}</h2>
      <${Fault} error=${error} again=${again} />
      ${first && !first.changes.length && html`<p class="hint">${words("meja_changes_none")}</p>`}
      <ul class="entries">${all.flatMap(({ changes }) => changes).map((one) => html`
        <li key=${one.id}><strong>${one.what} · ${one.key}</strong> <small>${atTime(one.at)} · ${one.by ?? words("meja_changes_terminal")}</small>
          <details><summary>${words("meja_changes_what")}</summary><pre tabindex="0">${JSON.stringify({ before: one.before, after: one.after }, null, 1)}</pre></details></li>
      `)}</ul>
      ${next && html`<div><${Button} onClick=${async () => setPages([...pages, await read(`/v1/cities/${city}/changes?cursor=${next}`)])}>${words("meja_more")}<//></div>`}
    </section>
  `;
}
