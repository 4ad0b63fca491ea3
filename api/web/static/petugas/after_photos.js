// Photos of the work done: from the camera, made smaller on the phone, kept until the server has them.

import { useEffect, useState } from "preact/hooks";

import { get, put, remove } from "../app/db.js";
import { PhotoStrip } from "../app/elements.js";
import { html } from "../app/html.js";
import { Icon } from "../app/icons.js";
import { announced, prepared } from "../app/pictures.js";
import { words } from "../app/words.js";

const MOST = 10;

export function AfterPhotos({ photos, change, failed, fault, isNeeded }) {
  const [isBusy, setBusy] = useState(false);
  const add = async (event) => {
    const files = [...event.currentTarget.files].slice(0, MOST - photos.length);
    event.currentTarget.value = "";
    setBusy(true);
    const all = [...photos];
    try {
      for (const file of files) all.push(await kept(await prepared(file)));
    } catch (error) {
      failed(error);
    }
    change(all);
    setBusy(false);
  };
  const drop = (id) => {
    remove("photos", id);
    change(photos.filter((photo) => photo.id !== id));
  };
  return html`
    <fieldset class="stack small" aria-describedby=${fault && "photos-fault"}>
      <legend>${words(isNeeded ? "petugas_photos" : "petugas_photos_wished")}</legend>
      <${KeptPhotos} photos=${photos} drop=${drop} />
      ${isBusy && html`<p class="hint" role="status">${words("petugas_photo_busy")}</p>`}
      ${photos.length < MOST && html`
        <label class="button wide pick"><${Icon} name="camera" /><span>${words("petugas_camera")}</span><input type="file" accept="image/*" capture="environment" onChange=${add} /></label>
        <label class="button quiet pick"><${Icon} name="image" /><span>${words("petugas_gallery")}</span><input type="file" accept="image/*" multiple onChange=${add} /></label>
      `}
      ${fault && html`<p class="fault" id="photos-fault"><${Icon} name="warning" size="18" /> ${fault}</p>`}
    </fieldset>
  `;
}

async function kept(photo) {
  await put("photos", { ...photo, offset: 0 });
  return announced(photo);
}

/** Those that are on this phone, by their ids. */
export function KeptPhotos({ photos, drop, parts = {} }) {
  const [sources, setSources] = useState({});
  const ids = photos.map(({ id }) => id);
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
  const shown = ids.filter((id) => sources[id]);
  if (!shown.length) return null;
  return html`<${PhotoStrip} photos=${shown.map((id, place) => ({ id, small: sources[id], part: parts[id], alt: words("petugas_photo_alt", { n: place + 1, total: ids.length }), remove: drop && (() => drop(id)) }))} />`;
}
