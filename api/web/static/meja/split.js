// One report for several agencies: a part for each, with the words that say which share is theirs.

import { useState } from "preact/hooks";

import { Button, Fault, Field, say } from "../app/elements.js";
import { html } from "../app/html.js";
import { newId } from "../app/ids.js";
import { send } from "../app/server.js";
import { words } from "../app/words.js";
import { Combobox, useOptions } from "./combobox.js";
import { agenciesOf } from "./step_fields.js";

const part = (text) => ({ id: newId(), agency: null, text });

export function SplitForm({ report, close, again }) {
  const [id] = useState(newId);
  const [parts, setParts] = useState([part(report.text), part(report.text)]);
  const [error, setError] = useState(null);
  const [, find] = useOptions(() => agenciesOf(report.city.code), []);
  const set = (place, more) => setParts((now) => now.map((one, n) => (n === place ? { ...one, ...more } : one)));
  const split = async (event) => {
    event.preventDefault();
    try {
      await send("POST", `/v1/reports/${report.id}/split`, { id, expected_version: report.version, parts: parts.map((one) => ({ ...one, agency: one.agency?.value ?? "" })) });
      say(words("meja_split_done"));
      close();
      again();
    } catch (refusal) {
      setError(refusal);
    }
  };
  return html`
    <form class="card step-form" aria-label=${words("meja_step_split")} onSubmit=${split} onKeyDown=${(event) => event.key === "Escape" && close()}>
      <h3>${words("meja_step_split")}</h3>
      <p class="hint">${words("meja_split_line")}</p>
      ${parts.map((one, place) => html`
        <fieldset class="fields" key=${one.id}><legend>${words("meja_split_part", { n: place + 1 })}</legend>
          <${Combobox} label=${words("meja_agency")} isFirst=${place === 0} find=${find} value=${one.agency} choose=${(agency) => set(place, { agency })} />
          <${Field} label=${words("meja_split_text")}>${(ids) => html`<textarea ...${ids} rows="2" required maxlength="5000" value=${one.text} onInput=${(event) => set(place, { text: event.currentTarget.value })}></textarea>`}<//>
        </fieldset>
      `)}
      <${Fault} error=${error} />
      <div class="row">
        <button type="submit" class="button primary">${words("meja_step_split")}</button>
        ${parts.length < 10 && html`<${Button} icon="plus" onClick=${() => setParts([...parts, part("")])}>${words("meja_split_more")}<//>`}
        <${Button} kind="quiet" onClick=${close}>${words("meja_cancel")}<//>
      </div>
    </form>
  `;
}
