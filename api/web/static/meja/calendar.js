// The days on which the city does not work: the national ones, and what the city has decided over them.

import { useState } from "preact/hooks";

import { Button, Fault, Field, Notice, say } from "../app/elements.js";
import { useAsked } from "../app/hooks.js";
import { html } from "../app/html.js";
import { ask, read, send } from "../app/server.js";
import { atDay, count, words } from "../app/words.js";
import { useForm } from "./sign_in.js";

export function Calendar({ city, mayChange }) {
  const [year, setYear] = useState(new Date().getFullYear());
  const [found, error, again] = useAsked(() => read(`/v1/cities/${city}/calendar?year=${year}`), [city, year]);
  const undecide = async (day) => {
    await ask("DELETE", `/v1/cities/${city}/holidays/${day}`).catch((refusal) => say(refusal.message));
    again();
  };
  return html`
    <section class="stack" aria-labelledby="days" aria-busy=${!found && !error}>
      <div class="row spread"><h2 id="days">${words("meja_calendar", { year })}</h2>
        <div class="row"><${Button} onClick=${() => setYear(year - 1)}>${String(year - 1)}<//><${Button} onClick=${() => setYear(year + 1)}>${String(year + 1)}<//></div>
      </div>
      <${Fault} error=${error} again=${again} />
      ${found && !found.is_decreed && html`<${Notice} kind="warn" icon="warning"><p>${words("meja_calendar_not_decreed")}</p><//>`}
      ${found && html`<p>${words("meja_calendar_line", { days: count(found.working_days), opens: found.office_opens, closes: found.office_closes })}</p>`}
      ${mayChange && html`<${Decide} city=${city} again=${again} />`}
      <ul class="entries">${found?.days.map((day) => html`
        <li key=${day.date}><div class="row spread">
          <div><strong>${atDay(`${day.date}T12:00:00Z`)}</strong> ${day.name} <small>${words(day.is_working_day ? "meja_day_works" : "meja_day_off")} · ${words(`meja_day_${day.decided_by}`)}${day.source && html` · ${day.source}`}</small></div>
          ${mayChange && day.decided_by === "city" && html`<button type="button" class="button small" onClick=${() => undecide(day.date)}>${words("meja_day_undo")}<span class="unseen"> ${day.name}</span></button>`}
        </div></li>
      `)}</ul>
    </section>
  `;
}

function Decide({ city, again }) {
  const [isWorking, setWorking] = useState(false);
  const [, bind, submit, error] = useForm({ date: "", name: "", source: "" }, async ({ date, ...day }) => {
    await send("PUT", `/v1/cities/${city}/holidays/${date}`, { ...day, is_working_day: isWorking });
    say(words("meja_saved"));
    again();
  });
  return html`
    <form class="card" onSubmit=${submit}>
      <h3>${words("meja_day_decide")}</h3>
      <div class="fields">
        <${Field} label=${words("meja_day_date")} type="date" required ...${bind("date")} />
        <${Field} label=${words("meja_day_name")} required maxlength="200" ...${bind("name")} />
        <${Field} label=${words("meja_day_source")} maxlength="200" ...${bind("source")} />
      </div>
      <label class="tick"><input type="checkbox" checked=${isWorking} onChange=${(event) => setWorking(event.currentTarget.checked)} /> ${words("meja_day_works")}</label>
      <${Fault} error=${error} />
      <div><button type="submit" class="button">${words("meja_save")}</button></div>
    </form>
  `;
}
