// What happened to the report, newest last, with what only staff may read; and what people said beside it.

import { Timeline } from "../app/elements.js";
import { html } from "../app/html.js";
import { atTime, stateName, words } from "../app/words.js";

// Events that lead into a state are named by it.
const named = ({ kind, to_state }) => (["change", "create", "confirm", "withdraw"].includes(kind) ? stateName(to_state) : words(`meja_event_${kind}`));

export const Story = ({ events, zone }) => html`
  <section class="card"><h3>${words("meja_story")}</h3>
    <${Timeline} zone=${zone} events=${events.map((event) => ({ at: event.at, state: event.to_state, title: named(event), by: doer(event), note: noted(event, zone) }))} />
  </section>
`;

const doer = ({ role, agency }) => [words(`meja_role_${role}`), agency?.name].filter(Boolean).join(" · ");

const noted = (event, zone) =>
  [
    event.reason,
    event.note,
    event.date && atTime(event.date, zone),
    event.reference,
    event.duplicate_of && words("meja_merged_into", { number: event.duplicate_of }),
    event.coordination?.name,
    event.rating && words("meja_rating", { stars: event.rating }),
    event.internal_note && words("meja_internal", { note: event.internal_note }),
  ]
    .filter(Boolean)
    .join("\n");

export function Comments({ comments, zone }) {
  if (!comments?.length) return null;
  return html`
    <section class="card"><h3>${words("meja_comments")}</h3>
      <ul class="stack">${comments.map((comment) => html`
        <li key=${comment.id}><p class="hint">${words(`meja_role_${comment.role}`)} · ${atTime(comment.at, zone)}${comment.is_hidden && html` · ${words("meja_hidden")}`}</p><p class="said">${comment.text}</p></li>
      `)}</ul>
    </section>
  `;
}
