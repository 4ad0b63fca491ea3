// The names of the areas on screen, where there is room for them.

import { element } from "./elements.js";
import { features } from "./tiles.js";

const { L } = window;
const LETTER = 6.5; // pixels of one letter, near enough
const ROOM = 18; // pixels of height that a name needs
const MOST = 60;

/** Replaces what `group` shows. An area reaches over many tiles: its name stands in its largest piece in view. */
export function nameAreas(layer, map, group) {
  const pieces = [...largestPieces(layer, map.getPixelBounds()).values()].filter(hasRoom).sort((one, other) => other.area - one.area);
  group.clearLayers();
  for (const { name, at } of pieces.slice(0, MOST)) {
    const content = element("span", { textContent: name });
    L.tooltip({ permanent: true, direction: "center", className: "area-name", pane: "overlayPane", content })
      .setLatLng(map.unproject(at))
      .addTo(group);
  }
}

function largestPieces(layer, view) {
  const size = layer.getTileSize();
  const largest = new Map();
  for (const { coords, layers } of layer.current()) {
    for (const { code, name, rings } of features(layers.areas, size.x)) {
      for (const piece of rings.map(measured)) {
        const at = coords.scaleBy(size).add(piece.middle);
        if (piece.area > (largest.get(code)?.area ?? 0) && view.contains(at)) largest.set(code, { ...piece, name, at });
      }
    }
  }
  return largest;
}

const hasRoom = ({ width, height, name }) => name && width > name.length * LETTER && height > ROOM;

/** Area (negative for a hole), centre of gravity and extent of a closed ring. */
function measured(ring) {
  let [area, x, y] = [0, 0, 0];
  for (let index = 1; index < ring.length; index += 1) {
    const [[fromX, fromY], [toX, toY]] = [ring[index - 1], ring[index]];
    const slice = fromX * toY - toX * fromY;
    area += slice / 2;
    x += ((fromX + toX) * slice) / 6;
    y += ((fromY + toY) * slice) / 6;
  }
  const bounds = L.bounds(ring);
  return { area, middle: L.point(x / area, y / area), width: bounds.getSize().x, height: bounds.getSize().y };
}
