// The last look before it goes out, and who may see it.

import { Check, Choice, Facts } from "../app/elements.js";
import { html } from "../app/html.js";
import { words } from "../app/words.js";
import { CallCard, soundsUrgent } from "./emergency.js";
import { Photos } from "./photo_step.js";
import { placeWords } from "./places.js";

export function ReviewStep({ draft, update, category, categories }) {
  const visibility = draft.visibility ?? category?.default_visibility ?? "public";
  return html`
    ${soundsUrgent(draft.text) && html`<${CallCard} centre=${categories?.city.call_centre} />`}
    <section class="card">
      <${Photos} photos=${draft.photos} />
      <h2>${category?.name}</h2>
      ${draft.text && html`<p class="said">${draft.text}</p>`}
      <${Facts} facts=${[
        [words("lapor_place"), draft.place ? placeWords(draft.place) : words("lapor_place_later")],
        [words("lapor_address"), draft.address],
        [words("lapor_promise"), category?.promise],
      ]} />
    </section>
    <${Choice} legend=${words("lapor_visibility")} value=${visibility} choose=${(chosen) => update({ visibility: chosen })} choices=${whoReads(category)} />
    <${Check} label=${words("lapor_anonymous")} hint=${words("lapor_anonymous_hint")} checked=${draft.anonymous} change=${(anonymous) => update({ anonymous })} />
  `;
}

/** A category that is never public leaves only the stricter ones. */
const whoReads = (category) => everyone().slice(Math.max(0, STRICTNESS.indexOf(category?.default_visibility)));

const STRICTNESS = ["public", "restricted", "secret"];
const everyone = () => [
  { value: "public", label: words("lapor_public"), hint: words("lapor_public_hint") },
  { value: "restricted", label: words("lapor_restricted"), hint: words("lapor_restricted_hint") },
  { value: "secret", label: words("lapor_secret"), hint: words("lapor_secret_hint") },
];
