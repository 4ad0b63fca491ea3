// A list of the city with a form for one entry; the ETag says which version a change was made for.

import { useState } from "preact/hooks";

import { Button, Fault, Field, say } from "../app/elements.js";
import { useAsked } from "../app/hooks.js";
import { html } from "../app/html.js";
import { ask, read, send } from "../app/server.js";
import { words } from "../app/words.js";
import { Questions } from "./questions.js";
import { Combobox, ofList, useOptions } from "./combobox.js";

export function Entries({ kind, city, mayChange }) {
  const [found, error, again] = useAsked(() => read(`${kind.list ?? kind.path}?city=${city}`), [city]);
  const [names] = useAsked(async () => kind.names?.(city) ?? {}, [city]);
  const [sought, seek] = useState("");
  const [open, setOpen] = useState(null);
  const done = (text) => {
    setOpen(null);
    say(text);
    again();
  };
  const shown = ofList((found ?? []).map((entry) => ({ entry, label: kind.title(entry, names ?? {}), hint: kind.line(entry) })))(sought);
  return html`
    <section class="stack" aria-labelledby="entries" aria-busy=${!found && !error}>
      <div class="row spread"><h2 id="entries">${words(`meja_entries_${kind.name}`)}</h2>${mayChange && html`<${Button} kind="primary" icon="plus" onClick=${() => setOpen({})}>${words("meja_add")}<//>`}</div>
      ${open && !open.id && html`<${EntryForm} kind=${kind} city=${city} entry=${open} done=${done} close=${() => setOpen(null)} />`}
      <${Field} label=${words("meja_filter_list")} type="search" value=${sought} onInput=${(event) => seek(event.currentTarget.value)} />
      <${Fault} error=${error} again=${again} />
      <ul class="entries">${shown.map(({ entry, label, hint }) => html`
        <li key=${entry.id} class=${entry.active === false ? "is-closed" : ""}>
          <div class="row spread">
            <div><strong>${label}</strong> <small>${hint}</small>${entry.active === false && html` <small>${words("meja_closed")}</small>`}</div>
            ${mayChange && html`<button type="button" class="button small" onClick=${() => setOpen(entry)}>${words("meja_change")}<span class="unseen"> ${label} ${hint}</span></button>`}
          </div>
          ${open?.id === entry.id && html`<${EntryForm} kind=${kind} city=${city} entry=${entry} done=${done} close=${() => setOpen(null)} />`}
        </li>
      `)}</ul>
    </section>
  `;
}

function EntryForm({ kind, city, entry, done, close }) {
  const isOld = Boolean(entry.id);
  const fields = kind.fields.filter((field) => (isOld ? !field.isNew : !field.isOld));
  const [values, setValues] = useState(Object.fromEntries(fields.map(({ name, first, type }) => [name, entry[name] ?? first ?? (type === "check" ? false : null)])));
  const [error, setError] = useState(null);
  const attempt = async (work, said) => {
    try {
      await work();
      done(said);
    } catch (refusal) {
      setError(refusal);
    }
  };
  const save = (event) => {
    event.preventDefault();
    attempt(() => (isOld ? change(kind, entry, values) : send("POST", kind.path, { city, ...given(values) })), words("meja_saved"));
  };
  return html`
    <form class="card entry-form" aria-label=${words(isOld ? "meja_change" : "meja_add")} onSubmit=${save}>
      <div class="fields">${fields.map((field) => html`<${Control} key=${field.name} field=${field} city=${city} value=${values[field.name]} fault=${faultOf(error, field)} give=${(value) => setValues((now) => ({ ...now, [field.name]: value }))} />`)}</div>
      <${Fault} error=${error} />
      <div class="row">
        <button type="submit" class="button primary">${words("meja_save")}</button>
        <${Button} kind="quiet" onClick=${close}>${words("meja_cancel")}<//>
        ${isOld && html`<${Button} kind="danger" onClick=${() => attempt(() => remove(kind, entry), words("meja_removed"))}>${words("meja_remove")}<//>`}
      </div>
    </form>
  `;
}

/** Of the field, or of a part of it: `questions[0].key`. */
const faultOf = (error, { name }) => Object.entries(error?.fields ?? {}).find(([field]) => field.split(/[.[]/)[0] === name)?.[1];

const given = (values) => Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null && value !== ""));

const etagOf = async (kind, { id }) => (await ask("GET", `${kind.path}/${id}`)).headers.get("etag");

/** Only what differs goes out. */
async function change(kind, entry, values) {
  const differs = Object.entries(values).filter(([name, value]) => JSON.stringify(value || null) !== JSON.stringify(entry[name] || null));
  if (differs.length) await send("PATCH", `${kind.path}/${entry.id}`, Object.fromEntries(differs), { headers: { "If-Match": await etagOf(kind, entry) } });
}

const remove = async (kind, entry) => ask("DELETE", `${kind.path}/${entry.id}`, { headers: { "If-Match": await etagOf(kind, entry) } });

const named = ({ name }) => words(`meja_entry_${name}`);

function Control({ field, city, value, fault, give }) {
  const { type, isNeeded } = field;
  if (type === "check") return html`<label class="tick"><input type="checkbox" checked=${value} onChange=${(event) => give(event.currentTarget.checked)} /> ${named(field)}</label>`;
  if (type === "choice") return html`<${Field} label=${named(field)} fault=${fault}>${(ids) => html`<select ...${ids} value=${value} onChange=${(event) => give(event.currentTarget.value)}>${field.of.map((each) => html`<option value=${each}>${words(`meja_choice_${each}`)}</option>`)}</select>`}<//>`;
  if (type === "precision") return html`<${Field} label=${named(field)} fault=${fault}>${(ids) => html`<select ...${ids} value=${value ?? 0} onChange=${(event) => give(Number(event.currentTarget.value) || null)}>${field.of.map((each) => html`<option value=${each}>${words(`meja_precision_m_${each}`)}</option>`)}</select>`}<//>`;
  if (type === "one") return html`<${One} field=${field} city=${city} value=${value} fault=${fault} give=${give} />`;
  if (type === "questions") return html`<${Questions} label=${named(field)} value=${value} fault=${fault} give=${give} />`;
  if (type === "area") return html`<${Area} field=${field} city=${city} value=${value} fault=${fault} give=${give} />`;
  return html`<${Field} label=${named(field)} fault=${fault} type=${type} required=${isNeeded} value=${value ?? ""} onInput=${(event) => give(type === "number" ? event.currentTarget.valueAsNumber : event.currentTarget.value)} />`;
}

function One({ field, city, value, fault, give }) {
  const [options, find] = useOptions(() => field.from(city), [city]);
  return html`<${Combobox} label=${named(field)} fault=${fault} find=${find} value=${options.find((option) => option.value === value)} choose=${(option) => give(option?.value ?? null)} />`;
}

function Area({ field, city, value, fault, give }) {
  const [area, setArea] = useState(value && { value, label: value });
  const choose = (option) => {
    setArea(option);
    give(option?.value ?? null);
  };
  return html`<${Combobox} label=${named(field)} hint=${words("meja_entry_area_hint")} fault=${fault} needed=${2} find=${(text) => areasIn(text, city)} value=${area} choose=${choose} />`;
}

export const areasIn = async (text, city) =>
  (await read(`/v1/areas?q=${encodeURIComponent(text.trim())}`)).filter(({ code }) => code.startsWith(city)).map(({ code, name }) => ({ value: code, label: name, hint: code }));
