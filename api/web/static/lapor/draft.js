// What becomes a report: kept on the phone at every stroke, so that a call or an empty battery costs nothing.

import { useEffect, useState } from "preact/hooks";

import { get, put, remove } from "../app/db.js";
import { newId } from "../app/ids.js";
import { enqueue } from "../app/outbox.js";
import { announced } from "../app/pictures.js";
import { words } from "../app/words.js";

const NAME = "lapor";

const empty = () => ({
  id: newId(),
  step: 0,
  photos: [],
  position: null,
  place: null,
  village: null,
  city: null,
  category: null,
  type: "complaint",
  text: "",
  answers: {},
  address: "",
  anonymous: false,
  visibility: null,
});

/** {draft, update(patch), fault}; `draft` is undefined while it is read. `fault`: what could not be kept, StorageFull. */
export function useDraft() {
  const [draft, setDraft] = useState();
  const [fault, setFault] = useState(null);
  useEffect(() => {
    get("drafts", NAME).then((kept) => setDraft(kept ?? empty()));
  }, []);
  const update = (patch) =>
    setDraft((old) => {
      const next = { ...old, ...patch };
      put("drafts", next, NAME).then(() => setFault(null), setFault);
      return next;
    });
  return { draft, update, fault };
}

/** Raises StorageFull. */
export async function keepPhoto(photo) {
  await put("photos", { ...photo, offset: 0 });
  return announced(photo);
}

export const forgetPhoto = (id) => remove("photos", id);

export async function forgetDraft({ photos }) {
  await Promise.all(photos.map(({ id }) => forgetPhoto(id)));
  await remove("drafts", NAME);
}

/** Steps that bring photos to a report that is there already; `replaces` a refused one. */
export const photoSteps = (report, photos, replaces) =>
  photos.flatMap((photo) => [
    { method: "PUT", path: `/v1/photos/${photo.id}`, body: { report, ...sizeAndHash(photo), ...(replaces && { replaces }) } },
    { photo: photo.id },
  ]);

const sizeAndHash = ({ size, type, sha256 }) => ({ size, type, sha256 });

/** Into the outbox, with its photos; the next draft is empty. Raises StorageFull. */
export async function queueReport(draft, category) {
  const path = `/v1/reports/${draft.id}`;
  await enqueue({
    id: draft.id,
    app: NAME,
    subject: draft.id,
    title: category.name,
    facts: { city: draft.city, text: draft.text, place: draft.place?.village ?? null },
    steps: [
      { method: "PUT", path, body: bodyOf(draft) },
      ...draft.photos.map(({ id }) => ({ photo: id })),
    ],
  });
  await remove("drafts", NAME);
}

const bodyOf = (draft) => ({
  category: draft.category,
  report_type: draft.type,
  text: draft.text.trim(),
  position: { lat: draft.position.lat, lon: draft.position.lon, accuracy_m: draft.position.accuracy_m ?? null },
  address: addressOf(draft),
  anonymous: draft.anonymous,
  visibility: draft.visibility,
  answers: answered(draft.answers),
  photos: draft.photos.map(announced),
});

/** The position decides; where a border is near, what the resident says goes along for whoever checks. */
const addressOf = ({ address, village }) =>
  [address.trim(), village && words("lapor_border_said", { village })].filter(Boolean).join(" · ").slice(0, 300);

const answered = (answers) => Object.fromEntries(Object.entries(answers).filter(([, answer]) => answer));
