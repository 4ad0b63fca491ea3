// Photos before and after, side by side, each with what the checks found, in words.

import { html } from "../app/html.js";
import { Icon } from "../app/icons.js";
import { words } from "../app/words.js";

export function Pictures({ photos }) {
  const before = photos.filter(({ purpose }) => purpose !== "evidence");
  const after = photos.filter(({ purpose }) => purpose === "evidence");
  if (!photos.length) return html`<p class="hint">${words("meja_no_photos")}</p>`;
  if (!after.length) return html`<section class="card"><${Side} title=${words("meja_photos")} photos=${before} /></section>`;
  return html`
    <section class="card before-after" aria-label=${words("meja_before_after")}>
      <${Side} title=${words("meja_before")} photos=${before} />
      <${Side} title=${words("meja_after")} photos=${after} />
    </section>
  `;
}

const Side = ({ title, photos }) => html`
  <div class="stack small">
    <h3>${title}</h3>
    ${photos.length ? html`<ul class="pictures">${photos.map((photo, place) => html`<${Picture} key=${photo.id} photo=${photo} alt=${words("meja_photo_alt", { what: title, n: place + 1, total: photos.length })} />`)}</ul>` : html`<p class="hint">${words("meja_no_photos")}</p>`}
  </div>
`;

const Picture = ({ photo, alt }) => html`
  <li>
    ${photo.urls ? html`<a href=${photo.urls["1600"]} target="_blank"><img src=${photo.urls["640"]} alt=${alt} loading="lazy" /></a>` : html`<p class="hint">${photo.words ?? words("meja_photo_coming")}</p>`}
    ${photo.flags?.length > 0 && html`<ul class="flags" aria-label=${words("meja_flags")}>${byName(photo.flags).map(([flag, ...others]) => html`<${Flag} key=${flag.name} flag=${flag} others=${others} />`)}</ul>`}
    ${photo.flags && !photo.flags.length && html`<p class="sound"><${Icon} name="check" size="16" /> ${words("meja_flags_none")}</p>`}
  </li>
`;

const byName = (flags) => [...new Set(flags.map(({ name }) => name))].map((name) => flags.filter((flag) => flag.name === name));

/** The nearest one in words; where else the picture was seen, on request. */
const Flag = ({ flag, others }) => html`
  <li>
    <${Icon} name="warning" size="16" />
    <div><span>${flag.words}</span>${others.length > 0 && html`<details><summary>${words("meja_flags_more", { count: others.length })}</summary><p class="number">${others.map(({ report, words: said }) => report ?? said).join(", ")}</p></details>`}</div>
  </li>
`;
