// The colours of map.css for canvas, read again when the reader changes between light and dark.

const dark = window.matchMedia("(prefers-color-scheme: dark)");
let known = {};

export function colour(name) {
  known[name] ??= getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  return known[name];
}

export function onColourChange(repaint) {
  dark.addEventListener("change", () => {
    known = {};
    repaint();
  });
}
