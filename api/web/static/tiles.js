// A Leaflet layer that draws vector tiles on canvas: one square a tile, `draw(tile, size)` paints it.

import { readTile } from "./mvt.js";
import { tileBytes } from "./server.js";

const { L } = window;

export const VectorTiles = L.GridLayer.extend({
  /** `rim`: pixels that the canvas reaches beyond its square, for marks near an edge. */
  options: { noWrap: true, keepBuffer: 1, updateWhenZooming: false, rim: 0, filter: {} },

  initialize(name, draw, options) {
    L.GridLayer.prototype.initialize.call(this, options);
    this.name = name;
    this.draw = draw;
    this.tiles = new Map();
    this.on("tileunload", ({ coords }) => this.forget(String(coords) + coords.z));
  },

  createTile(coords, done) {
    const square = L.DomUtil.create("div", "square");
    const tile = { coords, context: this.canvas(square), layers: {}, stop: new AbortController() };
    this.tiles.set(String(coords) + coords.z, tile);
    this.load(tile).then(() => done(null, square), (error) => error.name !== "AbortError" && done(error, square));
    return square;
  },

  canvas(square) {
    const size = this.getTileSize().x + 2 * this.options.rim;
    const ratio = Math.min(window.devicePixelRatio || 1, 2); // a third as many pixels again cost memory, not clarity
    const canvas = L.DomUtil.create("canvas", "", square);
    canvas.width = canvas.height = size * ratio;
    canvas.style.width = canvas.style.height = `${size}px`;
    canvas.style.margin = `-${this.options.rim}px`;
    const context = canvas.getContext("2d");
    context.scale(ratio, ratio);
    context.translate(this.options.rim, this.options.rim);
    return context;
  },

  async load(tile) {
    const bytes = await tileBytes(this.name, tile.coords, this.options.filter, tile.stop.signal);
    tile.layers = readTile(new Uint8Array(bytes));
    tile.isRead = true;
    if (this._map) this.paint(tile);
  },

  paint(tile) {
    this.clear(tile);
    this.draw(tile, this.getTileSize().x);
  },

  clear({ context }) {
    const { rim } = this.options;
    context.clearRect(-rim, -rim, context.canvas.width, context.canvas.height);
  },

  repaint() {
    this.tiles.forEach((tile) => this.paint(tile));
  },

  forget(key) {
    this.tiles.get(key)?.stop.abort();
    this.tiles.delete(key);
  },

  ask(filter) {
    L.setOptions(this, { filter });
    if (this._map) this.redraw();
  },

  /** The tiles of the zoom on screen. */
  current() {
    const zoom = this._map?.getZoom();
    return [...this.tiles.values()].filter(({ coords }) => coords.z === zoom);
  },

  /** Nothing of what is on screen is still on its way, or lost. */
  isWhole() {
    return this.current().every(({ isRead }) => isRead);
  },
});

/** Every feature of one tile's layer, its pixels relative to the tile. */
export function* features(layer, size) {
  for (const { properties, rings } of layer?.features ?? []) {
    const scale = size / layer.extent;
    yield { ...properties, rings: rings.map((ring) => ring.map(([x, y]) => [x * scale, y * scale])) };
  }
}
