// The first screen: one thing to do, and what is under way.

import { Heading, Notice } from "../app/elements.js";
import { go, useAsked } from "../app/hooks.js";
import { html } from "../app/html.js";
import { Icon } from "../app/icons.js";
import { terms, words } from "../app/words.js";
import { useDraft } from "./draft.js";

export function Home({ queue, terms: known }) {
  const { draft } = useDraft();
  const [news] = useAsked(() => newsOf(known), [known]);
  const isBegun = draft && (draft.photos.length > 0 || draft.text || draft.category);
  return html`
    <main id="content" class="screen home">
      <section class="hero">
        <div class="stack">
          <${Heading}>${words("lapor_home_title")}<//>
          <p>${words("lapor_home_line")}</p>
        </div>
        <img src=${terms.mark} alt="" width="88" height="88" />
        <a class="button wood wide" href="#/baru"><${Icon} name="camera" /><span>${words(isBegun ? "lapor_continue" : "lapor_begin")}</span></a>
      </section>
      <${Waiting} entries=${queue.filter(({ state }) => state !== "sent")} />
      <${Announced} news=${news} terms=${known} isUrgent />
      <${TrackForm} />
      <${Notice} kind="danger" icon="phone" title=${words("lapor_emergency_home")}>
        <div><a class="button call" href="tel:112"><${Icon} name="phone" /><span>${words("lapor_call", { number: "112" })}</span></a></div>
      <//>
      <${Announced} news=${news} terms=${known} isUrgent=${false} />
      <p class="row"><a class="button" href="#/pengumuman"><${Icon} name="bell" /><span>${words("lapor_announcements")}</span></a><a class="button" href="/peta"><${Icon} name="pin" /><span>${words("lapor_open_map")}</span></a></p>
    </main>
  `;
}

const SHOWN = 3;

/** Comes when the city is known; the screen needs nothing of it. */
async function newsOf(terms) {
  if (!terms) return null;
  const { announced, Announcements } = await import("./announcements.js");
  return { list: await announced(terms), Announcements };
}

const Announced = ({ news, terms, isUrgent }) => {
  const list = news?.list.filter(({ urgent }) => urgent === isUrgent).slice(0, SHOWN);
  return list?.length > 0 && html`<${news.Announcements} list=${list} terms=${terms} />`;
};

/** What waits here is seldom, and its card comes when there is one. */
function Waiting({ entries }) {
  const [cards] = useAsked(async () => (entries.length ? import("./queue.js") : null), [entries.length > 0]);
  return cards && entries.map((entry) => html`<${cards.QueueCard} key=${entry.id} entry=${entry} />`);
}

function TrackForm() {
  const open = (event) => {
    event.preventDefault();
    const number = new FormData(event.currentTarget).get("nomor").trim();
    if (number) go(`/lacak/${encodeURIComponent(number)}`);
  };
  return html`
    <form class="card" role="search" onSubmit=${open}>
      <label for="number"><h2>${words("lapor_track_title")}</h2></label>
      <p class="hint" id="number-hint">${words("lapor_track_hint")}</p>
      <div class="row nowrap">
        <input id="number" name="nomor" class="number" aria-describedby="number-hint" maxlength="40" autocomplete="off" autocapitalize="characters" spellcheck="false" placeholder="ABCD-1234" />
        <button class="button"><${Icon} name="search" /><span>${words("lapor_track_button")}</span></button>
      </div>
    </form>
  `;
}
