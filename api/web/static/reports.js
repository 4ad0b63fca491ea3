// Reports on the map: counted circles from far, single marks from near; what lies under a finger, what is in view.

import { colour } from "./colours.js";
import { features, VectorTiles } from "./tiles.js";
import { shortCount } from "./words.js";

const WHOLE = 2 * Math.PI;
const MARK = 8; // radius of a single report, in pixels
const FINGER = 22; // how far from a mark a touch still means it

export const reportMarks = () => new VectorTiles("reports", drawReports, { className: "reports", rim: 32, zIndex: 5 });

function drawReports(context, layers, size) {
  for (const { rings, ...cluster } of features(layers.clusters, size)) drawCluster(context, rings[0][0], cluster);
  for (const { rings, is_open: isOpen } of features(layers.reports, size)) drawMark(context, rings[0][0], isOpen);
}

const clusterRadius = (count) => Math.min(13 + 3.2 * Math.log10(count), 28);

/** A ring that shows the share of open reports, and the count within. */
function drawCluster(context, [x, y], { count, open }) {
  const radius = clusterRadius(count);
  const share = (WHOLE * open) / count - WHOLE / 4;
  disc(context, x, y, radius + 2, colour("halo"));
  disc(context, x, y, radius, colour("card"));
  arc(context, x, y, radius - 1.5, share, WHOLE * 0.75, colour("closed"));
  arc(context, x, y, radius - 1.5, -WHOLE / 4, share, colour("open"));
  context.fillStyle = colour("ink");
  context.font = `600 ${radius > 17 ? 12 : 11}px system-ui, sans-serif`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(shortCount(count), x, y + 0.5);
}

/** Open is a full disc, closed a smaller one with a tick: told apart without colour, too. */
function drawMark(context, [x, y], isOpen) {
  disc(context, x, y, MARK + 2, colour("card"));
  disc(context, x, y, isOpen ? MARK : MARK - 1, colour(isOpen ? "open" : "closed"));
  if (isOpen) return;
  context.strokeStyle = colour("card");
  context.lineWidth = 2;
  context.beginPath();
  context.moveTo(x - 3, y);
  context.lineTo(x - 1, y + 2.5);
  context.lineTo(x + 3.5, y - 2.5);
  context.stroke();
}

function disc(context, x, y, radius, fill) {
  context.fillStyle = fill;
  context.beginPath();
  context.arc(x, y, radius, 0, WHOLE);
  context.fill();
}

function arc(context, x, y, radius, from, to, stroke) {
  if (to <= from) return;
  context.strokeStyle = stroke;
  context.lineWidth = 3;
  context.beginPath();
  context.arc(x, y, radius, from, to);
  context.stroke();
}

/** Every mark of the tiles on screen with its place on the map, nearest to `latLng` first. */
function* marks(layer) {
  const size = layer.getTileSize().x;
  for (const { coords, layers } of layer.current()) {
    for (const kind of ["clusters", "reports"]) {
      for (const { rings, ...mark } of features(layers[kind], size)) {
        yield { ...mark, kind, at: window.L.point(rings[0][0]).add(coords.scaleBy(layer.getTileSize())) };
      }
    }
  }
}

/** What a touch at `latLng` means: the nearest marks within a finger's reach, nearest first. */
export function marksUnder(layer, map, latLng) {
  const touch = map.project(latLng);
  const reach = ({ kind, count }) => (kind === "clusters" ? clusterRadius(count) + 4 : FINGER);
  return [...marks(layer)]
    .map((mark) => ({ ...mark, distance: touch.distanceTo(mark.at), latLng: map.unproject(mark.at) }))
    .filter((mark) => mark.distance <= reach(mark))
    .sort((one, other) => one.distance - other.distance);
}

/** The marks inside the visible part of the map. */
export function marksInView(layer, map) {
  const bounds = map.getPixelBounds();
  return [...marks(layer)].filter(({ at }) => bounds.contains(at));
}
