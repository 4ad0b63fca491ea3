// The map's style: our boundaries and reports on a dark ground. Letters are drawn here, with the screen's own font.

const INK = "#dfe9e7";
const OPEN = "#ff8a7d";
const CLOSED = "#7fe0a0";
const GROUND = "#0b1416";
const FONT = ["system-ui, sans-serif"];
const NEAREST = 22;

const tiles = (path) => [`${location.origin}${path}`];
const isOpen = [">", ["get", "open"], 0];

/** `scale`: 1 on a screen of 1920 pixels, 2 on one of 3840. */
export const styleOf = (city, basemap, scale) => ({
  version: 8,
  sources: {
    ...(basemap && { basemap: { type: "raster", tiles: [basemap.url], tileSize: 256, attribution: basemap.attribution, maxzoom: 19 } }),
    areas: { type: "vector", tiles: tiles("/tiles/areas/{z}/{x}/{y}"), maxzoom: 15 },
    reports: { type: "vector", tiles: tiles(`/tiles/reports/{z}/{x}/{y}?city=${city.code}`), maxzoom: NEAREST },
    rings: { type: "geojson", data: { type: "FeatureCollection", features: [] } },
  },
  layers: [
    { id: "ground", type: "background", paint: { "background-color": GROUND } },
    ...(basemap ? [{ id: "basemap", type: "raster", source: "basemap", paint: { "raster-opacity": 0.45, "raster-saturation": -0.7 } }] : []),
    {
      id: "city",
      type: "fill",
      source: "areas",
      "source-layer": "areas",
      filter: ownArea(city),
      paint: { "fill-color": "#17292d", "fill-opacity": basemap ? 0.35 : 1 },
    },
    { id: "borders", type: "line", source: "areas", "source-layer": "areas", paint: { "line-color": ["case", ownArea(city), "#4f7075", "#22363a"], "line-width": 1.2 * scale } },
    {
      id: "names",
      type: "symbol",
      source: "areas",
      "source-layer": "areas",
      filter: ownArea(city),
      layout: { "text-field": ["get", "name"], "text-font": FONT, "text-size": 13 * scale, "text-max-width": 7, "text-padding": 12 * scale },
      paint: { "text-color": "#8fa9ab", "text-halo-color": GROUND, "text-halo-width": 1.5 * scale },
    },
    {
      id: "clusters",
      type: "circle",
      source: "reports",
      "source-layer": "clusters",
      paint: {
        "circle-radius": ["interpolate", ["linear"], ["log10", ["get", "count"]], 0, 11 * scale, 1, 17 * scale, 3, 30 * scale],
        "circle-color": ["case", isOpen, OPEN, CLOSED],
        "circle-opacity": 0.92,
        "circle-stroke-color": GROUND,
        "circle-stroke-width": 2,
      },
    },
    {
      id: "counts",
      type: "symbol",
      source: "reports",
      "source-layer": "clusters",
      layout: { "text-field": ["to-string", ["get", "count"]], "text-font": FONT, "text-size": 15 * scale, "text-allow-overlap": true, "text-ignore-placement": true },
      paint: { "text-color": "#10191b" },
    },
    {
      id: "reports",
      type: "circle",
      source: "reports",
      "source-layer": "reports",
      paint: { "circle-radius": 8 * scale, "circle-color": ["case", ["get", "is_open"], OPEN, CLOSED], "circle-stroke-color": GROUND, "circle-stroke-width": 2 },
    },
    {
      id: "rings",
      type: "circle",
      source: "rings",
      paint: { "circle-radius": 24 * scale, "circle-color": "transparent", "circle-stroke-color": ["case", ["get", "is_open"], INK, CLOSED], "circle-stroke-width": 3 * scale },
    },
  ],
});

/** The areas of the city, whatever their level. */
const ownArea = (city) => ["any", ...city.regencies.map((code) => ["==", ["slice", ["get", "code"], 0, code.length], code])];
