// The own words put right, until somebody of the city has looked at them.

import { useState } from "preact/hooks";

import { Field, Sheet } from "../app/elements.js";
import { html } from "../app/html.js";
import { words } from "../app/words.js";
import { useCategories } from "./categories.js";
import { Question } from "./problem_step.js";

const FIELDS = ["text", "address", "answers"];

/** As the server sees it: what only a rule has passed on, nobody has read yet. */
export const mayEdit = ({ state, events }) =>
  state === "submitted" || state === "needs_info" || (state === "dispatched" && events.every(({ role }) => role === "reporter" || role === "rule"));

/** `queue(report, kind, fields)` puts the step into the outbox. */
export function EditForm({ report, close, queue }) {
  const [written, setWritten] = useState({ text: report.text, address: report.address, answers: report.answers });
  const questions = useCategories(null, report.city.code)?.categories.find(({ key }) => key === report.category)?.questions ?? [];
  const set = (patch) => setWritten({ ...written, ...patch });
  const submit = async (event) => {
    event.preventDefault();
    const changed = FIELDS.filter((name) => JSON.stringify(written[name]) !== JSON.stringify(report[name]));
    if (changed.length) await queue(report, "edit", Object.fromEntries(changed.map((name) => [name, written[name]])));
    close();
  };
  return html`
    <${Sheet} title=${words("lapor_edit_title")} close=${close}>
      <p class="hint">${words("lapor_edit_line")}</p>
      <form class="stack" onSubmit=${submit}>
        <${Field} label=${words("lapor_text")} hint=${words("lapor_text_hint")}>
          ${(ids) => html`<textarea ...${ids} autofocus maxlength="5000" value=${written.text} onInput=${(event) => set({ text: event.currentTarget.value })}></textarea>`}
        <//>
        ${questions.map((question) => html`<${Question} key=${question.key} question=${question} answer=${written.answers[question.key]} give=${(value) => set({ answers: { ...written.answers, [question.key]: value } })} />`)}
        <${Field} label=${words("lapor_address")} value=${written.address} maxlength="200" autocomplete="off" onInput=${(event) => set({ address: event.currentTarget.value })} />
        <button class="button primary wide">${words("lapor_edit_do")}</button>
      </form>
    <//>
  `;
}
