/* Outcomes over the sessions, drawn as far as the run has got, above the line on which one moves through it. */

import { h, put, s, written } from "./dom.js";
import { WHEELS } from "./panels.js";

const TALL = 100;
const SIDE = { left: 30, right: 96 };

/** Curves of one run, or of two (the second drawn thin). Returns {el, show(at)}. */
export function curves(docs, others) {
  const svg = s("svg", { class: "curves", role: "img" });
  const el = h("div", { class: "curves-frame" }, svg);
  const count = docs[0].sessions.length;
  let width = 0;
  let at = 0;
  let further = "";
  const x = (t) => SIDE.left + ((width - SIDE.left - SIDE.right) * t) / count;
  let low = 0;
  const y = (value) => 8 + (TALL - 22) * (1 - (value - low) / (1 - low));
  const cursor = s("line", { class: "cursor" });
  const layer = s("g");
  svg.append(layer, cursor);

  const watching = new ResizeObserver(() => {
    if (Math.round(el.clientWidth) === width) return;
    width = Math.round(el.clientWidth);
    put(svg, { viewBox: `0 0 ${width} ${TALL}`, width, height: TALL });
    el.style.setProperty("--left", `${SIDE.left}px`);
    el.style.setProperty("--right", `${SIDE.right}px`);
    draw();
  });
  watching.observe(el);

  const names = () => [...WHEELS, ...(further ? [further] : [])];

  function draw() {
    if (width <= SIDE.left + SIDE.right) return;
    const done = Math.min(count, Math.floor(at + 1e-9));
    const known = docs.flatMap((doc) => names().flatMap((name) => doc.series[name])).filter((v) => v !== null);
    low = Math.min(0, Math.floor(10 * Math.min(...known, 0)) / 10);
    layer.replaceChildren(...axis(), ...docs.flatMap((doc, d) => names().flatMap((name) => [d === 0 && band(doc, name), line(doc, name, done, d)])).filter(Boolean), ...labels(done));
    put(svg, { "aria-label": summary(done) });
    move();
  }

  function move() {
    put(cursor, { x1: x(at), x2: x(at), y1: 4, y2: TALL - 12 });
  }

  function axis() {
    const lines = [low, 0, 0.5, 1].filter((value, n, all) => all.indexOf(value) === n && value >= low).map((value) => s("g", {},
      s("line", { class: "rule", x1: SIDE.left, x2: width - SIDE.right, y1: y(value), y2: y(value) }),
      s("text", { class: "tick", x: SIDE.left - 6, y: y(value) + 4, "text-anchor": "end" }, written(value, value % 1 ? 1 : 0))));
    const step = Math.ceil(count / Math.max(2, Math.floor((width - SIDE.left - SIDE.right) / 34)));
    const ticks = [];
    for (let n = 0; n <= count; n += step) ticks.push(s("text", { class: "tick", x: x(n), y: TALL - 1, "text-anchor": "middle" }, n === 0 ? "start" : String(n)));
    return [...lines, ...ticks];
  }

  function band(doc, name) {
    const range = doc.bands[name];
    if (!range || !WHEELS.includes(name)) return null;
    const there = range.map((one, t) => one && [t, ...one]).filter(Boolean);
    if (there.length < 2) return null;
    const top = there.map(([t, , high]) => `${x(t).toFixed(1)} ${y(high).toFixed(1)}`);
    const bottom = there.map(([t, lo]) => `${x(t).toFixed(1)} ${y(lo).toFixed(1)}`).reverse();
    return s("path", { class: `band ${name}`, d: `M${[...top, ...bottom].join("L")}Z` });
  }

  function line(doc, name, done, second) {
    let d = "";
    let pen = "M";
    doc.series[name].slice(0, done + 1).forEach((value, t) => {
      if (value === null) { pen = "M"; return; }
      d += `${pen}${x(t).toFixed(1)} ${y(value).toFixed(1)}`;
      pen = "L";
    });
    return d ? s("path", { class: `line ${WHEELS.includes(name) ? name : "further"}${second ? " second" : ""}`, d: d.includes("L") ? d : `${d}h3` }) : null;
  }

  function labels(done) {
    const ends = names().map((name) => ({ name, value: docs[0].series[name][done] })).filter((end) => end.value !== null && end.value !== undefined).sort((a, b) => b.value - a.value);
    let last = -20;
    return ends.map((end) => {
      last = Math.max(y(end.value) + 4, last + 14);
      return s("text", { class: `label ${WHEELS.includes(end.name) ? end.name : "further"}`, x: x(done) + 8, y: Math.min(last, TALL + 6) }, `${docs[0].outcomes[end.name].short} ${written(end.value)}`);
    });
  }

  const summary = (done) => docs.map((doc) => `${done ? `After session ${done}` : "At the start"}: ${names().map((name) => `${name.replaceAll("_", " ")} ${written(doc.series[name][done])}`).join(", ")}`).join("; in the other run: ");

  const choice = others.length ? h("label", { class: "further-choice" }, "also show ", h("select", { onchange: (event) => { further = event.target.value; draw(); } },
    h("option", { value: "" }, "nothing more"), others.map((name) => h("option", { value: name }, docs[0].outcomes[name].title)))) : null;

  return {
    el, choice,
    show(now) {
      const before = Math.floor(at + 1e-9);
      at = now;
      if (Math.floor(at + 1e-9) !== before) draw(); else move();
    },
    stop: () => watching.disconnect(),
  };
}
