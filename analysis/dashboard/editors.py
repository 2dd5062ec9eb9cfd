"""The editor of a design: the fields of the session, group or issue that is chosen, or of the process as a whole."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import anywidget
import solara
import traitlets

from analysis.budget import Budget
from analysis.dashboard import controls, desk, drafts, fields
from analysis.dashboard.board import people
from analysis.dashboard.drafts import Draft
from analysis.dashboard.tags import tag
from analysis.look import bundle
from analysis.report import platforms, words
from sim import BARRIERS, CoprodError, minutes_of

HELP: Final = "What a field means stands here when you point at it."
TABS: Final = (
    ("sessions", "Session"),
    ("groups", "Group"),
    ("issues", "Issue"),
    ("process", "Whole process"),
)
NO_TO_YES: Final = f"{words.MINUS}1 (no) to 1 (yes)"


class HelpWidget(anywidget.AnyWidget):
    """The help of the field in hand."""

    _esm = (
        bundle(controls.JS / "design.js")
        + "export default { render({ model, el }) { return fieldHelp(el, model.get('usual')); } };"
    )
    usual = traitlets.Unicode().tag(sync=True)


@solara.component
def Editor(draft: Draft) -> None:
    """The fields of what is chosen."""
    kind, name = desk.picked(draft)
    again = desk.refused.value
    editors: dict[str, Callable[[], Any]] = {
        "sessions": lambda: SessionEditor(draft, name, again),
        "groups": lambda: GroupEditor(draft, name),
        "issues": lambda: IssueEditor(draft, name),
        "new groups": lambda: NewGroup(draft),
        "new issues": lambda: NewIssue(draft),
        "process": lambda: ProcessEditor(draft),
    }
    with tag("section", class_="panel editor", aria_label="Editor"):
        with tag("div", class_="pages"):
            Tabs(draft, kind, name)
        with tag("div", class_="scroller", tabindex="0", role="group", aria_label="Fields"):
            editors[kind]()
        with tag("div", class_="explains"):
            HelpWidget.element(usual=HELP)


@solara.component
def Tabs(draft: Draft, kind: str, name: str) -> None:
    """What to edit: the kind of thing, and which of them."""
    here = kind.removeprefix("new ")

    def turn(key: str, _: Any) -> None:
        desk.chosen.value = (key, "" if key == "process" else next(iter(desk.at_work().now.table[key])))

    def act(key: str, value: Any) -> None:
        draft = desk.at_work().now
        if key == "which":
            desk.chosen.value = (here, str(value))
        elif here == "sessions":
            desk.add(drafts.add_session(draft, next(reversed(draft.table["sessions"]))), here)
        else:
            desk.chosen.value = (f"new {here}", "")

    tabs = [controls.button(key, label, "tab", pressed=key == here) for key, label in TABS]
    controls.Controls(tabs, turn, "What to edit", row=True, quiet=True)
    if here in desk.KINDS and here == kind:
        things = [(key, _numbered(draft, here, key)) for key in draft.table[here]]
        one = desk.KINDS[here]
        controls.Controls(
            [
                controls.select("which", f"Which {one}", name, things),
                controls.button("add", f"Add {'an' if one[0] in 'aeiou' else 'a'} {one}"),
            ],
            act,
            f"Which {one}",
            row=True,
            quiet=True,
        )


def _numbered(draft: Draft, kind: str, name: str) -> str:
    number = f"{list(draft.table[kind]).index(name) + 1} " if kind == "sessions" else ""
    return number + desk.title(draft, kind, name)


def _changes(key: str, value: Any) -> None:
    path = tuple(key.split("."))
    if path[0] == "sessions" and path[2:] == (
        "setting",
    ):  # also where one cell is laid over the whole process
        draft = desk.at_work().now
        desk.do(drafts.place(draft, path[1], str(value)), fields.told(draft, path))
    else:
        desk.fill_in(path, value)


def _form(found: list[controls.Field], legend: str, act: Callable[[str, Any], None] = _changes) -> None:
    controls.Controls(found, act, legend, quiet=True)


def _more(summary: str, note: str = "", open_: bool = False, children: Sequence[Any] = ()) -> Any:
    """A part of the editor that can be folded away; what stands beside its name says what is in it."""
    head = tag("summary", tag("b", summary), tag("span", f" {note}" if note else ""))
    return tag("details", head, *children, open="open" if open_ else None)


def _removing(draft: Draft, kind: str, name: str, *more: controls.Field) -> None:
    """Buttons for what is chosen."""

    def act(key: str, _: Any) -> None:
        draft = desk.at_work().now
        what, _, which = key.partition(" ")  # it may have been asked before another was shown
        if which not in draft.table[kind]:
            return  # asked twice
        if what == "remove":
            title = desk.title(draft, kind, which)
            desk.do(drafts.remove(draft, kind, which), f"Removed the {desk.KINDS[kind]} {title}")
        else:
            desk.add(drafts.duplicate(draft, which), kind)

    controls.Controls(
        [*more, controls.button(f"remove {name}", f"Remove this {desk.KINDS[kind]}", "danger")],
        act,
        "What to do with it",
        row=True,
        quiet=True,
    )


def _ticked(act: Callable[[], None]) -> None:
    """Do what a tick asks for; where it is refused, the box is shown as it was."""
    try:
        act()
    except CoprodError:
        desk.refused.value += 1
        raise


def _anew(found: Sequence[controls.Field], again: int) -> list[controls.Field]:
    return [{**field, "again": again} for field in found]


@solara.component
def SessionEditor(draft: Draft, name: str, again: int) -> None:
    """One session."""
    parts = fields.session(draft, name)
    session = draft.scenario.sessions[name]

    def invite(key: str, value: Any) -> None:
        draft = desk.at_work().now
        _, which, group = key.split(" ")
        whom, where = desk.title(draft, "groups", group), desk.title(draft, "sessions", which)
        what = f"{whom} {'invited' if value else 'not invited'} to “{where}”"
        _ticked(lambda: desk.do(drafts.invite(draft, which, group, bool(value)), what))

    def agenda(key: str, value: Any) -> None:
        draft = desk.at_work().now
        what, _, which = key.partition(" ")
        if what == "own":
            where = desk.title(draft, "sessions", which)
            desk.do(drafts.own_agenda(draft, which, bool(value)), f"Agenda of “{where}”")
        else:
            _changes(key, value)

    def platform(key: str, value: Any) -> None:
        what, _, which = key.partition(" ")
        if what == "platform":
            where = desk.title(draft, "sessions", which)
            desk.do(
                drafts.platform(draft, which, bool(value)), f"{'A' if value else 'No'} platform for “{where}”"
            )
        elif key.endswith(".owner"):
            path = tuple(key.split("."))
            desk.do(drafts.put(draft, path, value or None), fields.told(draft, path))
        else:
            _changes(key, value)

    invited = draft.scenario.invited(name)
    tag("h2", f"Session: {desk.title(draft, 'sessions', name)}", class_="hidden")
    _form(parts["what"] + parts["when"], "What, when and where")
    with _more("Who is invited", _who(draft, invited), open_=True):
        with tag("div", class_="invitations"):
            _form(_anew(parts["who"], again), "Who is invited", invite)
        Reach(name)
    with _more("How it is led", f"facilitation {words.percent(session.facilitation)}", open_=True):
        _form(parts["led"] + parts["notes"] + parts["decide"], "How it is led, and what is written down")
    carried = session.platform is not None
    with _more("Platform", platforms.kind(draft.scenario, name) if carried else "none", open_=carried):
        if carried and not minutes_of(draft.scenario, name)[1]:
            tag(
                "p",
                "Nobody contributes later in this session, so that its platform lies idle.",
                class_="note",
            )
        _form(_anew(fields.platform(draft, name), again), "What carries the later channels", platform)
    with _more("Supports", _supports(draft, name)):
        _form(parts["supports"], "Share of each barrier that is removed")
    with _more("Agenda", "its own" if session.agenda is not None else f"by the theme “{session.theme}”"):
        tag("p", fields.agenda_told(draft, name), class_="note", role="status")
        _form(parts["agenda"], "Shares of the minutes", agenda)
    _removing(draft, "sessions", name, controls.button(f"again {name}", "Duplicate"))


def _who(draft: Draft, invited: Sequence[str]) -> str:
    everyone = len(invited) == len(draft.scenario.groups)
    return "everyone" if everyone else words.listed(desk.title(draft, "groups", group) for group in invited)


def _supports(draft: Draft, name: str) -> str:
    supports = draft.scenario.sessions[name].supports
    given = [barrier for barrier in BARRIERS if getattr(supports, barrier)]
    return words.listed(given) if given else "none"


@solara.component
def Reach(session: str) -> None:
    """How many of each group come to a session."""
    found = desk.figures.value
    sitting = found[1].sittings.get(session) if found and isinstance(found[1], Budget) else None
    if sitting is None or found is None:
        return
    groups = found[0].groups
    came = [
        f"{people(comes)} of {groups[group].size:,} {words.called(groups[group].title, group)}"
        for group, comes in sitting.by_group.items()
    ]
    tag("p", f"It reaches {words.listed(came)} (means over worlds, with their 95% intervals).", class_="note")


@solara.component
def GroupEditor(draft: Draft, name: str) -> None:
    """One group."""
    parts = fields.group(draft, name)
    barriers = draft.scenario.groups[name].barriers
    faced = [barrier for barrier in BARRIERS if getattr(barriers, barrier).level]
    tag("h2", f"Group: {desk.title(draft, 'groups', name)}", class_="hidden")
    _form(parts["what"], "Who they are")
    with _more("Barriers", words.listed(faced) if faced else "none", open_=True):
        _form(parts["barriers"], "What stands between the group and taking part")
    with _more("Views", f"on {words.count(len(parts['views']), 'issue')}, from {NO_TO_YES}"):
        _form(parts["views"], "Where they stand on each issue")
    if parts["assets"]:
        with _more("Strengths", f"of {words.count(len(parts['assets']), 'kind')}"):
            _form(parts["assets"], "Strengths by kind")
    with _more("More", "conviction, tolerance, talkativeness"):
        _form(parts["more"], "More about the group")
    _removing(draft, "groups", name)


@solara.component
def IssueEditor(draft: Draft, name: str) -> None:
    """One issue."""
    tag("h2", f"Issue: {desk.title(draft, 'issues', name)}", class_="hidden")
    _form(fields.issue(draft, name), "What it is")
    with _more("Views", f"of each group, from {NO_TO_YES}", open_=True):
        _form(
            [
                fields.one(draft, ("groups", group, "views", name), desk.title(draft, "groups", group))
                for group in draft.scenario.groups
            ],
            "Where each group stands on it",
        )
    _removing(draft, "issues", name)


@solara.component
def NewGroup(draft: Draft) -> None:
    """A group to be added."""
    title = solara.use_reactive("")
    like = solara.use_reactive(next(iter(draft.table["groups"])))

    def act(key: str, value: Any) -> None:
        if key == "title":
            title.value = str(value)
        elif key == "like":
            like.value = str(value)
        else:
            desk.add(drafts.add_group(desk.at_work().now, title.value, like.value), "groups")

    groups = [(name, desk.title(draft, "groups", name)) for name in draft.table["groups"]]
    tag("h2", "A new group")
    tag("p", "It starts as another group is; then change what differs.", class_="note")
    controls.Controls(
        [
            controls.text("title", "What it is called", title.value, 60),
            controls.select("like", "Starts like", like.value, groups),
            controls.button("add", "Add the group", "primary"),
        ],
        act,
        "A new group",
        quiet=True,
    )


@solara.component
def NewIssue(draft: Draft) -> None:
    """An issue to be added."""
    title = solara.use_reactive("")

    def act(key: str, value: Any) -> None:
        if key == "title":
            title.value = str(value)
        else:
            desk.add(drafts.add_issue(desk.at_work().now, title.value), "issues")

    tag("h2", "A new issue")
    tag(
        "p",
        "Say it as a sentence that one can be for or against. Every group is undecided at first.",
        class_="note",
    )
    controls.Controls(
        [
            controls.text("title", "What it is called", title.value),
            controls.button("add", "Add the issue", "primary"),
        ],
        act,
        "A new issue",
        quiet=True,
    )


@solara.component
def ProcessEditor(draft: Draft) -> None:
    """The process as a whole."""
    parts = fields.process(draft)

    def decision(key: str, value: Any) -> None:
        if not key.startswith("kind."):
            _changes(key, value)
            return
        kind, asked = key.removeprefix("kind."), desk.at_work().now.value("decision", "kinds")
        now = [one for one in fields.ISSUES if (one in asked and one != kind) or (one == kind and value)]
        desk.fill_in(("decision", "kinds"), now)

    turned = [mechanism for mechanism, dial in draft.scenario.dials if dial != 1]
    tag("h2", "The whole process")
    with tag("div", class_="wide"):
        _form(parts["what"], "What it is")
    with _more("Decision", "when a draft counts as agreed", open_=True), tag("div", class_="wide"):
        _form(parts["decision"], "When a draft counts as agreed", decision)
    following = fields.following(draft)
    if following:
        with _more("Who follows whom", "on platforms for followers", open_=True):
            _form(following, "Who follows whom")
    with _more("Prices", draft.scenario.prices.currency):
        _form(parts["prices"], "What things cost")
    with _more("Dials of the six mechanisms", f"changed: {words.listed(turned)}" if turned else "as planned"):
        _form(parts["dials"], "How much of each mechanism's minutes takes effect")
    with _more("Reading of the grid", draft.scenario.fidelity), tag("div", class_="wide"):
        _form(parts["grid"], "How interaction and fidelity depend on space")
