// The questions of a category: what a resident is asked in two languages, yes or no, a line, or one of several.

import { Button, Field } from "../app/elements.js";
import { html } from "../app/html.js";
import { words } from "../app/words.js";

const KINDS = ["yes_no", "text", "choice"];
const blank = { key: "", id: "", en: "", kind: "yes_no", choices: [] };

/** Each choice on a line of its own: `key: in Indonesian / in English`. */
const linesOf = (choices) => choices.map(({ key, id, en }) => `${key}: ${id} / ${en}`).join("\n");

const choicesOf = (lines) =>
  lines.split("\n").filter((line) => line.trim()).map((line) => {
    const [, key, id, en] = line.match(/^\s*([^:]*?)\s*:\s*(.*?)\s*(?:\/\s*(.*?)\s*)?$/) ?? [null, "", line.trim()];
    return { key, id, en: en || id };
  });

export function Questions({ label, value, fault, give }) {
  const questions = value ?? [];
  const set = (place, more) => give(questions.map((one, n) => (n === place ? { ...one, ...more } : one)));
  return html`
    <fieldset class="stack small questions"><legend>${label}</legend>
      ${fault && html`<p class="fault" role="alert">${fault}</p>`}
      ${questions.map((question, place) => html`<${Question} key=${place} n=${place + 1} question=${question} set=${(more) => set(place, more)} remove=${() => give(questions.filter((_, n) => n !== place))} />`)}
      <div><${Button} icon="plus" onClick=${() => give([...questions, blank])}>${words("meja_question_add")}<//></div>
    </fieldset>
  `;
}

function Question({ n, question, set, remove }) {
  const text = (name) => ({ label: words(`meja_question_${name}`), required: true, maxlength: 200, value: question[name], onInput: (event) => set({ [name]: event.currentTarget.value }) });
  return html`
    <fieldset class="fields card"><legend>${words("meja_question_n", { n })}</legend>
      <${Field} ...${text("key")} maxlength="60" />
      <${Field} ...${text("id")} />
      <${Field} ...${text("en")} />
      <${Field} label=${words("meja_question_kind")}>${(ids) => html`<select ...${ids} value=${question.kind} onChange=${(event) => set({ kind: event.currentTarget.value, choices: [] })}>${KINDS.map((kind) => html`<option value=${kind}>${words(`meja_question_${kind}`)}</option>`)}</select>`}<//>
      ${question.kind === "choice" && html`<${Field} label=${words("meja_question_choices")} hint=${words("meja_question_choices_hint")}>${(ids) => html`<textarea ...${ids} rows="3" required onChange=${(event) => set({ choices: choicesOf(event.currentTarget.value) })}>${linesOf(question.choices)}</textarea>`}<//>`}
      <div class="end"><button type="button" class="button small" onClick=${remove}>${words("meja_remove")}<span class="unseen"> ${words("meja_question_n", { n })}</span></button></div>
    </fieldset>
  `;
}
