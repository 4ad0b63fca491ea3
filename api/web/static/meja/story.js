// What happened to the report, newest last, with what only staff may read; and what people said beside it.

import { say, Timeline } from "../app/elements.js";
import { html } from "../app/html.js";
import { newId } from "../app/ids.js";
import { send } from "../app/server.js";
import { atTime, stateName, words } from "../app/words.js";

// Events that lead into a state are named by it.
const named = ({ kind, to_state }) => (["change", "create", "confirm", "withdraw"].includes(kind) ? stateName(to_state) : words(`meja_event_${kind}`));

export const Story = ({ events, zone }) => html`
  <section class="card"><h3>${words("meja_story")}</h3>
    <${Timeline} zone=${zone} events=${events.map((event) => ({ at: event.at, state: event.to_state, title: named(event), by: doer(event), note: noted(event, zone) }))} />
  </section>
`;

const doer = ({ role, on_behalf: isForReporter, agency }) => [words(isForReporter ? "meja_on_behalf" : `meja_role_${role}`), agency?.name].filter(Boolean).join(" · ");

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

/** Some wait until somebody releases them. The API has the last word on who may. */
export function Comments({ report, zone, again }) {
  const { comments, id } = report;
  if (!comments?.length) return null;
  const turn = async (comment) => {
    const kind = comment.is_hidden ? "unhide" : "hide";
    const event = { id: newId(), kind, event: comment.id, expected_version: report.version, reason: words("meja_reason_rules") };
    await send("POST", `/v1/reports/${id}/events`, event).catch((refusal) => say(refusal.problem?.detail ?? words("app_unreachable")));
    again();
  };
  return html`
    <section class="card"><h3>${words("meja_comments")}</h3>
      <ul class="stack">${comments.map((comment) => html`
        <li key=${comment.id}><p class="hint">${words(`meja_role_${comment.role}`)} · ${atTime(comment.at, zone)}${comment.is_hidden && html` · ${words("meja_hidden")}`}</p><p class="said">${comment.text}</p><div><button type="button" class="button small" onClick=${() => turn(comment)}>${words(comment.is_hidden ? "meja_comment_release" : "meja_comment_hide")}</button></div></li>
      `)}</ul>
    </section>
  `;
}
