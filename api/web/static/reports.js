// The layer of reports: counted circles from far, single marks from near.

import { colour } from "./colours.js";
import { isCluster, marksOf, merged, radius } from "./marks.js";
import { VectorTiles } from "./tiles.js";
import { shortCount } from "./words.js";

const WHOLE = 2 * Math.PI;
const TOP = -WHOLE / 4;

export const ReportLayer = VectorTiles.extend({
  options: { className: "reports", pane: "markerPane", rim: 44 },
  marks: [],

  initialize() {
    VectorTiles.prototype.initialize.call(this, "reports");
  },

  /** Circles near an edge depend on the neighbours, so all tiles are painted together, once a frame. */
  paint() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      if (this._map) this.arrange();
    });
  },

  arrange() {
    const size = this.getTileSize().x;
    const tiles = this.current();
    const marks = tiles.flatMap((tile) => [...marksOf(tile, size)]);
    this.extent = window.L.bounds(marks.map(({ at }) => at));
    this.marks = merged(marks);
    tiles.forEach((tile) => this.clear(tile));
    this.marks.forEach(drawMark);
    this.fire("arranged");
  },

  marksInView() {
    const bounds = this._map.getPixelBounds();
    return this.marks.filter(({ at }) => bounds.contains(at));
  },
});

function drawMark(mark) {
  const { context, coords } = mark.tile;
  const { x, y } = mark.at.subtract(coords.multiplyBy(256));
  context.save();
  context.translate(x, y);
  if (isCluster(mark)) drawCircle(context, mark);
  else drawReport(context, mark);
  context.restore();
}

/** A ring that shows the share of open reports, and the count within. */
function drawCircle(context, mark) {
  const size = radius(mark);
  const turn = TOP + (WHOLE * mark.open) / mark.count;
  disc(context, size + 2, colour("halo"));
  disc(context, size, colour("card"));
  arc(context, size - 2, turn, TOP + WHOLE, colour("closed"));
  arc(context, size - 2, TOP, turn, colour("open"));
  context.fillStyle = colour("ink");
  context.font = `600 ${size > 17 ? 12 : 11}px system-ui, sans-serif`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(shortCount(mark.count), 0, 0.5);
}

/** Open is a full disc, closed a smaller one with a tick: told apart without colour, too. */
function drawReport(context, mark) {
  const size = radius(mark);
  disc(context, size + 3, colour("halo"));
  disc(context, size + 2, colour("card"));
  disc(context, mark.open ? size : size - 1, colour(mark.open ? "open" : "closed"));
  if (!mark.open) tick(context);
}

function tick(context) {
  context.strokeStyle = colour("card");
  context.lineWidth = 2;
  context.beginPath();
  context.moveTo(-3, 0);
  context.lineTo(-1, 2.5);
  context.lineTo(3.5, -2.5);
  context.stroke();
}

function disc(context, size, fill) {
  context.fillStyle = fill;
  context.beginPath();
  context.arc(0, 0, size, 0, WHOLE);
  context.fill();
}

function arc(context, size, from, to, stroke) {
  if (to <= from) return;
  context.strokeStyle = stroke;
  context.lineWidth = 4;
  context.beginPath();
  context.arc(0, 0, size, from, to);
  context.stroke();
}
