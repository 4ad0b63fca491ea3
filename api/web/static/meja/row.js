// One report in a list: how long it has waited, what it is about, where, and what is urgent about it.

import { StateBadge } from "../app/elements.js";
import { html } from "../app/html.js";
import { Icon } from "../app/icons.js";
import { words } from "../app/words.js";
import { since, until } from "./times.js";

export const Row = ({ report, address, isChosen }) => html`
  <li>
    <a class="report-row" href=${address} aria-current=${isChosen ? "true" : undefined}>
      <span class="row spread"><${StateBadge} state=${report.state} /><small><time datetime=${report.created_at}>${since(report.created_at)}</time></small></span>
      <strong>${report.category_name}</strong>
      <span class="clamp">${report.text || words("meja_no_text")}</span>
      <span class="row spread">
        <small>${report.place.village.name}${report.agency && html` · ${report.agency.name}`}</small>
        <small class="number">${report.tracking_id}</small>
      </span>
      <${Marks} report=${report} />
    </a>
  </li>
`;

const flagged = ({ photos }) => photos.some(({ flags }) => flags?.length);

export function Marks({ report }) {
  const due = report.promise?.due_at;
  const marks = [
    report.is_escalated && ["danger", "warning", words("meja_escalated")],
    report.bounces > 1 && ["danger", "warning", words("meja_bounced", { count: report.bounces })],
    report.overdue ? ["danger", "clock", words("meja_overdue", { time: since(report.overdue_since) })] : due && ["", "clock", words("meja_due", { time: until(due) })],
    flagged(report) && ["warn", "image", words("meja_flagged")],
    report.visibility !== "public" && ["", "lock", words(`meja_open_${report.visibility}`)],
    report.supports > 0 && ["", "plus", words("meja_supports", { count: report.supports })],
  ].filter(Boolean);
  if (!marks.length) return null;
  return html`<span class="marks">${marks.map(([kind, icon, said]) => html`<span class="mark-of ${kind}"><${Icon} name=${icon} size="14" /> ${said}</span>`)}</span>`;
}
