/* Where everybody is drawn in a session: around tables, on screens, later by themselves, or away. */

const HEAD = 20; // room for the heading of an area
const RECORD = 50; // room for the record at the foot
const LINES = 2; // circles on screens of which it is told what they talk about
const FOOT = 66; // room for that
const FEED = 130; // room for a feed, at least
const UNDER = 34; // room for the same under each of several tables

import { ATTENTION, hasAttention } from "./feed.js";

/** Areas and marks of a session in a picture of a given size.
 *  A mark is {key, i, x, y, r, where}; key tells somebody's live mark ("l3") from the one who comes later ("p3"). */
export function places(doc, session, width, height) {
  const narrow = width < 560;
  const usable = height - RECORD;
  const onsite = new Set(session.onsite);
  const tables = session.circles.map((circle, c) => ({ c, members: circle.filter((i) => onsite.has(i)) })).filter((t) => t.members.length);
  const screens = session.circles.map((circle, c) => ({ c, members: circle.filter((i) => !onsite.has(i)) })).filter((t) => t.members.length);
  const parts = [];
  if (tables.length) parts.push({ is: "tables", weight: tables.reduce((n, t) => n + t.members.length, 0) });
  if (screens.length) parts.push({ is: "screens", weight: screens.reduce((n, t) => n + t.members.length, 0) });
  if (session.later.length) parts.push({ is: "later", weight: session.later.length });
  if (!parts.length) parts.push({ is: "nobody", weight: 1 });
  const away = new Set(session.away.map(([, why]) => why)).size + (session.gone.length ? 1 : 0); // lines, one for each reason
  const [main, ...rest] = parts;
  const attention = hasAttention(doc, session);
  const beside = rest.length + (away || (attention && !narrow) ? 1 : 0);
  const areas = {};
  const marks = [];
  const people = rest.length > 0;
  const frame = narrow ? stacked(width, usable, beside, people, session.feed) : sided(width, usable, beside, people, session.feed);
  areas[main.is] = frame.main;
  const least = ATTENTION.head + ATTENTION.row * (doc.groups.length + 1);
  share(frame.side, rest, away, areas, session.feed ? FEED : 0, attention && !narrow && !people ? least : 0);
  if (attention && narrow && areas.away && !people) divide(areas);
  if (session.feed && areas.later) feedBeside(areas, narrow || people);
  if (areas.tables) seatTables(areas.tables, tables, marks);
  if (areas.screens) seatScreens(areas.screens, screens, marks, session.circles.length > 1, areas.tables ? 0 : FOOT);
  if (areas.later) seatRows(areas.later, session.later, "p", "later", marks);
  const reasons = areas.away ? seatAway(areas.away, session, doc, marks) : [];
  const spots = spotsOf(areas, session);
  return { areas, marks, reasons, spots, tables: areas.tables ? areas.tables.drawn : [], tiles: areas.screens ? areas.screens.tiles : [], record: { x: 14, y: usable + 8, w: width - 28, h: RECORD - 14 } };
}

/* Where it is told what each circle talks about: on its table, or under the screens. */
function spotsOf(areas, session) {
  const spots = session.circles.map(() => null);
  for (const table of areas.tables ? areas.tables.drawn : []) spots[table.c] = table.spot;
  const screens = areas.screens;
  const left = spots.map((spot, c) => (spot ? -1 : c)).filter((c) => c >= 0);
  if (screens && !areas.tables) left.slice(0, LINES).forEach((c, n) => { spots[c] = { x: screens.x + screens.w / 2, y: screens.y + screens.h - FOOT + 14 + 30 * n, w: screens.w, rows: 1 }; });
  return spots;
}

function sided(width, height, beside, people, feed) {
  if (!beside) return { main: box(10, 4, width - 20, height - 8), side: null };
  const side = people && feed ? width * 0.46 : people ? Math.max(200, Math.min(290, width * 0.33)) : 190;
  return { main: box(10, 4, width - side - 30, height - 8), side: box(width - side - 8, 4, side, height - 8) };
}

function stacked(width, height, beside, people, feed) {
  if (!beside) return { main: box(8, 4, width - 16, height - 8), side: null };
  const top = height * (people ? (feed ? 0.34 : 0.56) : 0.76);
  return { main: box(8, 4, width - 16, top - 8), side: box(8, top, width - 16, height - top - 4) };
}

const box = (x, y, w, h) => ({ x, y, w, h });

/* Those who come later beside what they have in common: the feed; above it where there is little room. */
function feedBeside(areas, above) {
  const all = areas.later;
  if (above) {
    const h = Math.max(64, Math.min(110, all.h * 0.3));
    areas.later = box(all.x, all.y, all.w, h);
    areas.feed = box(all.x, all.y + h + 4, all.w, all.h - h - 4);
  } else {
    const tight = all.w < 460;
    const w = tight ? 92 : Math.min(200, all.w * 0.32);
    areas.later = box(all.x, all.y, w, all.h);
    areas.feed = box(all.x + w + (tight ? 14 : 26), all.y, all.w - w - (tight ? 14 : 38), all.h);
  }
}

/* Who is away, and beside it who reads whom. */
function divide(areas) {
  const all = areas.away;
  areas.away = box(all.x, all.y, all.w * 0.48, all.h);
  areas.attention = box(all.x + all.w * 0.5, all.y, all.w * 0.5, all.h);
}

/* The side: each part gets what it needs at least, and of the rest as its people are many. */
function share(side, rest, away, areas, feed, attention) {
  if (!side) return;
  const parts = [...rest.map((part) => ({ ...part, least: HEAD + (part.is === "later" ? 44 + feed : 44) })), ...(away ? [{ is: "away", weight: 2, least: HEAD + 24 * away }] : []),
    ...(attention ? [{ is: "attention", weight: 2, least: attention }] : [])];
  const least = parts.reduce((n, part) => n + part.least, 0);
  const total = parts.reduce((n, part) => n + part.weight, 0);
  const spare = side.h - least;
  let y = side.y;
  for (const part of parts) {
    const h = spare > 0 ? part.least + (spare * part.weight) / total : (part.least * side.h) / least;
    areas[part.is] = box(side.x, y, side.w, h);
    y += h;
  }
}

function seatTables(area, tables, marks) {
  const count = tables.length;
  let columns = 1;
  const under = count > 1 ? UNDER : 0;
  const size = (n) => Math.min((0.8 * area.w) / n, 1.3 * ((area.h - HEAD) / Math.ceil(count / n) - under));
  for (let n = 2; n <= count; n++) if (size(n) > size(columns)) columns = n;
  const rows = Math.ceil(count / columns);
  const w = area.w / columns;
  const h = (area.h - HEAD) / rows;
  area.drawn = tables.map((table, n) => {
    const x = area.x + w * ((n % columns) + 0.5);
    const y = area.y + HEAD + h * Math.floor(n / columns) + (h - under) / 2;
    const members = table.members.length;
    const reach = Math.max(w * 0.3, Math.min(w * 0.5 - 22, 230));
    const rise = Math.min((h - under) * 0.5 - 16, 130, Math.max(26, reach * 0.85));
    const around = Math.PI * (reach + rise);
    const r = Math.max(5, Math.min(19, (around / members) * 0.4, (h - under) * 0.13));
    table.members.forEach((i, m) => {
      const turn = (2 * Math.PI * (m + 0.5)) / members - Math.PI / 2;
      marks.push({ key: "l" + i, i, x: x + reach * Math.cos(turn), y: y + rise * Math.sin(turn), r, where: "table" });
    });
    return { x, y, rx: Math.max(8, reach - r - 12), ry: Math.max(6, rise - r - 10), c: table.c, spot: under ? { x, y: y + rise + r + 16, w: w - 8, rows: 1, brief: count > 6 } : { x, y, w: 1.7 * (reach - r - 12), rows: rise - r - 10 > 44 ? 3 : 1 } };
  });
}

function seatScreens(area, screens, marks, numbered, foot) {
  const everybody = screens.flatMap((circle) => circle.members.map((i) => ({ i, c: circle.c })));
  const room = { x: area.x, y: area.y + HEAD, w: area.w, h: area.h - HEAD - 4 - foot };
  const { columns, w, h } = fitting(room, everybody.length, 1.35, 86);
  area.tiles = everybody.map(({ i, c }, n) => {
    const x = room.x + w * (n % columns);
    const y = room.y + h * Math.floor(n / columns);
    marks.push({ key: "l" + i, i, x: x + w / 2, y: y + h / 2, r: Math.max(4.5, Math.min(16, h * 0.34)), where: "screen" });
    return { x: x + 2, y: y + 2, w: Math.max(1, w - 4), h: Math.max(1, h - 4), label: numbered && h > 30 ? `${c + 1}` : "" };
  });
}

function seatRows(area, people, prefix, where, marks) {
  const room = { x: area.x, y: area.y + HEAD, w: area.w, h: area.h - HEAD - 4 };
  const { columns, w, h } = fitting(room, people.length, 1, 44);
  people.forEach((i, n) => marks.push({
    key: prefix + i, i, x: room.x + w * ((n % columns) + 0.5), y: room.y + h * (Math.floor(n / columns) + 0.5), r: Math.max(4, Math.min(14, h * 0.4, w * 0.42)), where,
  }));
}

/* Columns of equal cells, as large as they fit, of about a given shape. */
function fitting(room, count, shape, most) {
  let best = { columns: 1, w: 1, h: 1 };
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    const h = Math.min(room.h / rows, room.w / columns / shape, most / shape);
    if (h > best.h) best = { columns, w: Math.min(room.w / columns, most, h * shape * 1.15), h };
  }
  return best;
}

/* Those who are away, by what stood in the way. */
function seatAway(area, session, doc, marks) {
  const by = new Map();
  for (const [i, why] of session.away) by.set(why, [...(by.get(why) || []), i]);
  if (session.gone.length) by.set("left for good", session.gone);
  const lines = [...by];
  const h = Math.min(24, (area.h - HEAD) / Math.max(1, lines.length));
  return lines.map(([why, people], n) => {
    const y = area.y + HEAD + h * (n + 0.5);
    const most = Math.max(1, Math.floor((area.w - 104) / 22));
    const shown = people.slice(0, people.length > most ? most - 1 : most);
    shown.forEach((i, m) => marks.push({ key: "l" + i, i, x: area.x + 11 + 22 * m, y, r: Math.max(4, Math.min(9, h * 0.42)), where: "away" }));
    const more = session.reasons[why] - shown.length; // also of those who are not drawn
    return { x: area.x + 11 + 22 * shown.length, y: y + 4, text: (more > 0 ? `+${more} ` : "") + why };
  });
}
