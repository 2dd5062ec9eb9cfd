/* What a platform shows in a session: its feed in threads, who reads which entry, and which group reads which. */

import { capital, counted, h, put, s, signed, stance } from "./dom.js";

const NOTED = 1;
const DEEPEST = 4; // answers to answers are set in up to here

/** An entry of a document, by what stands at each place of it. */
export function entryOf([e, i, short, g, k, value, parent, session, flags, reads]) {
  return { e, i, short, g, k, value, parent, session, flags, reads };
}

/** The entries of a run by their numbers. */
export const entriesOf = (doc) => new Map((doc.entries || []).map((one) => [one[0], entryOf(one)]));

/** How many have read an entry before a session. */
const readBefore = (entry, session) => entry.reads.slice(0, Math.max(0, session - entry.session)).reduce((sum, n) => sum + n, 0);

/** The feed of a run in `stage`. Returns {show(session, moment, box), place(entry), choose(person), el}. */
export function feed(doc, stage) {
  const entries = entriesOf(doc);
  const title = h("h3", {});
  const note = h("p", { class: "says" });
  const list = h("ul", { class: "threads" });
  const foot = h("p", { class: "says below" });
  const frame = h("div", { class: "entries", role: "region", tabindex: 0 }, list);
  const el = h("div", { class: "feed", hidden: true }, h("div", { class: "feed-head" }, title, h("span", { class: "says" }, "read by")), note, frame, foot);
  stage.append(el);
  let rows = new Map();
  let shown = -1;
  let chosen = -1;

  function show(n, m, box) {
    const session = doc.sessions[n];
    el.hidden = !session.feed || !box;
    if (el.hidden) return;
    Object.assign(el.style, { left: `${box.x}px`, top: `${box.y}px`, width: `${box.w}px`, height: `${box.h}px` });
    el.classList.toggle("tight", box.w < 320);
    el.classList.toggle("short", box.h < 230);
    if (shown !== n) build(n, session.feed);
    shown = n;
    update(n, m, session);
  }

  /* The rows of a session: threads in the order of their first entries in the feed, answers under what they answer. */
  function build(n, now) {
    const under = new Map();
    const roots = [];
    const known = new Set();
    const join = (e) => {
      if (known.has(e)) return;
      known.add(e);
      const { parent } = entries.get(e);
      if (parent < 0) { roots.push(e); return; }
      join(parent);
      under.set(parent, [...(under.get(parent) || []), e]);
    };
    now.rows.forEach(join);
    const ghosts = new Map();
    now.taken.forEach((one) => ghosts.set(one[6], [...(ghosts.get(one[6]) || []), one]));
    const ranked = new Set(now.rows);
    rows = new Map();
    const made = (e, depth) => {
      const one = row(entries.get(e), ranked.has(e), e < now.sunk, n);
      const answers = (under.get(e) || []).sort((a, b) => a - b).map((a) => made(a, depth + 1));
      const gone = (ghosts.get(e) || []).map((g) => ghost(g));
      if (answers.length + gone.length) one.li.append(h("ul", { class: depth < DEEPEST ? "" : "deep" }, answers, gone));
      return one.li;
    };
    list.replaceChildren(...roots.map((e) => made(e, 1)));
    const hidden = now.taken.filter((one) => !known.has(one[6])).length;
    title.textContent = capital(now.kind.replace(/^an? /, ""));
    put(frame, { "aria-label": `The feed of ${now.kind}: ${now.order}` });
    note.textContent = `${capital(now.order)}; ${now.readers}${now.followers ? " whom they follow" : ""}.${now.hidden ? ` Names are hidden from readers (${Math.round(100 * now.hidden)}%), not from you.` : ""}`;
    put(note, { title: `${note.textContent} It is ${now.says}.` });
    foot.textContent = [now.more && `${counted(now.more, "more entry", "more entries")} ${now.ranked ? "in the feed" : "on record"}`, now.sunk && `${counted(now.sunk, "older one has", "older ones have")} sunk below it`,
      hidden && `${counted(hidden, "answer", "answers")} to other entries taken down`].filter(Boolean).join("; ");
    frame.scrollTop = 0;
  }

  function row(entry, ranked, sunk, n) {
    const count = h("span", { class: "count" });
    const clash = h("span", { class: "clash" });
    const issue = doc.issues[entry.k].title;
    const noted = entry.flags & NOTED;
    const what = h("span", { class: "what", title: issue }, entry.parent < 0 ? `${noted ? "noted: " : ""}${issue}` : stance(doc, entry.value));
    const said = h("span", { class: "hidden" }, entry.parent < 0 ? `, ${noted ? "noted at a meeting" : "opens a thread"}: ` : ", answers: ");
    const line = h("div", { class: "entry" }, h("span", { class: `chip g${doc.groups[entry.g].colour}` }, entry.short), said, what, clash, h("span", { class: "position", title: stance(doc, entry.value) }, signed(entry.value)), h("span", { class: "hidden" }, ", read by "), count);
    const why = sunk ? "has sunk below the feed; shown for its answers" : "further down the feed; shown for its answers";
    const li = h("li", { class: sunk ? "sunk" : "", title: ranked ? null : why }, line);
    const made = { li, line, count, clash, entry, ranked };
    rows.set(entry.e, made);
    return made;
  }

  function ghost([at, i, short, g, k, value, parent]) {
    const line = h("div", { class: "entry" }, h("span", { class: `chip g${doc.groups[g].colour}` }, short), h("span", { class: "what" }, "taken down"), h("span", { class: "position" }, signed(value)), h("span", { class: "count" }));
    const li = h("li", { class: "ghost" }, line);
    rows.set(`ghost ${at}`, { li, line, ghost: { at, i, parent } });
    return li;
  }

  function update(n, m, session) {
    const before = session.moments.slice(0, m + 1);
    const posts = before.filter((moment) => moment.is === "post");
    const written = posts.reduce((sum, moment) => sum + moment.marks.length, 0);
    const writing = session.moments.some((moment, at) => at > m && moment.is === "post");
    const upto = posts.length ? posts[posts.length - 1].upto : writing ? session.feed.first : Infinity;
    const was = posts.length > 1 ? posts[posts.length - 2].upto : session.feed.first;
    const now = session.moments[m];
    const readings = before.filter((moment) => moment.is === "take");
    const read = readings.length > 0 && !session.moments.some((moment, at) => at > m && moment.is === "take");
    const got = session.feed.rows.map((_, at) => readings.reduce((sum, moment) => sum + moment.got[at], 0));
    const place = new Map(session.feed.rows.map((e, at) => [e, at]));
    const counts = new Map();
    for (const [e, one] of rows) if (!one.ghost) counts.set(e, readBefore(one.entry, n) + (place.has(e) ? got[place.get(e)] : read ? one.entry.reads[n - one.entry.session] || 0 : 0));
    const most = Math.max(1, ...session.feed.rows.map((e) => readBefore(entries.get(e), n + 1)));
    const clashed = readings.flatMap((moment) => moment.clashed || []);
    const theirs = new Set(readOf(session, m, chosen));
    let fresh = null;
    for (const [e, one] of rows) {
      const here = one.ghost ? one.ghost.at < written || !writing : e < upto;
      one.li.classList.toggle("to-come", !here);
      if (one.ghost) continue;
      const isNew = here && now.is === "post" && e >= was;
      one.li.classList.toggle("fresh", isNew);
      if (isNew) fresh = one;
      const count = counts.get(e);
      one.count.textContent = count || !(read || one.entry.session < n) ? String(count) : "nobody";
      one.line.style.setProperty("--part", `${((100 * count) / most).toFixed(0)}%`);
      one.line.classList.toggle("unread", !count);
      const over = clashed.filter((pair) => pair[1] === e);
      one.clash.textContent = over.length ? `far from ${over.map(([who]) => who).join(", ")}` : "";
      one.line.classList.toggle("theirs", chosen >= 0 && one.entry.i === chosen);
      one.line.classList.toggle("taken-in", theirs.has(e));
    }
    // what is not in sight of itself is there for its answers alone
    for (const one of [...rows.values()].reverse()) if (one.ranked === false && !one.li.querySelector("li:not(.to-come)")) one.li.classList.add("to-come");
    if (fresh) reveal(fresh.line);
  }

  /* Scroll the list, and never the page, to an entry that has just come. */
  function reveal(line) {
    const { top, bottom } = frame.getBoundingClientRect();
    const at = line.getBoundingClientRect();
    if (at.top < top) frame.scrollTop -= top - at.top; else if (at.bottom > bottom) frame.scrollTop += at.bottom - bottom;
  }

  /** Where lines to an entry end: at its row or, where that is out of sight, at the edge behind which it is; null if it is not drawn. */
  function place(e) {
    const one = rows.get(e);
    if (el.hidden || !one || one.li.closest(".to-come")) return null;
    const home = stage.getBoundingClientRect();
    const view = frame.getBoundingClientRect();
    const at = one.line.getBoundingClientRect();
    const y = (at.top + at.bottom) / 2;
    const inside = y >= view.top && y <= view.bottom;
    return { x: (inside ? at.left : view.left) - home.left - 2, y: Math.min(view.bottom, Math.max(view.top, y)) - home.top, inside };
  }

  return { show, place, choose: (i) => { chosen = i; }, el };
}

/** The entries that somebody has read in a session up to a moment, of those that are drawn. */
export const readOf = (session, m, i) => session.moments.slice(0, m + 1).flatMap((moment) => (moment.is === "take" ? moment.reads : [])).filter(([who]) => who === i).flatMap(([, , read]) => read);

/* ---- which group reads which ---- */

/** Is there such a picture of a session? */
export const hasAttention = (doc, session) => Boolean(session.feed && session.feed.attention) && doc.groups.length > 1;

/** Room that it asks for. */
export const ATTENTION = { row: 19, head: 42 };

/** Shares of what each group has read, by whose entries they were; below, whose entries stand in the feed. */
export function paintAttention(g, doc, session, box, now) {
  g.replaceChildren();
  if (!box || !hasAttention(doc, session)) return;
  const { attention, written } = session.feed;
  const groups = doc.groups;
  const x0 = box.x + 74;
  const w = Math.min(36, (box.w - 76) / groups.length);
  const tall = Math.min(ATTENTION.row, (box.h - ATTENTION.head) / (groups.length + 1));
  const shares = (counts) => { const sum = counts.reduce((a, b) => a + b, 0); return counts.map((n) => (sum ? n / sum : null)); };
  const parts = [s("text", { class: "heading", x: box.x + 2, y: box.y + 13 }, "who reads whom, %")];
  groups.forEach((group, n) => parts.push(badge(group, x0 + w * (n + 0.5), box.y + 29)));
  const told = [];
  const line = (n, name, values, group, quiet) => {
    const y = box.y + ATTENTION.head + tall * n;
    if (group) parts.push(badge(group, box.x + 11, y + tall / 2), s("text", { class: "soft", x: box.x + 24, y: y + tall / 2 + 4 }, name));
    else parts.push(s("text", { class: "soft", x: box.x + 2, y: y + tall / 2 + 4 }, name));
    values.forEach((value, at) => {
      const shade = value === null || !now ? 0 : value;
      if (!quiet) parts.push(s("rect", { class: "cell", x: x0 + w * at + 1, y: y + 1, width: w - 2, height: tall - 2, "fill-opacity": (0.06 + 0.5 * shade).toFixed(2) }));
      if (w >= 22) parts.push(s("text", { class: quiet ? "share quiet" : "share", x: x0 + w * (at + 0.5), y: y + tall / 2 + 4, "text-anchor": "middle" }, value === null || (!quiet && !now) ? "–" : Math.round(100 * value)));
    });
  };
  groups.forEach((group, n) => {
    const values = shares(attention[n]);
    line(n, "read", values, group);
    if (now && values[0] !== null) told.push(`${group.title} read ${values.map((value, at) => `${Math.round(100 * value)}% ${groups[at].title}`).join(", ")}`);
  });
  line(groups.length, "in the feed", shares(written), null, true);
  g.append(...parts);
  put(g, { role: "img", "aria-label": told.length ? `Who reads whom: ${told.join("; ")}` : "Who reads whom: nobody has read yet" });
}

const badge = (group, x, y) => s("g", { class: `badge c${group.colour}` }, s("circle", { cx: x, cy: y, r: 8 }), s("text", { x, y: y + 3.5, "text-anchor": "middle" }, group.letter));

/* ---- one person on the platform ---- */

/** What somebody has written so far, who answered it and how many read it, and whom they follow. */
export function onThePlatform(doc, who, upto) {
  if (!doc.entries) return null;
  const all = [...entriesOf(doc).values()].filter((entry) => entry.session < upto);
  const mine = all.filter((entry) => entry.i === who.i && !(entry.flags & NOTED));
  const items = mine.map((entry) => {
    const by = all.filter((other) => other.parent === entry.e).map((other) => other.short);
    const parent = entry.parent >= 0 ? all.find((other) => other.e === entry.parent) : null;
    const read = readBefore(entry, upto);
    return h("li", { value: entry.session + 1 }, `${parent ? `answered ${parent.short} on` : "opened a thread on"} “${doc.issues[entry.k].title}” (${signed(entry.value)}); read by ${read || "nobody"}${by.length ? `; answered by ${by.join(", ")}` : ""}`);
  });
  const thin = doc.written > doc.entries.length ? " (of those in the feeds)" : "";
  const parts = [];
  if (who.follows) parts.push(h("p", {}, `Follows ${named(who.follows, who.follows_n)}; followed by ${named(who.followed, who.followed_n)}.`));
  parts.push(h("p", {}, items.length ? `Wrote ${counted(items.length, "entry", "entries")}${thin}, by session:` : "Wrote nothing on the platform so far."));
  if (items.length) parts.push(h("ol", { class: "history" }, items));
  return h("div", { class: "on-platform" }, parts);
}

function named(some, all) {
  if (!all) return "nobody";
  return some.join(", ") + (all > some.length ? ` and ${all - some.length} more` : "");
}
