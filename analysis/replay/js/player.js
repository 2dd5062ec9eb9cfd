/* A run played back: the scene, what is beside it, and the line on which one moves through it. */

import { measured, placed, placeOf, stepped } from "./clock.js";
import { curves } from "./curves.js";
import { h, put, s } from "./dom.js";
import { account, grid, moment, person, wheels, WHEELS } from "./panels.js";
import { legend, scene } from "./scene.js";

const SPEEDS = [["0.5", "half speed"], ["1", "ordinary speed"], ["2", "double speed"], ["4", "four times"], ["10", "fast"]];
const ICONS = {
  first: "M4 4h2v12H4zM16 4v12L7 10z", back: "M14 4v12L5 10z", play: "M6 3.5v13L16.5 10z", pause: "M5 4h3.5v12H5zM11.5 4H15v12h-3.5z", on: "M6 4v12l9-6z", last: "M14 4h2v12h-2zM4 4v12l9-6z",
};

/** Plays one run, or two beside each other on one line of time.
 *  options: {from: place to begin at, or [session, moment], back: what to call a way back there, names: what to call two runs,
 *  moved(at): told where one is}.
 *  Returns {stop(), go(at), docs}. */
export function player(el, docs, options = {}) {
  const { each: lengths, all } = measured(docs);
  const end = all.length;
  const from = Array.isArray(options.from) ? placeOf(lengths[0], ...options.from) : options.from || 0;
  const alike = docs.length > 1 && docs.every((doc) => JSON.stringify(doc.groups) === JSON.stringify(docs[0].groups));
  const views = docs.map((doc, n) => view(doc, options.names ? options.names[n] : null, !alike, (session) => go(session)));
  const drawing = curves(docs, Object.keys(docs[0].series).filter((name) => !WHEELS.includes(name) && docs.every((doc) => name in doc.series)));
  let at = Math.min(end, Math.max(0, from));
  let speed = 1;
  let playing = false;
  let frame = 0;
  let before = 0;

  const slider = h("input", { type: "range", class: "time", min: 0, max: end * 1000, step: 1, "aria-label": "Moment of the process", oninput: () => { pause(); show(slider.value / 1000); }, onkeydown: keyed });
  const toggle = button("play", "Play", () => (playing ? pause() : play()));
  const rate = h("select", { "aria-label": "Speed", onchange: () => { speed = Number(rate.value); } }, SPEEDS.map(([value, name]) => h("option", { value, selected: value === "1" }, name)));
  const where = h("p", { class: "where", role: "status" });
  const controls = h("div", { class: "controls", role: "group", "aria-label": "Play back" },
    button("first", "To the start", () => go(0)), button("back", "One step back", () => step(-1)), toggle, button("on", "One step on", () => step(1)), button("last", "Next session", () => go(Math.min(end, Math.floor(at + 1e-9) + 1))), rate, where,
    options.back ? h("button", { type: "button", class: "plain", onclick: () => go(from) }, options.back) : null, drawing.choice);
  const time = h("section", { class: "panel timeline", "aria-label": "Timeline" }, drawing.el, h("div", { class: "slide" }, slider), controls);
  const run = `${docs[0].title} · seed ${docs[0].seed}`; // for whoever has to know from outside which run this is
  const root = h("div", { class: docs.length > 1 ? "replay two" : "replay", "data-run": run }, alike ? legend(docs[0]) : null, views.map((one) => one.el), time);
  el.replaceChildren(root);

  function button(icon, label, act) {
    return h("button", { type: "button", class: `icon ${icon}`, "aria-label": label, title: label, onclick: act }, s("svg", { viewBox: "0 0 20 20", "aria-hidden": "true" }, s("path", { d: ICONS[icon] })));
  }

  function keyed(event) {
    const ways = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 };
    if (event.key === " ") { event.preventDefault(); toggle.click(); } else if (ways[event.key]) { event.preventDefault(); step(ways[event.key]); } else if (event.key === "PageDown" || event.key === "PageUp") {
      event.preventDefault();
      go(Math.max(0, Math.min(end, Math.floor(at + 1e-9) + (event.key === "PageDown" ? 1 : -1))));
    }
  }

  function show(place) {
    at = Math.max(0, Math.min(end, place));
    views.forEach((one, n) => one.show(placed(lengths[n], at)));
    drawing.show(at);
    slider.value = Math.round(at * 1000);
    const now = placed(lengths[0], at);
    const said = now.over ? "the end" : `session ${now.session + 1} of ${end}: ${moment(docs[0], docs[0].sessions[now.session], now.moment)}`;
    put(slider, { "aria-valuetext": said });
    const short = now.over ? "the end" : `session ${now.session + 1} of ${end}`;
    if (where.textContent !== short) where.textContent = short;
    root.dataset.at = at.toFixed(3);
    if (options.moved) options.moved(at);
  }

  function go(place) { pause(); show(place); }
  function step(way) { go(stepped(all, at, way)); }

  function play() {
    if (at >= end) show(0);
    playing = true;
    before = performance.now();
    root.classList.add("playing");
    put(toggle, { "aria-label": "Pause", title: "Pause" });
    toggle.querySelector("path").setAttribute("d", ICONS.pause);
    frame = requestAnimationFrame(tick);
  }

  function pause() {
    if (!playing) return;
    playing = false;
    cancelAnimationFrame(frame);
    root.classList.remove("playing");
    put(toggle, { "aria-label": "Play", title: "Play" });
    toggle.querySelector("path").setAttribute("d", ICONS.play);
  }

  function tick(now) {
    const { session } = placed(all, at);
    show(at + (Math.min(0.25, (now - before) / 1000) * speed) / all[session].seconds);
    before = now;
    if (at >= end) pause(); else if (playing) frame = requestAnimationFrame(tick);
  }

  show(at);
  return { stop() { pause(); views.forEach((one) => one.stop()); drawing.stop(); }, go, play, pause, at: () => at, docs };
}

/* One run's panels. */
function view(doc, name, explained, go) {
  const of = (what) => (name ? `${name}: ${what}` : what);
  const kicker = h("p", { class: "kicker" });
  const title = h("h2", {});
  const stage = h("div", { class: doc.entries ? "stage with-feed" : "stage" });
  const told = account(of);
  const closer = person(doc, of, () => { const i = picture.chosen(); picture.choose(-1); const mark = stage.querySelector(`[data-i="${i}"]:not(.gone)`); if (mark) mark.focus(); });
  let now = { session: 0, moment: 0, over: false };
  const picture = scene(stage, doc, (i) => {
    picture.choose(i);
    const heading = closer.show(i, now.session, now.over);
    if (heading) heading.focus({ preventScroll: false });
  });
  const turning = wheels(doc);
  const placesOf = grid(doc, go);
  const hidden = doc.everybody - doc.people.length;
  const el = h("div", { class: "run" },
    h("section", { class: "panel picture", "aria-label": of("the session") }, h("div", { class: "picture-head" }, kicker, explained ? legend(doc) : null, title), stage,
      hidden > 0 ? h("p", { class: "note" }, `${doc.people.length} of ${doc.everybody.toLocaleString("en")} people are drawn; numbers and sentences count everybody.`) : null),
    h("section", { class: "panel cells", "aria-label": of("where and when") }, h("h2", {}, "Where and when"), placesOf.el),
    h("section", { class: "panel drives", "aria-label": of("what drives it") }, h("h2", {}, "What drives it"), turning.el),
    h("section", { class: "panel happened", "aria-label": of("what happened") }, closer.el, told.el));
  let last = "";
  return {
    el,
    show(place) {
      const key = `${place.session}/${place.moment}/${place.over}`;
      if (key === last) return;
      last = key;
      const session = doc.sessions[place.session];
      const held = `${session.title} ${/[.?!:]$/.test(session.title) ? "" : "· "}${session.where}`;
      kicker.textContent = name ? `${session.when} · ${held}` : `${session.when} · ${session.theme}`;
      title.textContent = name || held;
      picture.show(place.session, place.moment);
      told.show(doc, place.session, place.moment);
      if (place.session !== now.session || place.over !== now.over || !el.dataset.shown) {
        turning.show(place.session, place.over);
        placesOf.show(place.session);
        if (!closer.el.hidden) closer.show(picture.chosen(), place.session, place.over);
        el.dataset.shown = "yes";
      }
      now = place;
    },
    stop: picture.stop,
  };
}

