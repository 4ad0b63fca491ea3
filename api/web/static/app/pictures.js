// A photo as it goes out: upright, 2048 pixels at the longer side, JPEG; and what is announced of it.

import { newId, sha256 } from "./ids.js";

const LONGER_SIDE = 2048;
const QUALITY = 0.8;
const TYPE = "image/jpeg";

export class NotAPicture extends Error {}

/** {id, blob, size, type, sha256} of a file from the camera or the gallery. Raises NotAPicture. */
export async function prepared(file) {
  const blob = await resized(file);
  return { id: newId(), blob, size: blob.size, type: TYPE, sha256: await sha256(blob) };
}

async function resized(file) {
  const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" }).catch(() => {
    throw new NotAPicture();
  });
  const scale = Math.min(1, LONGER_SIDE / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(bitmap.width * scale);
  canvas.height = Math.round(bitmap.height * scale);
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new NotAPicture())), TYPE, QUALITY);
  });
}

/** What the API wants to know before the bytes come. */
export const announced = ({ id, size, type, sha256: hash }) => ({ id, size, type, sha256: hash });
