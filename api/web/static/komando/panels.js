// The parts of the wall: counters, lists and tables, each as long as its frame is high.

import { useLayoutEffect, useRef, useState } from "preact/hooks";

import { html } from "../app/html.js";
import { count, language, stateName, words } from "../app/words.js";
import { lengthOf, momentOf } from "./times.js";

const ROWS_BELOW_EACH_OTHER = 8; // on a narrow screen, where frames are as high as what is in them

/** How many rows of so many rem fit into the element. */
function useRows(frame, row_rem) {
  const [rows, setRows] = useState(ROWS_BELOW_EACH_OTHER);
  useLayoutEffect(() => {
    const measure = () => {
      const isFixed = getComputedStyle(frame.current).overflowY === "hidden";
      const row = row_rem * parseFloat(getComputedStyle(document.documentElement).fontSize);
      setRows(isFixed ? Math.max(1, Math.floor((frame.current.clientHeight + 1) / row)) : ROWS_BELOW_EACH_OTHER);
    };
    const observer = new ResizeObserver(measure);
    observer.observe(frame.current);
    return () => observer.disconnect();
  }, []);
  return rows;
}

const percent = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 0 });

export const Counters = ({ counts }) => html`
  <dl class="counters">
    <${Counter} name="new" label=${words("komando_new_today")} value=${count(counts.new_today)} />
    <${Counter} name="open" label=${words("komando_open")} value=${count(counts.open)} />
    <${Counter} name="closed" label=${words("komando_closed_today")} value=${count(counts.closed_today)} />
    <${Counter} name="late" label=${words("komando_overdue")} value=${count(counts.overdue)} />
    <${Counter} name="kept" label=${words("komando_kept")} note=${words("komando_kept_months")} value=${counts.promises_kept === null ? "–" : percent.format(counts.promises_kept)} />
  </dl>
`;

const Counter = ({ name, label, note, value }) => html`<div class=${name}><dt>${label}${note && html` <small>${note}</small>`}</dt><dd key=${value}>${value}</dd></div>`;

/** `Row({line})` of each of `lines` that has room; `row_rem` is the height of one, which the style keeps. */
function Panel({ name, title, note, lines, row_rem, Row, empty }) {
  const frame = useRef();
  const rows = useRows(frame, row_rem);
  return html`
    <section class="panel ${name}" aria-labelledby="${name}-title">
      <header><h2 id="${name}-title">${title}</h2>${note && html`<p>${note}</p>`}</header>
      <div class="frame" ref=${frame}>
        ${lines.length ? html`<ul style=${{ gridTemplateRows: `repeat(${rows}, minmax(0, 1fr))` }}>${lines.slice(0, rows).map((line) => html`<${Row} key=${line.tracking_id} line=${line} />`)}</ul>` : html`<p class="nothing">${empty}</p>`}
      </div>
    </section>
  `;
}

export function Latest({ now, zone }) {
  const Row = ({ line }) => html`
    <li class="line ${line.isFresh ? "fresh" : ""}">
      <i class="mark ${line.state}" aria-hidden="true"></i>
      <strong>${line.category}</strong><time datetime=${line.since}>${momentOf(line.since, now.day_began, zone)}</time>
      <span>${stateName(line.state)} · ${line.village}</span>
    </li>
  `;
  return html`<${Panel} name="latest" title=${words("komando_latest")} lines=${now.latest} row_rem="3.2" Row=${Row} empty=${words("komando_nothing_yet")} />`;
}

export function Overdue({ now, staff, moment }) {
  const Row = ({ line }) => html`
    <li class="line">
      <i class="mark late" aria-hidden="true"></i>
      <strong>${line.category}</strong><b>${lengthOf(line.since, moment)}</b>
      <span>${line.isEscalated && html`<em>${words("komando_escalated")}</em> · `}${line.village}${line.agency && ` · ${line.agency}`}</span>
    </li>
  `;
  const lines = staff ? staff.lines : now.overdue;
  const note = staff ? words("komando_within_grants", { count: `${count(lines.length)}${staff.hasMore ? "+" : ""}` }) : words("komando_public_only");
  return html`<${Panel} name="overdue" title=${words("komando_longest_overdue")} note=${note} lines=${lines} row_rem="3.2" Row=${Row} empty=${words("komando_nothing_overdue")} />`;
}

/** Of agencies or villages: those with the most open reports, and how many more there are. */
export function Loads({ name, title, first, loads }) {
  const frame = useRef();
  const rows = Math.max(1, useRows(frame, 2.2) - 1); // the head is one
  const rest = loads.length - rows;
  return html`
    <section class="panel ${name}" aria-labelledby="${name}-title">
      <header><h2 id="${name}-title">${title}</h2>${rest > 0 && html`<p>${words("komando_more", { count: count(rest) })}</p>`}</header>
      <div class="frame" ref=${frame}>
        <table>
          <thead><tr><th scope="col">${first}</th><th scope="col">${words("komando_column_open")}</th><th scope="col">${words("komando_column_overdue")}</th><th scope="col">${words("komando_column_closed")}</th></tr></thead>
          <tbody>
            ${loads.slice(0, rows).map((load) => html`<tr key=${load.key}><th scope="row">${load.name}</th><td>${count(load.open)}</td><td class=${load.overdue ? "late" : ""}>${count(load.overdue)}</td><td>${count(load.closed)}</td></tr>`)}
          </tbody>
        </table>
      </div>
    </section>
  `;
}
