// Handing an address on.

import { words } from "./words.js";

/** Hands an address to whom the reader chooses, or to the clipboard; `pressed` says so. */
export async function passOn(address, pressed) {
  if (navigator.share) {
    await navigator.share({ url: address }).catch(() => {}); // the reader changed their mind
    return;
  }
  await navigator.clipboard.writeText(address);
  pressed.textContent = words("link_copied");
}
