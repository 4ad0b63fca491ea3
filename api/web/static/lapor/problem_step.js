// What: the category with its questions, the words, and who else has said so.

import { useState } from "preact/hooks";

import { Choice, Field, Notice } from "../app/elements.js";
import { html } from "../app/html.js";
import { Icon } from "../app/icons.js";
import { words } from "../app/words.js";
import { CallCard, soundsUrgent } from "./emergency.js";
import { SimilarReports } from "./similar.js";

const AT_FIRST = 6;

export function ProblemStep({ draft, update, terms, categories, category }) {
  const centre = categories?.city.call_centre;
  const choose = (key) => update({ category: key, answers: {}, visibility: null });
  if (!categories) return html`<${NoCategories} terms=${terms} choose=${(city) => update({ city })} />`;
  return html`
    ${(category?.emergency || soundsUrgent(draft.text)) && html`<${CallCard} centre=${centre} isSure=${category?.emergency} />`}
    ${category ? html`<${Chosen} category=${category} change=${() => choose(null)} />` : html`<${CategoryPicker} categories=${categories} choose=${choose} />`}
    ${category && !category.emergency && html`<${Details} draft=${draft} update=${update} terms=${terms} category=${category} />`}
  `;
}

function Details({ draft, update, terms, category }) {
  const answer = (key, value) => update({ answers: { ...draft.answers, [key]: value } });
  return html`
    <${SimilarReports} draft=${draft} />
    <${Field} label=${words("lapor_text")} hint=${words("lapor_text_hint")}>
      ${(ids) => html`<textarea ...${ids} maxlength=${terms?.limits.text_characters ?? 5000} value=${draft.text} onInput=${(event) => update({ text: event.currentTarget.value })}></textarea>`}
    <//>
    ${category.questions.map((question) => html`<${Question} key=${question.key} question=${question} answer=${draft.answers[question.key]} give=${(value) => answer(question.key, value)} />`)}
    <${Choice} legend=${words("lapor_type")} value=${draft.type} choose=${(type) => update({ type })} choices=${types()} />
  `;
}

const types = () => [
  { value: "complaint", label: words("lapor_type_complaint"), hint: words("lapor_type_complaint_hint") },
  { value: "aspiration", label: words("lapor_type_aspiration"), hint: words("lapor_type_aspiration_hint") },
  { value: "information_request", label: words("lapor_type_information"), hint: words("lapor_type_information_hint") },
];

const Chosen = ({ category, change }) => html`
  <div class="card">
    <div class="row spread">
      <div><small>${words("lapor_category")}</small><h2>${category.name}</h2></div>
      <button type="button" class="button" onClick=${change}>${words("lapor_change")}</button>
    </div>
    ${!category.emergency && html`<p class="hint">${category.promise}</p>`}
  </div>
`;

/** By search, or by opening a group. Words of the name count, in any order. */
function CategoryPicker({ categories: { groups, categories }, choose }) {
  const [asked, setAsked] = useState("");
  const [opened, setOpened] = useState(null);
  const wanted = asked.toLowerCase().split(/\s+/).filter(Boolean);
  const found = wanted.length ? categories.filter(({ name, group }) => matches(`${name} ${groupName(groups, group)}`, wanted)) : null;
  return html`
    <${Field} label=${words("lapor_category_search")} hint=${words("lapor_category_search_hint")} type="search" value=${asked} autocomplete="off" onInput=${(event) => setAsked(event.currentTarget.value)} />
    <p class="unseen" role="status">${found && words("lapor_category_found", { count: found.length })}</p>
    ${found && html`<${Options} categories=${found.slice(0, AT_FIRST * 2)} choose=${choose} />`}
    ${found && !found.length && html`<p class="hint">${words("lapor_category_none")}</p>`}
    ${!found && groups.map((group) => html`
      <details class="group" open=${opened === group.key} onToggle=${(event) => event.currentTarget.open && setOpened(group.key)} key=${group.key}>
        <summary><span>${group.name}</span><${Icon} name="next" size="20" /></summary>
        <${Options} categories=${categories.filter((each) => each.group === group.key)} choose=${choose} />
      </details>
    `)}
  `;
}

const groupName = (groups, key) => groups.find((group) => group.key === key)?.name ?? "";
const matches = (name, wanted) => wanted.every((word) => name.toLowerCase().includes(word));

const Options = ({ categories, choose }) => html`
  <ul class="options">
    ${categories.map(({ key, name, emergency }) => html`
      <li key=${key}><button type="button" class="button" onClick=${() => choose(key)}><span>${name}</span><${Icon} name=${emergency ? "phone" : "next"} size="20" /></button></li>
    `)}
  </ul>
`;

export function Question({ question, answer, give }) {
  if (question.kind === "text") {
    return html`<${Field} label=${question.text} value=${answer ?? ""} maxlength="300" onInput=${(event) => give(event.currentTarget.value)} />`;
  }
  const choices = question.kind === "choice" ? question.choices.map(({ key, name }) => ({ value: key, label: name })) : yesOrNo();
  return html`<${Choice} isRow legend=${question.text} choices=${choices} value=${answer} choose=${give} />`;
}

const yesOrNo = () => [
  { value: "yes", label: words("lapor_yes") },
  { value: "no", label: words("lapor_no") },
];

/** Without a place and without a network nobody knows which city's list it is. */
const NoCategories = ({ terms, choose }) => html`
  <${Notice} kind="warn" icon="cloud"><p>${words(terms ? "lapor_no_categories_city" : "lapor_no_categories")}</p><//>
  ${terms && html`
    <${Field} label=${words("lapor_city")}>
      ${(ids) => html`<select ...${ids} onChange=${(event) => choose(event.currentTarget.value || null)}>
        <option value="">${words("lapor_choose")}</option>
        ${terms.cities.map(({ code, name }) => html`<option value=${code}>${name}</option>`)}
      </select>`}
    <//>
  `}
`;
