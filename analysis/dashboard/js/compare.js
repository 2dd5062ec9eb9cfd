/* The charts of a comparison, in the language of the report: dots for worlds, a diamond for the mean, a bar for its interval. */

import { h, s } from "../../replay/js/dom.js";

const WIDE = 400;
const DOT = 8;
const TALL = 46; // room for a pile of dots

/** Shows a part of a comparison in `el`; the returned function takes new data. */
export function chart(el, part) {
  return (data) => el.replaceChildren(...PARTS[part](data));
}

const PARTS = { distributions, voices, bargains: (data) => (data ? [bargains(data)] : []) };

/* ---- axes ---- */

/* Round numbers between two ends, about so many. */
function rounds(low, high, about) {
  const raw = (high - low) / about;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= raw * 0.999);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, n) => (first + n) * step);
}

const plain = new Intl.NumberFormat("en", { maximumFractionDigits: 4 });
const short = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
const number = (value) => (Math.abs(value) >= 10000 ? short : plain).format(value).replace("-", "−");
const percent = (value) => `${plain.format(Math.round(1000 * value) / 10)}%`;

/* A function from values to places on the picture. */
const placed = (low, high, from, to) => (value) => from + ((value - low) / (high - low || 1)) * (to - from);

function axis(at, values, y, said = number, grid = 0) {
  return values.map((value, n) => [
    grid ? s("line", { class: "c-grid", x1: at(value), x2: at(value), y1: 0, y2: y }) : s("line", { class: "c-tick", x1: at(value), x2: at(value), y1: y, y2: y + 4 }),
    s("text", { class: "c-soft", x: at(value), y: y + 17, "text-anchor": !grid && n === 0 && at(value) < 20 ? "start" : !grid && at(value) > WIDE - 20 ? "end" : "middle" }, said(value)),
  ]);
}

const picture = (words, wide, tall, ...parts) => s("svg", { role: "img", "aria-label": words, viewBox: `-8 0 ${wide + 16} ${tall}`, class: "chart" }, ...parts);
const diamond = (x, y, r, more = {}) => s("path", { d: `M${x},${y - r}L${x + r},${y}L${x},${y + r}L${x - r},${y}Z`, class: "c-mean", ...more });
const rule = (x1, x2, y, kind) => s("line", { x1, x2, y1: y, y2: y, class: kind });

/* ---- distributions ---- */

function distributions(outcomes) {
  return outcomes.map((outcome) =>
    h("figure", { class: "card" },
      h("figcaption", {}, h("h3", {}, outcome.title), h("span", { class: "meaning" }, outcome.meaning)),
      outcome.rows.length ? dots(outcome) : null,
      outcome.note ? h("p", { class: "note" }, outcome.note) : null));
}

function dots(outcome) {
  const at = placed(outcome.low, outcome.high, 0, WIDE);
  const step = Math.min(DOT, TALL / Math.max(1, outcome.tall));
  const pile = Math.max(14, step * outcome.tall);
  const parts = [];
  let top = 0;
  for (const row of outcome.rows) {
    const base = top + 20 + pile;
    parts.push(s("text", { x: 0, y: top + 12 }, cut(row.name, 30)), s("text", { x: WIDE, y: top + 12, "text-anchor": "end" }, row.said));
    parts.push(rule(0, WIDE, base, "c-base"));
    parts.push(...row.dots.map(([value, height]) => s("circle", { class: "c-world", cx: at(value), cy: base - step * (height - 0.5), r: 3.4 })));
    if (row.low !== null) parts.push(rule(at(row.low), at(row.high), base + 6, "c-interval"));
    if (row.mean !== null) parts.push(diamond(at(row.mean), base + 6, 5));
    top = base + 16;
  }
  parts.push(rule(0, WIDE, top, "c-base"), ...axis(at, rounds(outcome.low, outcome.high, 5), top).flat());
  return picture(outcome.words, WIDE, top + 22, ...parts);
}

const cut = (text, most) => (text.length <= most ? text : `${text.slice(0, most - 1)}…`);

/* ---- voice and influence ---- */

const LABELS = 128; // room for the names of groups
const ROW = 30;

function voices(designs) {
  const shares = Math.min(1, Math.max(0, ...designs.flatMap((design) => design.voice.flatMap((row) => [row.people, row.talk ? row.talk.high : 0, row.record ? row.record.high : 0]))) + 0.05);
  const lows = designs.flatMap((design) => design.influence.filter((row) => "mean" in row).map((row) => row.low));
  const low = lows.length ? Math.max(0, Math.floor(10 * Math.min(...lows) - 0.5) / 10) : 0;
  return designs.map((design) =>
    h("figure", { class: "card" },
      h("figcaption", {}, h("h3", {}, design.name)),
      h("p", { class: "meaning" }, "Voice: shares of people (dashed), talk (dot), record (square)"),
      design.voice.some((row) => row.talk) ? voice(design, shares) : h("p", {}, "Not defined: nobody spoke or wrote."),
      h("p", { class: "meaning" }, "Influence: how close the draft comes, 0 to 1"),
      design.influence.some((row) => "mean" in row) ? influence(design, low) : h("p", {}, "Not defined: nothing could be drafted."),
      design.more ? h("p", { class: "note" }, `${design.more} more groups are in the data.`) : null));
}

function byGroup(rows, words, at, values, said, draw) {
  const tall = ROW * rows.length;
  return picture(words, WIDE, tall + 22,
    ...axis(at, values, tall, said, 1).flat(),
    rule(LABELS, WIDE, tall, "c-base"),
    ...rows.flatMap((row, n) => [
      s("text", { x: LABELS - 10, y: ROW * n + ROW / 2 + 4, "text-anchor": "end" }, cut(row.label || row.group, 17)),
      ...draw(row, ROW * n),
    ]));
}

function voice(design, high) {
  const at = placed(0, high, LABELS, WIDE - 8);
  const mark = (share, y, shape) => (share ? [rule(at(share.low), at(share.high), y, "c-range"), shape(at(share.mean), y)] : []);
  return byGroup(design.voice, design.voiceWords, at, rounds(0, high, 4), percent, (row, y) => [
    s("line", { class: "c-people-share", x1: at(row.people), x2: at(row.people), y1: y + 3, y2: y + 27 }),
    ...mark(row.talk, y + 9, (x, cy) => s("circle", { cx: x, cy, r: 4.8, fill: row.colour, class: "c-mark" })),
    ...mark(row.record, y + 21, (x, cy) => s("rect", { x: x - 4.4, y: cy - 4.4, width: 8.8, height: 8.8, fill: row.colour, class: "c-mark" })),
  ]);
}

function influence(design, low) {
  const at = placed(low, 1, LABELS, WIDE - 8);
  return byGroup(design.influence, design.influenceWords, at, rounds(low, 1, 4), number, (row, y) =>
    "mean" in row
      ? [rule(at(row.low), at(row.high), y + 15, "c-range"), rule(at(row.quarter), at(row.three), y + 15, "c-half"), diamond(at(row.mean), y + 15, 6, { fill: row.colour, class: "c-mark" })]
      : []);
}

/* ---- cost against an outcome ---- */

const SHAPES = [
  (x, y, r) => s("circle", { cx: x, cy: y, r }),
  (x, y, r) => s("rect", { x: x - r * 0.9, y: y - r * 0.9, width: 1.8 * r, height: 1.8 * r }),
  (x, y, r) => s("path", { d: `M${x},${y - 1.2 * r}L${x + 1.1 * r},${y + 0.8 * r}L${x - 1.1 * r},${y + 0.8 * r}Z` }),
  (x, y, r) => s("path", { d: `M${x - r},${y - r}L${x + r},${y + r}M${x - r},${y + r}L${x + r},${y - r}`, class: "c-crossed" }),
];

function reach(rows, key, n) {
  const values = rows.flatMap((row) => [row[key].mean, row[key].low, row[key].high, ...row.worlds.map((world) => world[n])]).filter((value) => value !== null);
  const low = Math.min(...values);
  const high = Math.max(...values);
  const pad = Math.max(0.05 * (high - low), 1e-3 * Math.max(1, Math.abs(high)));
  return [low - pad, high + pad];
}

function bargains(data) {
  const [wide, tall, left] = [640, 330, 56];
  const [x0, x1] = reach(data.rows, "x", 0);
  const [y0, y1] = reach(data.rows, "y", 1);
  const x = placed(x0, x1, left, wide - 8);
  const y = placed(y0, y1, tall, 22);
  const clouds = data.rows.map((row, n) => s("g", { class: "c-cloud" }, ...row.worlds.map(([a, b]) => SHAPES[n](x(a), y(b), 3))));
  const means = data.rows.map((row, n) => {
    const [cx, cy] = [x(row.x.mean), y(row.y.mean)];
    const cross = row.x.low === null || row.y.low === null ? [] : [rule(x(row.x.low), x(row.x.high), cy, "c-interval"), s("line", { class: "c-interval", x1: cx, x2: cx, y1: y(row.y.low), y2: y(row.y.high) })];
    return s("g", { class: "c-centre" }, ...cross, SHAPES[n](cx, cy, 7));
  });
  return h("figure", { class: "against-cost" },
    h("ul", { class: "key-of-designs" }, data.rows.map((row, n) => h("li", {}, s("svg", { class: "chart c-centre", viewBox: "0 0 18 18", "aria-hidden": "true" }, SHAPES[n](9, 9, 6)), row.name))),
    s("svg", { role: "img", "aria-label": data.words, viewBox: `0 0 ${wide} ${tall + 42}`, class: "chart" },
      ...rounds(y0, y1, 5).flatMap((value) => [s("line", { class: "c-grid", x1: left, x2: wide - 8, y1: y(value), y2: y(value) }), s("text", { class: "c-soft", x: left - 8, y: y(value) + 4, "text-anchor": "end" }, number(value))]),
      ...rounds(x0, x1, 6).flatMap((value) => [s("line", { class: "c-tick", x1: x(value), x2: x(value), y1: tall, y2: tall + 4 }), s("text", { class: "c-soft", x: x(value), y: tall + 17, "text-anchor": "middle" }, number(value))]),
      s("line", { class: "c-base", x1: left, x2: wide - 8, y1: tall, y2: tall }),
      s("text", { x: wide - 8, y: tall + 36, "text-anchor": "end" }, data.x),
      s("text", { x: 0, y: 12 }, data.y),
      ...clouds, ...means));
}
