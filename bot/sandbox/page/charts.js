// Charts, roughly as Slack draws them. Series differ by dash, marker or filling and by name, never by colour alone;
// below the drawing are the numbers, which is what can be checked here.

import { el } from "./dom.js";

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 400;
const HIGH = 192;
const PLOT = { left: 56, right: 392, top: 10, bottom: 160 };
const SLANTED = 70; // room below the plot for names that lie across
const LONGEST = 13; // letters of such a name
const LETTER = 7.6; // of a label, at its widest on average
const MARKERS = 6;

function draw(tag, attributes, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

// Round numbers for the axis: at most six of them, the lowest bar or line on or above the first.
function ticks(values, fromZero) {
  const low = fromZero ? Math.min(0, ...values) : Math.min(...values);
  const high = fromZero ? Math.max(0, ...values) : Math.max(...values);
  const rough = (high - low || Math.abs(high) || 1) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((one) => one * power >= rough);
  const first = Math.floor(low / step);
  const last = Math.max(first + 1, Math.ceil(high / step));
  return Array.from({ length: last - first + 1 }, (_, at) => Number(((first + at) * step).toPrecision(12)));
}

function short(name) {
  return name.length <= LONGEST ? name : `${name.slice(0, LONGEST - 1)}…`;
}

function plot(drawn) {
  const bars = drawn.type === "bar";
  const categories = drawn.axis_config.categories;
  const points = drawn.series.map((one) => categories.map((name) => one.data.find((point) => point.label === name).value));
  const scale = ticks(points.flat(), bars || drawn.type === "area");
  const [least, most] = [scale[0], scale.at(-1)];
  const slot = (PLOT.right - PLOT.left) / categories.length;
  const x = (at) => PLOT.left + (at + 0.5) * slot;
  const y = (value) => PLOT.bottom - ((value - least) / (most - least)) * (PLOT.bottom - PLOT.top);
  const parts = scale.flatMap((value) => [
    draw("line", { class: "grid", x1: PLOT.left, x2: PLOT.right, y1: y(value), y2: y(value) }),
    draw("text", { x: PLOT.left - 6, y: y(value) + 4, "text-anchor": "end" }, value.toLocaleString("en")),
  ]);
  points.forEach((values, series) => {
    const look = `series series-${series % MARKERS}`;
    if (bars) parts.push(...barsOf(values, series, { count: points.length, slot, x, y, look }));
    else parts.push(...lineOf(values, { x, y, look, base: drawn.type === "area" ? y(Math.max(0, least)) : null }));
  });
  // Names of bars lie across when there is no room for them; of points on a line, some are left out.
  const widest = Math.max(...categories.map((name) => name.length)) * LETTER + 8;
  const slanted = bars && widest > slot;
  const every = bars ? 1 : Math.ceil(widest / slot);
  categories.forEach((name, at) => {
    if ((categories.length - 1 - at) % every) return;
    const below = PLOT.bottom + 18;
    parts.push(slanted
      ? draw("text", { "text-anchor": "end", transform: `translate(${x(at) + 4} ${below - 4}) rotate(-35)` }, short(name))
      : draw("text", { x: x(at), y: below, "text-anchor": "middle" }, name));
  });
  return { parts, high: HIGH + (slanted ? SLANTED : 0) };
}

function barsOf(values, series, { count, slot, x, y, look }) {
  const wide = Math.min(36, (slot * 0.8) / count);
  return values.map((value, at) => {
    const [top, bottom] = [y(Math.max(0, value)), y(Math.min(0, value))];
    const left = x(at) - (wide * count) / 2 + series * wide;
    return draw("rect", { class: look, x: left + 1, y: top, width: Math.max(1, wide - 2), height: Math.max(1, bottom - top) });
  });
}

function lineOf(values, { x, y, look, base }) {
  const places = values.map((value, at) => `${x(at)},${y(value)}`);
  const area = base === null ? [] : [draw("polygon", { class: `${look} area`, points: [`${x(0)},${base}`, ...places, `${x(values.length - 1)},${base}`].join(" ") })];
  const dots = values.map((value, at) => draw("circle", { class: look, cx: x(at), cy: y(value), r: 2.5 }));
  return [...area, draw("polyline", { class: look, points: places.join(" ") }), ...dots];
}

// A sample of how a series looks, for the legend.
function sample(kind, series) {
  const look = `series series-${series % MARKERS}`;
  const shape = kind === "bar"
    ? [draw("rect", { class: look, x: 1, y: 2, width: 22, height: 8 })]
    : [draw("polyline", { class: look, points: "0,6 24,6" }), draw("circle", { class: look, cx: 12, cy: 6, r: 2.5 })];
  return draw("svg", { class: "sample", viewBox: "0 0 24 12", "aria-hidden": "true" }, ...shape);
}

function numbers(block) {
  const drawn = block.chart;
  const series = drawn.series ?? [{ name: "", data: drawn.segments }];
  const labels = drawn.axis_config?.categories ?? drawn.segments.map((one) => one.label);
  const value = (one, name) => String(one.data.find((point) => point.label === name)?.value ?? "");
  return el("div", { class: "wide" }, el("table", {},
    el("caption", {}, block.title),
    el("thead", {}, el("tr", {}, el("th", {}), series.map((one) => el("th", {}, one.name)))),
    el("tbody", {}, labels.map((name) => el("tr", {}, el("th", {}, name), series.map((one) => el("td", {}, value(one, name))))))));
}

export function chart(block) {
  const drawn = block.chart;
  if (drawn.type === "pie") return numbers(block);
  const axis = drawn.axis_config;
  const { parts, high } = plot(drawn);
  const label = `${block.title}: ${drawn.series.map((one) => one.name).join(", ")}`;
  return el("figure", { class: "chart" },
    el("figcaption", {}, el("strong", {}, block.title), axis.y_label && el("div", { class: "quiet" }, axis.y_label)),
    draw("svg", { viewBox: `0 0 ${WIDTH} ${high}`, role: "img", "aria-label": label }, ...parts),
    axis.x_label && el("div", { class: "quiet axis" }, axis.x_label),
    el("ul", { class: "legend" }, drawn.series.map((one, at) => el("li", {}, sample(drawn.type, at), one.name))),
    el("details", {}, el("summary", {}, "Numbers"), numbers(block)));
}
