// Photos first: what is seen needs fewer words.

import { useEffect, useState } from "preact/hooks";

import { get, StorageFull } from "../app/db.js";
import { Notice, PhotoStrip } from "../app/elements.js";
import { html } from "../app/html.js";
import { Icon } from "../app/icons.js";
import { NotAPicture, prepared } from "../app/pictures.js";
import { words } from "../app/words.js";
import { forgetPhoto, keepPhoto } from "./draft.js";

const MOST = 10;

export function PhotoStep({ draft, update, terms }) {
  return html`
    <p class="hint">${words("lapor_photo_hint")}</p>
    <${PhotoPicker} photos=${draft.photos} change=${(photos) => update({ photos })} most=${terms?.limits.photos ?? MOST} />
  `;
}

/** Photos made small, kept on the phone, shown, and taken away again. `change(photos)` with what was announced. */
export function PhotoPicker({ photos, change, most }) {
  const [fault, setFault] = useState(null);
  const [isBusy, setBusy] = useState(false);
  const add = async (event) => {
    const files = [...event.currentTarget.files].slice(0, most - photos.length);
    event.currentTarget.value = "";
    setBusy(true);
    const [added, error] = await keptPhotos(files);
    setFault(error && faultOf(error));
    change([...photos, ...added]);
    setBusy(false);
  };
  const drop = (id) => {
    forgetPhoto(id);
    change(photos.filter((photo) => photo.id !== id));
  };
  return html`
    <${Photos} photos=${photos} drop=${drop} />
    <div class="stack small" role="status">
      ${isBusy && html`<p class="hint">${words("lapor_photo_busy")}</p>`}
      ${fault && html`<${Notice} kind="danger" icon="warning"><p>${words(fault)}</p><//>`}
    </div>
    ${photos.length < most
      ? html`
          <div class="pickers">
            <${Picker} icon="camera" label=${words("lapor_photo_camera")} kind="primary" capture="environment" onChange=${add} />
            <${Picker} icon="image" label=${words("lapor_photo_gallery")} multiple onChange=${add} />
          </div>
        `
      : html`<p class="hint">${words("lapor_photo_most", { most })}</p>`}
  `;
}

/** [those that are kept now, what stopped the rest]. */
export async function keptPhotos(files) {
  const kept = [];
  try {
    for (const file of files) kept.push(await keepPhoto(await prepared(file)));
    return [kept, null];
  } catch (error) {
    return [kept, error];
  }
}

/** A file control behind a label of our own: the browser's speaks the browser's language. */
export const Picker = ({ icon, label, kind = "", ...more }) => html`
  <label class="button wide pick ${kind}"><${Icon} name=${icon} /><span>${label}</span><input type="file" accept="image/*" ...${more} /></label>
`;

export function faultOf(error) {
  if (error instanceof StorageFull) return "lapor_storage_full";
  return error instanceof NotAPicture ? "lapor_photo_unreadable" : "app_failed";
}

/** Those that are on this phone, by their ids. */
export function Photos({ photos, drop, parts = {} }) {
  const sources = useSources(photos.map(({ id }) => id));
  const shown = photos.filter(({ id }) => sources[id]);
  if (!shown.length) return null;
  return html`<${PhotoStrip}
    photos=${shown.map(({ id }, place) => ({
      id,
      small: sources[id],
      part: parts[id],
      alt: words("lapor_photo_alt", { n: place + 1, total: photos.length }),
      remove: drop && (() => drop(id)),
    }))}
  />`;
}

/** Addresses of the bytes kept here: id → `blob:`, given back when they are no longer shown. */
function useSources(ids) {
  const [sources, setSources] = useState({});
  useEffect(() => {
    const made = {};
    let isCurrent = true;
    Promise.all(ids.map((id) => get("photos", id))).then((rows) => {
      if (!isCurrent) return;
      for (const row of rows) if (row) made[row.id] = URL.createObjectURL(row.blob);
      setSources(made);
    });
    return () => {
      isCurrent = false;
      Object.values(made).forEach((address) => URL.revokeObjectURL(address));
    };
  }, [ids.join()]);
  return sources;
}
