// A list beside the report that was chosen from it: the queue, the work, and what a search has found.

import { useEffect, useRef, useState } from "preact/hooks";

import { Button, Empty, Fault } from "../app/elements.js";
import { go, useAsked } from "../app/hooks.js";
import { html } from "../app/html.js";
import { read } from "../app/server.js";
import { words } from "../app/words.js";
import { useKeys } from "./keys.js";
import { useChanges } from "./live.js";
import { Pane } from "./pane.js";
import { Row } from "./row.js";

const SETTLES_MS = 400;

export function Desk({ view, tab, id, me, terms }) {
  const chosen = view.tabs.find(({ name }) => name === tab) ?? view.tabs[0];
  const base = `/${view.name}/${chosen.name}`;
  return html`
    <main id="content" class="desk ${id ? "is-reading" : ""}">
      <h1 class="unseen" tabindex="-1">${words(`meja_view_${view.name}`)}</h1>
      <section class="lists" aria-label=${words(`meja_tab_${chosen.name}`)}>
        <nav class="tabs" aria-label=${words("meja_lists")}>
          ${view.tabs.map(({ name }) => html`<a href="#/${view.name}/${name}" aria-current=${name === chosen.name ? "page" : undefined} key=${name}>${words(`meja_tab_${name}`)}</a>`)}
        </nav>
        <p class="hint">${words(`meja_tab_${chosen.name}_line`)}</p>
        <${Reports} key=${base} query=${chosen.query} sort=${chosen.sort} base=${base} id=${id} />
      </section>
      <${Reading} id=${id} base=${base} me=${me} terms=${terms} />
    </main>
  `;
}

export const Reading = ({ id, base, me, terms }) => html`
  <section class="reading" aria-label=${words("meja_report")}>
    ${id ? html`<${Pane} key=${id} id=${id} base=${base} me=${me} terms=${terms} />` : html`<${Empty} icon="list" title=${words("meja_choose")}><p>${words("meja_choose_line")}</p><//>`}
  </section>
`;

const BY = { due: (one, other) => other.is_escalated - one.is_escalated || dueOf(one).localeCompare(dueOf(other)) };
const dueOf = ({ overdue_since: since, promise }) => since ?? promise?.due_at ?? "9";

/** `query` as GET /v1/reports takes it. */
export function Reports({ query, sort, base, id }) {
  const [found, error, again] = useAsked(() => page(query), [JSON.stringify(query)]);
  const [more, setMore] = useState([]);
  const shown = found && [...found.reports, ...more.flatMap(({ reports }) => reports)];
  const reports = sort && shown ? shown.toSorted(BY[sort]) : shown;
  const next = more.length ? more.at(-1).next : found?.next;
  useFresh(() => {
    setMore([]);
    again();
  });
  useMoving(reports ?? [], base, id);
  if (!reports) return html`<div aria-busy=${!error}><${Fault} error=${error} again=${again} /></div>`;
  if (!reports.length) return html`<${Empty} icon="check" title=${words("meja_list_empty")} />`;
  return html`
    <${Fault} error=${error} again=${again} />
    <ol class="rows">${reports.map((report) => html`<${Row} key=${report.id} report=${report} address="#${base}/${report.id}" isChosen=${report.id === id} />`)}</ol>
    ${next && html`<${Button} onClick=${async () => setMore([...more, await page({ ...query, cursor: next })])}>${words("meja_more")}<//>`}
  `;
}

const page = (query) => read(`/v1/reports?${new URLSearchParams(query)}`);

/** Asks again when something has changed, once for many changes. */
function useFresh(again) {
  const latest = useRef(again);
  const timer = useRef();
  latest.current = again;
  useChanges(() => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => latest.current(), SETTLES_MS);
  }, []);
  useEffect(() => () => clearTimeout(timer.current), []);
}

/** j and k. A report that has left the list leaves its place to the next one. */
function useMoving(reports, base, id) {
  const last = useRef(-1);
  const here = reports.findIndex((report) => report.id === id);
  if (here >= 0) last.current = here;
  const to = (place) => reports[place] && go(`${base}/${reports[place].id}`);
  const onwards = here >= 0 ? here + 1 : Math.max(last.current, 0);
  useKeys(
    {
      j: [words("meja_key_next"), () => to(Math.min(onwards, reports.length - 1))],
      k: [words("meja_key_previous"), () => to(Math.max((here >= 0 ? here : last.current) - 1, 0))],
      Escape: [words("meja_key_leave"), () => go(base)],
    },
    words("meja_keys_list"),
  );
  useEffect(() => {
    document.querySelector(".rows [aria-current]")?.scrollIntoView({ block: "nearest" });
  }, [id]);
}
