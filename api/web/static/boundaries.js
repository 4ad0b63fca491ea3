// The boundaries of areas: solid where official, dashed where only approximate.

import { colour } from "./colours.js";
import { features, VectorTiles } from "./tiles.js";

/** Official areas first, so that dashes stay visible where both meet. */
export const boundaries = () => new VectorTiles("areas", drawAreas, { className: "areas" });

const isApproximate = (area) => area.quality === "approximate";

/** True when a boundary on screen is only approximate. */
export function showsApproximate(layer) {
  const size = layer.getTileSize().x;
  return layer.current().some(({ layers }) => [...features(layers.areas, size)].some(isApproximate));
}

function drawAreas({ context, layers, coords }, size) {
  const areas = [...features(layers.areas, size)];
  fill(context, areas);
  context.strokeStyle = colour("boundary");
  context.lineWidth = coords.z < 7 ? 0.6 : 1; // whole islands would turn grey
  strokeOnce(context, areas.filter((area) => !isApproximate(area)), []);
  strokeOnce(context, areas.filter(isApproximate), [4, 4]);
}

function fill(context, areas) {
  context.fillStyle = colour("land");
  context.beginPath();
  for (const { rings } of areas) rings.forEach((ring) => trace(context, ring));
  context.fill(); // outer and inner rings turn opposite ways, so holes stay holes and overlaps stay land
}

function trace(context, ring) {
  ring.forEach(([x, y], index) => (index ? context.lineTo(x, y) : context.moveTo(x, y)));
  context.closePath();
}

/** Each side of a ring once: two neighbours share it, and dashes drawn twice would fill each other's gaps. */
function strokeOnce(context, areas, dashes) {
  const drawn = new Set();
  context.setLineDash(dashes);
  context.beginPath();
  for (const { rings } of areas) rings.forEach((ring) => strokeRing(context, ring, drawn));
  context.stroke();
}

function strokeRing(context, ring, drawn) {
  let isDown = false; // the pen stays down over sides in a row, so that dashes run on around corners
  for (let index = 1; index < ring.length; index += 1) {
    const [start, end] = [ring[index - 1], ring[index]];
    const isNew = remember(drawn, start, end);
    if (isNew && !isDown) context.moveTo(...start);
    if (isNew) context.lineTo(...end);
    isDown = isNew;
  }
}

function remember(drawn, start, end) {
  const [from, to] = [String(start), String(end)];
  const key = from < to ? `${from} ${to}` : `${to} ${from}`;
  const isNew = !drawn.has(key);
  drawn.add(key);
  return isNew;
}
