// What cannot wait for an office: first of all the way to somebody who comes.

import { html } from "../app/html.js";
import { Icon } from "../app/icons.js";
import { words } from "../app/words.js";

const NATIONAL = "112";
const urgent = words("lapor_emergency_words")
  .split(",")
  .map((word) => word.trim().toLowerCase());

/** True when the text names what 112 is for. */
export const soundsUrgent = (text) => urgent.some((word) => text.toLowerCase().includes(word));

export const CallCard = ({ centre, isSure }) => html`
  <section class="card call-card" role="alert">
    <h2>${words(isSure ? "lapor_emergency_sure" : "lapor_emergency_maybe")}</h2>
    <p>${words("lapor_emergency_line")}</p>
    <a class="button call wide" href="tel:${centre ?? NATIONAL}"><${Icon} name="phone" /><span>${words("lapor_call", { number: centre ?? NATIONAL })}</span></a>
    ${!isSure && html`<p class="hint">${words("lapor_emergency_else")}</p>`}
  </section>
`;
