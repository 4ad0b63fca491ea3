// Photos in pieces (tus 1.0): a cut costs what was on its way, never what has arrived.

import { change, get } from "./db.js";
import { ask, Refusal } from "./server.js";

const KB = 1024;
const SMALLEST = 64 * KB;
const LARGEST = 512 * KB;
const PIECE_MS = 6000; // a piece lasts about so long: often enough to show progress, seldom enough to cost nothing
const TUS = { "Tus-Resumable": "1.0.0" };

let pieceBytes = 2 * SMALLEST; // learned from the line

/** Sends what is missing of an announced photo. `told()` after each piece. */
export async function sendPhoto(id, told) {
  const photo = await get("photos", id);
  if (!photo) return; // sent before, by another tab that was ended before it could say so
  let offset = await offsetOf(id, photo.size);
  while (offset < photo.size) {
    await change("photos", id, (row) => ({ ...row, offset }));
    told();
    offset = await sendPiece(photo, offset);
  }
}

async function offsetOf(id, size) {
  const answer = await ask("HEAD", `/v1/uploads/${id}`, { headers: TUS });
  return Number(answer.headers.get("upload-offset") ?? size);
}

async function sendPiece({ id, blob, size }, offset) {
  const begun = Date.now();
  const piece = blob.slice(offset, offset + pieceBytes);
  const headers = { ...TUS, "Content-Type": "application/offset+octet-stream", "Upload-Offset": String(offset) };
  try {
    const answer = await ask("PATCH", `/v1/uploads/${id}`, { bytes: piece, headers });
    learn(piece.size, Date.now() - begun);
    return Number(answer.headers.get("upload-offset"));
  } catch (refusal) {
    pieceBytes = SMALLEST;
    if (refusal instanceof Refusal && refusal.status === 409) return offsetOf(id, size); // more has arrived than we knew
    throw refusal;
  }
}

function learn(bytes, took_ms) {
  pieceBytes = Math.min(LARGEST, Math.max(SMALLEST, Math.round((bytes / Math.max(took_ms, 1)) * PIECE_MS)));
}

/** How much of the photos of an entry has arrived: {sent, total} in bytes; null when it has none. */
export async function progressOf(entry) {
  const ids = entry.steps.flatMap(({ photo }) => photo ?? []);
  if (!ids.length) return null;
  const rows = await Promise.all(ids.map((id) => get("photos", id)));
  return rows.map((row, place) => ({ id: ids[place], part: row ? row.offset / row.size : 1 }));
}
