/* The board of a design: sessions on a calendar and on the grid, and who takes part. All of it can be done by dragging
   and by keyboard; what is done is told, and what comes of it comes back as a new state. */

import { h, s } from "../../replay/js/dom.js";

const NUDGES = { ArrowLeft: -1, ArrowRight: 1, ArrowDown: -1, ArrowUp: 1, PageDown: -4, PageUp: 4 };
const MOVES = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
const FULL = 7; // sessions in one cell from which on it shows their numbers alone

/** Draws the board in `el`; `tell(done)` hears of what is done, and numbers it. Returns what takes a new state, and what ends it. */
export function designBoard(el, tell) {
  const status = h("div", { class: "hidden", role: "status" });
  const place = h("div", { class: "board" });
  let state = null;
  let waiting = false; // a state that came while something was being dragged
  let dragging = false;
  let sent = 0;
  const act = (done, change) => {
    if (change) { change(); draw(); } // seen at once; the state that comes back has the last word
    sent = tell(done);
  };
  const draw = () => {
    if (dragging) { waiting = true; return; }
    waiting = false;
    const held = place.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    place.replaceChildren(...PARTS.map((part) => part(state, act, drag)));
    const again = held && place.querySelector(`[data-key="${CSS.escape(held)}"]`);
    if (again) again.focus({ preventScroll: true });
  };
  const drag = (element, acts) => draggable(element, acts, (on) => { dragging = on; if (!on && waiting) draw(); });
  const undo = (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.key.toLowerCase() !== "z") return;
    const field = event.target;
    if (field.matches("input:not([type=range]):not([type=checkbox]), textarea") && field.value !== field.defaultValue) return; // the browser's own undo
    event.preventDefault();
    act({ do: event.shiftKey ? "redo" : "undo" });
  };
  document.addEventListener("keydown", undo);
  el.replaceChildren(place, status);
  return {
    show(now) {
      if (now.said !== status.textContent) status.textContent = now.said;
      if (now.heard < sent) return; // it does not know yet of what was done here since, and another will come
      state = now;
      draw();
    },
    end: () => document.removeEventListener("keydown", undo),
  };
}

const PARTS = [calendarPart, gridPart, groupsPart];

/* ---- dragging, by mouse, pen or finger ---- */

function draggable(element, { move, drop, cancel }, busy) {
  element.addEventListener("pointerdown", (down) => {
    if (down.button) return;
    let far = false;
    busy(true); // what is held must not be drawn anew
    const onMove = (event) => {
      if (!far && Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) < 5) return;
      if (!far) { far = true; element.classList.add("dragged"); document.body.classList.add("dragging"); }
      move(event.clientX, event.clientY, event.clientX - down.clientX, event.clientY - down.clientY);
    };
    const finish = (dropped) => (event) => {
      removeEventListener("pointermove", onMove);
      removeEventListener("pointerup", onUp);
      removeEventListener("pointercancel", onCancel);
      removeEventListener("keydown", onKey);
      setTimeout(() => busy(false), 0); // after the click, if it was one
      if (!far) return;
      element.classList.remove("dragged");
      element.style.transform = "";
      document.body.classList.remove("dragging");
      addEventListener("click", swallow, { capture: true, once: true }); // the click that ends a drag is none
      setTimeout(() => removeEventListener("click", swallow, { capture: true }), 0);
      if (dropped) drop(event.clientX, event.clientY); else if (cancel) cancel();
    };
    const onUp = finish(true);
    const onCancel = finish(false);
    const onKey = (event) => { if (event.key === "Escape") onCancel(event); };
    addEventListener("pointermove", onMove);
    addEventListener("pointerup", onUp);
    addEventListener("pointercancel", onCancel);
    addEventListener("keydown", onKey);
  });
}

function swallow(event) { event.stopPropagation(); event.preventDefault(); }

/* ---- the calendar ---- */

function calendarPart(state, tell, drag) {
  const weeks = state.sessions.map((session) => session.week);
  const end = Math.max(4, Math.ceil(Math.max(...weeks) * 1.08) + 1);
  const at = (week) => `${(100 * week) / end}%`;
  const track = h("div", { class: "track" }, costLine(state, end), ticks(end).map((week) => h("span", { class: "tick", style: `left:${at(week)}`, "aria-hidden": "true" }, String(week))));
  const lanes = inLanes(weeks, end);
  state.sessions.forEach((session, number) => {
    const mark = h("div", {
      class: classes("mark", session), role: "slider", tabindex: 0, "data-key": `week ${session.name}`, style: `left:${at(session.week)};--lane:${lanes[number]}`, title: `${session.title}: week ${shortly(session.week)}`,
      "aria-label": `Week of session ${number + 1}, ${session.title}`, "aria-valuemin": 0, "aria-valuemax": end, "aria-valuenow": session.week, "aria-valuetext": `week ${shortly(session.week)}`,
    }, String(number + 1));
    const set = (week) => { if (week !== session.week) tell({ do: "week", name: session.name, week }, () => { session.week = week; state.sessions.sort((one, other) => one.week - other.week); }); };
    mark.addEventListener("click", () => tell({ do: "choose", kind: "sessions", name: session.name }));
    mark.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") tell({ do: "choose", kind: "sessions", name: session.name });
      else if (event.key === "Home") set(0);
      else if (NUDGES[event.key]) set(Math.max(0, session.week + NUDGES[event.key]));
      else return;
      event.preventDefault();
    });
    const weekAt = (x) => { const box = track.getBoundingClientRect(); return Math.min(end, Math.max(0, Math.round(((x - box.left) / box.width) * end))); };
    drag(mark, { move: (x) => { mark.style.left = at(weekAt(x)); mark.dataset.week = `week ${weekAt(x)}`; }, drop: (x) => { delete mark.dataset.week; mark.style.left = at(session.week); set(weekAt(x)); }, cancel: () => { delete mark.dataset.week; mark.style.left = at(session.week); } });
    track.append(mark);
  });
  return h("section", { class: "panel calendar", "aria-labelledby": "calendar-title" },
    h("div", { class: "head" }, h("h2", { id: "calendar-title" }, "Calendar"), h("p", { class: "note" }, state.cost ? `weeks from the start; behind it, the cost as it adds up: ${state.cost}` : "weeks from the start")),
    track);
}

/** Rows for marks that would lie on one another. */
function inLanes(weeks, end) {
  const last = [];
  return weeks.map((week) => {
    let lane = 0;
    while (last[lane] !== undefined && (week - last[lane]) / end < 0.045 && lane < 2) lane += 1;
    last[lane] = week;
    return lane;
  });
}

function ticks(end) {
  const step = [1, 2, 4, 8, 13, 26, 52, 104, 260, 520, 1040].find((size) => end / size <= 12) || 2600;
  return Array.from({ length: Math.floor(end / step) + 1 }, (_, number) => number * step);
}

function costLine(state, end) {
  const known = state.sessions.filter((session) => session.so_far !== null);
  const most = Math.max(...known.map((session) => session.so_far), 0);
  if (!most) return null;
  let path = "M0 100";
  for (const session of known) path += `H${(100 * session.week) / end}V${100 - (92 * session.so_far) / most}`;
  return s("svg", { class: "adds-up", viewBox: "0 0 100 100", preserveAspectRatio: "none", "aria-hidden": "true" }, s("path", { d: `${path}H100V100Z` }));
}

/* ---- the grid ---- */

function gridPart(state, tell, drag) {
  const where = [];
  state.sessions.forEach((session, number) => { (where[session.cell] ||= []).push([session, number + 1]); });
  const table = h("table", { class: "cells" },
    h("thead", {}, h("tr", {}, h("td"), state.spaces.map(([, space]) => h("th", { scope: "col" }, space)))),
    h("tbody", {}, state.times.map(([time, called], row) => h("tr", {}, h("th", { scope: "row" }, called), state.spaces.map(([space], column) => {
      const cell = `${time}/${space}`;
      const inside = where[cell] || [];
      return h("td", { "data-cell": cell, class: inside.length >= FULL ? "many" : "" },
        inside.map(([session, number]) => sessionChip(state, session, number, row, column, tell, drag)),
        h("button", { class: "add", type: "button", "data-key": `add ${cell}`, "aria-label": `Add a session in ${called}, ${state.spaces[column][1]}`, title: "Add a session here", onclick: () => tell({ do: "add session", cell }) }, "+"));
    })))));
  return h("section", { class: "panel places", "aria-labelledby": "places-title" },
    h("div", { class: "head" }, h("h2", { id: "places-title" }, "Where and when people meet"),
      h("p", { class: "note", id: "how-to-move" }, `drag, or use the arrow keys${state.sessions.some((session) => session.comes) ? "; at the right, how many come" : ""}`)),
    table);
}

function sessionChip(state, session, number, row, column, tell, drag) {
  const chip = h("button", { type: "button", class: classes("session", session), "data-key": `session ${session.name}`, "aria-describedby": "how-to-move", "aria-pressed": String(session.chosen), title: session.title, onclick: () => tell({ do: "choose", kind: "sessions", name: session.name }) },
    h("b", {}, String(number)), h("span", { class: "name" }, session.title), session.decides ? h("span", { class: "decides", title: "A draft is put to the participants" }, "draft") : null,
    session.comes ? h("span", { class: "reach", title: `${session.comes} of ${session.of} come: the mean over worlds lies there with 95% confidence` }, session.comes, h("span", { class: "hidden" }, ` of ${session.of} come`)) : null);
  const put = (cell) => { if (cell && cell !== session.cell) tell({ do: "place", name: session.name, cell }, () => { session.cell = cell; }); };
  chip.addEventListener("keydown", (event) => {
    const move = MOVES[event.key];
    if (!move) return;
    event.preventDefault();
    const time = state.times[row + move[0]];
    const space = state.spaces[column + move[1]];
    if (time && space) put(`${time[0]}/${space[0]}`);
  });
  let over = null;
  const light = (cell) => { if (over) over.classList.remove("over"); over = cell; if (over) over.classList.add("over"); };
  const under = (x, y) => { const found = document.elementFromPoint(x, y); return found && found.closest("td[data-cell]"); };
  drag(chip, {
    move(x, y, dx, dy) { chip.style.transform = `translate(${dx}px, ${dy}px)`; light(under(x, y)); },
    drop(x, y) { const cell = under(x, y); light(null); put(cell && cell.dataset.cell); },
    cancel: () => light(null),
  });
  return chip;
}

/* ---- who takes part ---- */

function groupsPart(state, tell) {
  const chip = (group) => h("button", { type: "button", class: classes("thing", group), "data-key": `group ${group.name}`, "aria-pressed": String(group.chosen), title: group.title, onclick: () => tell({ do: "choose", kind: "groups", name: group.name }) },
    h("span", { class: `chip g${group.colour}` }, group.letter), h("span", { class: "name" }, group.title), h("span", { class: "size" }, group.size.toLocaleString("en")), h("span", { class: "hidden" }, group.size === 1 ? " person" : " people"));
  return h("section", { class: "panel taking-part", "aria-labelledby": "groups-title" },
    h("h2", { id: "groups-title" }, "Groups"), state.groups.map(chip),
    h("button", { type: "button", class: "plain", "data-key": "add group", "aria-pressed": String(state.adding === "groups"), onclick: () => tell({ do: "choose", kind: "new groups", name: "" }) }, "Add a group"));
}

const classes = (kind, thing) => `${kind}${thing.chosen ? " chosen" : ""}${thing.wrong ? " wrong" : ""}`;
const shortly = (week) => String(Math.round(week * 10) / 10);

/* ---- what a field means, always in the same place ---- */

/** Shows the help of the field in hand, so that not every field needs room for it. */
export function fieldHelp(el, usual) {
  const text = h("p", { class: "note", "aria-hidden": "true" }, usual); // fields name their help themselves to screen readers
  el.replaceChildren(text);
  const show = (event) => {
    const field = event.target.closest && event.target.closest(".editor .field");
    const help = field && field.querySelector(".help");
    const label = field && field.querySelector("label");
    if (help && help.textContent) text.replaceChildren(h("b", {}, `${label.textContent}: `), help.textContent);
  };
  document.addEventListener("focusin", show);
  document.addEventListener("pointerover", show);
  return () => { document.removeEventListener("focusin", show); document.removeEventListener("pointerover", show); };
}
