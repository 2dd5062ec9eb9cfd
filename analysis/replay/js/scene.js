/* The picture of a session: people where they are, who speaks and who listens, what is written down and what is lost. */

import { counted, h, put, s, signed, stance } from "./dom.js";
import { feed, paintAttention, readOf } from "./feed.js";
import { places } from "./places.js";

const HEADINGS = { tables: "at the table", screens: "on screen", later: "later, by themselves", away: "not there", nobody: "nobody came" };
const KEPT = 1;
const DIVERGENT = 2;

/** A scene in `el`. `chose(i)` is called when somebody is chosen. Returns {show(session, moment), choose(i)}. */
export function scene(el, doc, chose) {
  const svg = s("svg", { class: "scene", role: "group", "aria-label": "Where everybody is, and who speaks" });
  const areas = s("g", { class: "areas" });
  const speech = s("g", { class: "speech", "aria-hidden": "true" });
  const people = s("g", { class: "people-drawn", role: "group", "aria-label": "People: the arrow keys lead from one to the next", onkeydown: roved });
  const bubbles = s("g", { class: "bubbles", "aria-hidden": "true" });
  const record = s("g", { class: "record" });
  const attention = s("g", { class: "attention" });
  const ties = s("g", { class: "ties", "aria-hidden": "true" });
  svg.append(areas, attention, ties, speech, people, bubbles, record);
  el.append(svg);
  const common = feed(doc, el);
  const order = new Map(doc.people.map((person, n) => [person.i, n]));
  const drawn = new Map();
  let size = { width: 0, height: 0 };
  let at = { session: 0, moment: 0 };
  let layouts = new Map();
  let chosen = -1;
  let painted = -1;

  const resized = new ResizeObserver(() => {
    const width = Math.round(el.clientWidth);
    const height = Math.round(Math.max(width < 560 ? (doc.entries ? 560 : 460) : 250, el.clientHeight));
    if (!width || (width === size.width && height === size.height)) return;
    size = { width, height };
    put(svg, { viewBox: `0 0 ${width} ${height}`, width, height });
    layouts = new Map();
    painted = -1;
    svg.classList.add("at-once");
    show(at.session, at.moment);
    requestAnimationFrame(() => svg.classList.remove("at-once"));
  });
  resized.observe(el);

  function layout(n) {
    if (!layouts.has(n)) layouts.set(n, places(doc, doc.sessions[n], size.width, size.height));
    return layouts.get(n);
  }

  function show(session, moment) {
    at = { session, moment };
    if (!size.width) return;
    const where = layout(session);
    if (painted !== session) {
      paintAreas(areas, doc.sessions[session], where);
      paintPeople(session, where);
      painted = session;
    }
    common.show(session, moment, where.areas.feed);
    paintAttention(attention, doc, doc.sessions[session], where.areas.attention, doc.sessions[session].moments.slice(0, moment + 1).some((one) => one.is === "take"));
    paintMoment(session, moment, where);
    paintTies(session, moment, where);
    paintRecord(record, doc, session, moment, where.record);
  }

  function paintPeople(session, where) {
    const state = session ? doc.sessions[session - 1].after : doc.start;
    const seen = new Set();
    for (const mark of where.marks) {
      seen.add(mark.key);
      const n = order.get(mark.i);
      if (n === undefined) continue;
      if (!drawn.has(mark.key)) drawn.set(mark.key, person(mark, doc.people[n]));
      const g = drawn.get(mark.key);
      const r = mark.r * (0.62 + 0.38 * state.engagement[n]);
      const hollow = mark.where === "away";
      g.style.transform = `translate(${mark.x.toFixed(1)}px, ${mark.y.toFixed(1)}px)`;
      put(g.querySelector("circle.body"), { r: r.toFixed(1) });
      put(g.querySelector("circle.ring"), { r: (r + 4).toFixed(1) });
      put(g.querySelector("text"), { "font-size": Math.max(7, Math.min(13, r * 0.95)).toFixed(1) });
      g.classList.toggle("hollow", hollow);
      g.classList.toggle("later", mark.where === "later");
      put(g, { "aria-label": `${doc.people[n].name}, ${said(mark, doc.sessions[session])}` });
    }
    for (const [key, g] of drawn) {
      const there = seen.has(key);
      g.classList.toggle("gone", !there);
      put(g, { "aria-hidden": !there });
    }
    reach([...drawn.values()].find((g) => g.getAttribute("tabindex") === "0" && !g.classList.contains("gone")) || present()[0]);
  }

  const present = () => [...drawn.values()].filter((g) => !g.classList.contains("gone"));

  /* Tab reaches one of the people, and the arrow keys the others: nobody has to pass a hundred of them. */
  function reach(one) {
    for (const g of drawn.values()) put(g, { tabindex: g === one ? 0 : -1 });
  }

  function roved(event) {
    const way = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const all = present();
    const from = all.indexOf(event.target);
    if (!way || from < 0) return;
    event.preventDefault();
    const next = all[(from + way + all.length) % all.length];
    reach(next);
    next.focus();
  }

  function person(mark, who) {
    const g = s("g", {
      class: `person c${doc.groups[who.g].colour}`, role: "button", tabindex: -1,
      onclick: (event) => { reach(event.currentTarget); chose(who.i); },
      onkeydown: (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); event.stopPropagation(); chose(who.i); } },
    }, s("circle", { class: "ring", r: 10 }), s("circle", { class: "body", r: 8 }), s("text", { "text-anchor": "middle", dy: ".35em" }, doc.groups[who.g].letter));
    g.dataset.i = who.i;
    people.append(g);
    return g;
  }

  function paintMoment(session, n, where) {
    const moment = doc.sessions[session].moments[n];
    for (const g of drawn.values()) g.classList.remove("speaks", "hears", "reads", "accepts", "opposes", "leaves");
    speech.replaceChildren();
    bubbles.replaceChildren();
    if (moment.is === "talk") for (const one of moment.said) speak(session, one, where);
    if (moment.is === "post") for (const one of moment.said) write(one, where);
    if (moment.is === "take") for (const one of moment.reads) takeIn(one, where, moment);
    if (moment.is === "read") for (const [i] of moment.reads) for (const g of marksOf(i)) g.classList.add("reads");
    if (moment.is === "ask") for (const one of moment.answers) answer(one, where);
    if (moment.is === "draft") vote(moment);
    if (moment.is === "leave") for (const i of moment.left) for (const g of marksOf(i)) g.classList.add("leaves");
  }

  const marksOf = (i) => ["l" + i, "p" + i].map((key) => drawn.get(key)).filter(Boolean);
  const markOf = (where, key) => where.marks.find((mark) => mark.key === key);

  function speak(session, [i, k, value, flags, c], where) {
    const speaker = markOf(where, "l" + i);
    if (!speaker) return;
    const colour = doc.groups[doc.people[order.get(i)].g].colour;
    drawn.get("l" + i).classList.add("speaks");
    const table = where.tables.find((one) => one.c === c);
    for (const other of doc.sessions[session].circles[c]) {
      const mark = other !== i && markOf(where, "l" + other);
      if (!mark || mark.where === "away") continue;
      drawn.get("l" + other).classList.add("hears");
      const bend = table || { x: (speaker.x + mark.x) / 2, y: (speaker.y + mark.y) / 2 - 18 };
      speech.append(s("path", { class: `c${colour}`, d: `M${speaker.x} ${speaker.y} Q${bend.x} ${bend.y} ${mark.x} ${mark.y}` }));
    }
    tell(where.spots[c], k, value, flags, colour);
  }

  /* What is on the table: the issue, the position taken, and whether it is noted. */
  function tell(spot, k, value, flags, colour) {
    if (!spot) return;
    const narrow = spot.rows === 1 && spot.w < 210;
    const rows = [...wrapped(doc.issues[k].title, spot.w / 7.2, spot.rows), signed(value) + (narrow ? "" : ` ${stance(doc, value)}`)];
    const fate = `${flags & DIVERGENT ? "differs, " : ""}${flags & KEPT ? "noted" : "not noted"}`;
    if (spot.rows > 1) rows.push(fate); else if (!spot.brief || flags & KEPT) rows[1] += ` · ${fate}`;
    const top = spot.y - 7 * (rows.length - 1) + 4;
    bubbles.append(s("g", { class: `told c${colour}` }, rows.map((row, n) => s("text", { x: spot.x, y: top + 14 * n, "text-anchor": "middle", class: n === rows.length - 1 && spot.rows > 1 ? (flags & KEPT ? "fate kept" : "fate") : n ? "position" : "" }, cut(row, spot.w / (n ? 6.2 : 7.2))))));
  }

  /* Somebody reads: thin lines to what they take in. */
  function takeIn([i, , read], where, { reads, clashed = [] }) {
    const mark = markOf(where, "p" + i) || markOf(where, "l" + i);
    if (!mark) return;
    for (const g of marksOf(i)) g.classList.add("reads");
    const { g: group, short } = doc.people[order.get(i)];
    const { colour } = doc.groups[group];
    const hurt = new Set(clashed.filter(([who]) => who === short).map(([, e]) => e));
    const ends = new Map(); // behind each edge of the list there is one end for all that is out of sight
    for (const e of read) {
      const to = common.place(e);
      if (to) ends.set(to.y, { ...to, clash: hurt.has(e) });
    }
    for (const to of ends.values()) speech.append(s("path", { class: `c${colour} attends${to.clash ? " clash" : to.inside && reads.length < 5 ? "" : " faint"}`, d: bent(mark, to) }));
  }

  /* Of whoever is chosen: what they have read by now, and whom they follow. */
  function paintTies(session, n, where) {
    ties.replaceChildren();
    const mark = chosen >= 0 && (markOf(where, "p" + chosen) || markOf(where, "l" + chosen));
    if (!mark || !doc.sessions[session].feed) return;
    const who = doc.people[order.get(chosen)];
    const between = (short, kind) => {
      const other = doc.people.find((one) => one.short === short);
      const to = other && markOf(where, "p" + other.i);
      if (to) ties.append(s("path", { class: kind, d: bent(mark, to) }));
    };
    for (const short of who.follows || []) between(short, "follows");
    for (const short of who.followed || []) between(short, "followed");
    for (const e of readOf(doc.sessions[session], n, chosen)) {
      const to = common.place(e);
      if (to && to.inside) ties.append(s("path", { class: "has-read", d: bent(mark, to) }));
    }
  }

  const bent = (from, to) => `M${from.x.toFixed(1)} ${from.y.toFixed(1)} C${((from.x + 2 * to.x) / 3).toFixed(1)} ${from.y.toFixed(1)} ${((from.x + to.x) / 2).toFixed(1)} ${to.y.toFixed(1)} ${to.x.toFixed(1)} ${to.y.toFixed(1)}`;

  function write([i, , , flags, , e, parent], where) {
    const mark = markOf(where, "p" + i);
    if (!mark) return;
    drawn.get("p" + i).classList.add("speaks");
    const colour = doc.groups[doc.people[order.get(i)].g].colour;
    const row = e === undefined ? null : common.place(e >= 0 ? e : parent); // what was taken down gets as far as what it answers
    if (row) { speech.append(s("path", { class: `c${colour}${flags & KEPT ? "" : " lost"}`, d: bent(mark, row) })); return; }
    const to = { x: where.record.x + where.record.w / 2, y: where.record.y + 14 };
    speech.append(s("path", { class: `c${colour}${flags & KEPT ? "" : " lost"}`, d: `M${mark.x} ${mark.y} Q${mark.x} ${to.y} ${to.x} ${to.y}` }));
  }

  function answer([i, g], where) {
    const mark = markOf(where, "l" + i) || markOf(where, "p" + i);
    if (!mark || mark.where === "away") return;
    const key = drawn.get("l" + i) && mark.key === "l" + i ? "l" + i : "p" + i;
    drawn.get(key).classList.add("speaks");
    bubbles.append(s("text", { class: "says", x: mark.x, y: mark.y - mark.r - 7, "text-anchor": "middle" }, `what ${doc.groups[g].title} think`));
  }

  function vote(moment) {
    const tally = new Map();
    for (const [i] of moment.accepted) tally.set(i, (tally.get(i) || 0) + 1);
    for (const [i] of moment.opposed) tally.set(i, (tally.get(i) || 0) - 1);
    for (const [i, sum] of tally) for (const g of marksOf(i)) g.classList.add(sum >= 0 ? "accepts" : "opposes");
  }

  function choose(i) {
    chosen = i;
    for (const g of drawn.values()) {
      g.classList.toggle("chosen", Number(g.dataset.i) === i);
      put(g, { "aria-pressed": Number(g.dataset.i) === i });
    }
    common.choose(i);
    show(at.session, at.moment);
  }

  return { show, choose, chosen: () => chosen, stop: () => resized.disconnect(), svg };
}

/* A text in rows of at most so many letters. */
function wrapped(text, letters, rows) {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines[lines.length - 1];
    if (line && line.length + word.length + 1 > letters) lines.push(word); else lines[lines.length - 1] = line ? `${line} ${word}` : word;
  }
  return lines.length <= rows ? lines : [...lines.slice(0, rows - 1), lines.slice(rows - 1).join(" ")];
}

const cut = (text, most) => (text.length > most ? text.slice(0, Math.max(1, Math.floor(most) - 1)) + "…" : text);

function said(mark, session) {
  if (mark.where === "away") {
    const why = session.away.find(([i]) => i === mark.i);
    return why ? `not there: ${why[1]}` : "left for good";
  }
  return { table: "at the table", screen: "on screen", later: "takes part later" }[mark.where];
}

function paintAreas(g, session, where) {
  g.replaceChildren();
  for (const [name, area] of Object.entries(where.areas)) {
    const count = name === "away" ? session.absent + (session.reasons["left for good"] || 0) : session.here[name];
    if (!HEADINGS[name]) continue; // what a platform shows has headings of its own
    const title = (name === "later" && area.w < 150 ? "later" : HEADINGS[name]) + (count ? `: ${count}` : "");
    if (name !== "tables") g.append(s("text", { class: "heading", x: area.x + 2, y: area.y + 13 }, title));
    else g.append(s("text", { class: "heading", x: area.x + 6, y: area.y + 13 }, `${where.tables.length > 1 ? "around the tables" : "at the table"}: ${count}`));
  }
  for (const table of where.tables) {
    g.append(s("ellipse", { class: "table", cx: table.x, cy: table.y, rx: table.rx, ry: table.ry }));
  }
  for (const tile of where.tiles) {
    g.append(s("rect", { class: "tile", x: tile.x, y: tile.y, width: tile.w, height: tile.h, rx: 4 }));
    if (tile.label) g.append(s("text", { class: "soft tiny", x: tile.x + 5, y: tile.y + 12 }, tile.label));
  }
  for (const line of where.reasons) g.append(s("text", { class: "soft", x: line.x, y: line.y }, line.text));
}

/* The contributions of this session so far, each with what became of it. */
function paintRecord(g, doc, n, m, area) {
  const marks = doc.sessions[n].moments.slice(0, m + 1).flatMap((moment) => moment.marks || []);
  const all = doc.sessions[n].moments.reduce((sum, moment) => sum + (moment.marks || []).length, 0);
  const kept = marks.filter(([, flags]) => flags & KEPT).length;
  const before = doc.sessions.slice(0, n).reduce((sum, one) => sum + one.kept, 0);
  const title = all
    ? `on record${area.w < 400 ? "" : " from this session"}: ${kept} of ${counted(marks.length, "contribution")} · in all: ${(before + kept).toLocaleString("en")}`
    : `on record in all: ${before.toLocaleString("en")}`;
  g.replaceChildren(s("text", { class: "heading", x: area.x, y: area.y + 10 }, title));
  const pitch = Math.min(9, area.w / Math.max(1, all));
  const w = Math.max(0.8, pitch - Math.min(2, pitch * 0.3));
  const parts = new Map();
  marks.forEach(([group, flags], at) => {
    const key = `${doc.groups[group].colour}|${flags & KEPT}`;
    const x = (area.x + at * pitch).toFixed(1);
    const y = area.y + 18;
    const bar = flags & KEPT ? `M${x} ${y}h${w.toFixed(1)}v20h-${w.toFixed(1)}z` : `M${x} ${y + 15}h${w.toFixed(1)}v5h-${w.toFixed(1)}z`;
    parts.set(key, (parts.get(key) || "") + bar);
  });
  for (const [key, d] of parts) {
    const [colour, was] = key.split("|");
    g.append(s("path", { class: `c${colour} ${was === "1" ? "kept" : "lost"}`, d }));
  }
  g.setAttribute("role", "img");
  g.setAttribute("aria-label", title);
}

/** What each colour and size means. */
export function legend(doc) {
  return h("ul", { class: "people legend" },
    ...doc.groups.map((group) => h("li", {}, h("span", { class: `chip g${group.colour}` }, group.letter), `${group.size.toLocaleString("en")} ${group.title}`)));
}
