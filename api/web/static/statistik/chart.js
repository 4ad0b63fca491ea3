/** Draws the table of months: reports made, and those of them that are closed. The table stays for who cannot see it. */

import uPlot from "uplot";

const table = document.querySelector("#by-month");
const place = document.querySelector("#chart");

const column = (name) =>
  [...table.querySelectorAll(`[data-column="${name}"]`)].map((cell) =>
    cell.dataset.value === "" ? null : Number(cell.dataset.value));

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const size = () => ({ width: place.clientWidth, height: Math.max(180, Math.min(320, place.clientWidth * 0.5)) });

const draw = () => {
  const axis = { stroke: colour("--soft"), grid: { stroke: colour("--line") } };
  const series = (name, stroke) => ({ label: table.dataset[name], stroke, width: 2, points: { show: true } });
  const options = {
    ...size(),
    legend: { live: false },
    cursor: { show: false },
    series: [{}, series("reports", colour("--accent")), series("closed", colour("--green"))],
    axes: [axis, axis],
  };
  return new uPlot(options, [column("month"), column("reports"), column("closed")], place);
};

if (table && table.querySelectorAll("tbody tr").length > 1) {
  place.hidden = false;
  const plot = draw();
  new ResizeObserver(() => plot.setSize(size())).observe(place);
}
