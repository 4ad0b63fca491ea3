// Marks: counted circles and single reports as places on the flat map, in pixels of the zoom on screen.

import { features } from "./tiles.js";

const { L } = window;
const FINGER = 22; // how far from a report a touch still means it, in pixels
const SAME_PLACE = 6; // closer than this two reports cannot be told apart

export const isCluster = (mark) => mark.count > 1;
export const radius = (mark) => (isCluster(mark) ? Math.min(13 + 3.2 * Math.log10(mark.count), 28) : 8);

/** Every mark of one tile. A report is a mark with a `label`; a circle of one is a report without its label. */
export function* marksOf(tile, size) {
  const corner = tile.coords.scaleBy(L.point(size, size));
  for (const kind of ["clusters", "reports"]) {
    for (const { rings, ...facts } of features(tile.layers[kind], size)) {
      const isOpen = kind === "reports" && facts.is_open;
      const counts = kind === "reports" ? { count: 1, open: Number(isOpen), closed: Number(!isOpen) } : {};
      yield { ...facts, ...counts, tile, at: L.point(rings[0][0]).add(corner) };
    }
  }
}

/** Circles that would cover each other become one: counts add up, so nothing is hidden and nothing counted twice. */
export function merged(marks) {
  const kept = marks.filter((mark) => mark.label);
  const circles = marks.filter((mark) => !mark.label).sort((one, other) => other.count - one.count);
  for (const circle of circles) {
    const near = kept.find((mark) => !mark.label && mark.at.distanceTo(circle.at) < radius(mark) + radius(circle));
    if (near) absorb(near, circle);
    else kept.push(circle);
  }
  return kept;
}

function absorb(mark, other) {
  const count = mark.count + other.count;
  mark.at = mark.at.multiplyBy(mark.count).add(other.at.multiplyBy(other.count)).divideBy(count);
  mark.open += other.open;
  mark.closed += other.closed;
  mark.count = count;
}

/** What a touch at `place` means: the nearest mark within reach and those that lie on the same spot. */
export function marksUnder(marks, place) {
  const reach = (mark) => (mark.label ? FINGER : radius(mark) + 4);
  const [nearest] = marks
    .filter((mark) => mark.at.distanceTo(place) <= reach(mark))
    .sort((one, other) => one.at.distanceTo(place) - other.at.distanceTo(place));
  if (!nearest?.label) return nearest ? [nearest] : [];
  return marks.filter((mark) => mark.label && mark.at.distanceTo(nearest.at) <= SAME_PLACE);
}
