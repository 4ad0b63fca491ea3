// Any report by its number, without an account: what the public may see.

import { Fault, Facts, Heading, PhotoStrip, StateBadge, Timeline } from "../app/elements.js";
import { useAsked } from "../app/hooks.js";
import { html } from "../app/html.js";
import { read } from "../app/server.js";
import { atTime, words } from "../app/words.js";

export default function Track({ id: number }) {
  const [report, error, again] = useAsked(() => read(`/v1/track/${encodeURIComponent(number)}`, { signsIn: false }), [number]);
  return html`
    <main id="content" class="screen" aria-busy=${!report && !error}>
      <${Heading} back="#/">${words("lapor_track_heading", { number: report?.tracking_id ?? number })}<//>
      <${Fault} error=${error} again=${error?.status === 0 ? again : null} />
      ${report && html`<${Shown} report=${report} />`}
    </main>
  `;
}

function Shown({ report }) {
  const zone = report.timezone;
  return html`
    <${StateBadge} state=${report.state} />
    <section class="card">
      ${report.category_name && html`<h2>${report.category_name}</h2>`}
      <p class="said">${report.text ?? words("lapor_kept_inside")}</p>
      <${PhotoStrip} photos=${report.photos.map(({ id, urls }, place) => ({ id, small: urls["640"], large: urls["1600"], alt: words("lapor_photo_alt", { n: place + 1, total: report.photos.length }) }))} />
    </section>
    <section class="card">
      <${Facts} facts=${[
        [words("lapor_place"), report.place && `${report.place.village}, ${report.place.district}`],
        [words("lapor_agency"), report.agency],
        [words("lapor_due"), report.promise?.due_at && atTime(report.promise.due_at, zone)],
        [words("lapor_sent_at"), atTime(report.created_at, zone)],
      ]} />
    </section>
    <section class="card" aria-labelledby="events"><h2 id="events">${words("lapor_events")}</h2>
      <${Timeline} zone=${zone} events=${report.events.map(({ at, state, agency, by, note }) => ({ at, state, by: by ?? agency, note }))} />
    </section>
  `;
}
