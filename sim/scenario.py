"""What is simulated, as frozen, validated data. This is the one definition: files, JSON Schema and code follow it.

A scenario says who takes part (`groups`), what they talk about (`issues`), when, where and how they meet (`sessions`),
what helps, hinders or bends the mechanisms (`dials`, `context`), how it is decided (`decision`) and what it costs
(`prices`). Defaults without a source are judgement, like the table in `sim/parameters.py`.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import Annotated, Any, Final, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from sim import parameters as behaviour
from sim.setting import BARRIERS, SPACES, TIMES, Reading, cells, channels

MECHANISMS: Final = ("intentions", "assets", "dialogue", "documentation", "interpretation", "understanding")
THEMES: Final = ("why", "who", "how", "what", "refine", "result", "reflect")
KERNELS: Final = ("smooth", "step", "flat")
RULES: Final = ("majority", "70/15", "75", "80", "unanimity")
READERS: Final = ("everybody", "members", "followers")
ORDERS: Final = ("unread", "newest", "answered")

Mechanism = Literal["intentions", "assets", "dialogue", "documentation", "interpretation", "understanding"]
Theme = Literal["why", "who", "how", "what", "refine", "result", "reflect"]

# Shares of a session's minutes for each mechanism, by process theme, in the order of MECHANISMS. Judgement: the counts
# of what articles reported (evidence 1.4) are about reporting and are not used.
AGENDAS: Final[dict[str, tuple[float, ...]]] = {
    "why": (0.40, 0.10, 0.30, 0.05, 0.05, 0.10),
    "who": (0.20, 0.40, 0.25, 0.05, 0.05, 0.05),
    "how": (0.10, 0.10, 0.40, 0.15, 0.10, 0.15),
    "what": (0.05, 0.05, 0.45, 0.20, 0.10, 0.15),
    "refine": (0.05, 0.05, 0.25, 0.15, 0.25, 0.25),
    "result": (0.05, 0.05, 0.20, 0.15, 0.20, 0.35),
    "reflect": (0.25, 0.10, 0.25, 0.10, 0.15, 0.15),
}

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]*$", max_length=60)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Money = Annotated[float, Field(ge=0, allow_inf_nan=False)]
View = Annotated[float, Field(ge=-1, le=1, allow_inf_nan=False)]


class Frozen(BaseModel):
    """Data that is checked when it is made and cannot be changed afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Trait(Frozen):
    """How a trait is spread over a group: symmetric and triangular around its mean.

    A plain number is a mean with the ordinary spread. Near the end of a trait's range the spread is cut to what is left
    on that side, so that the mean stays what was asked for and a mean at the very end means everybody.
    """

    mean: Annotated[float, Field(allow_inf_nan=False)]
    """The group's mean."""
    spread: Annotated[float, Field(ge=0, le=2, allow_inf_nan=False)] = 0.15
    """Half-width of the triangular distribution, in the trait's own unit."""


def _plain(key: str) -> BeforeValidator:
    """Let a plain number stand for a table in which only `key` is given."""

    def widen(value: Any) -> Any:
        return {key: value} if isinstance(value, int | float) and not isinstance(value, bool) else value

    return BeforeValidator(widen, json_schema_input_type=float | dict[str, float])


def _within(low: float, high: float, *, open_low: bool = False) -> AfterValidator:
    """Hold a trait's mean to a range."""
    above = "above" if open_low else "at least"

    def check(trait: Trait) -> Trait:
        if trait.mean > high or trait.mean < low or (open_low and trait.mean == low):
            msg = f"the mean must be {above} {low:g} and at most {high:g}, found {trait.mean:g}"
            raise ValueError(msg)
        return trait

    return AfterValidator(check)


ShareTrait = Annotated[Trait, _plain("mean"), _within(0, 1)]
PowerTrait = Annotated[Trait, _plain("mean"), _within(0, 1, open_low=True)]
ToleranceTrait = Annotated[Trait, _plain("mean"), _within(0, 2, open_low=True)]


class ViewTrait(Trait):
    """Where a group stands on an issue, in [-1, 1], and how far its members differ."""

    spread: Annotated[float, Field(ge=0, le=2, allow_inf_nan=False)] = 0.4
    """Half-width of the triangular distribution of views, in view units."""


class Barrier(Frozen):
    """Something that stops some members of a group, sometimes. A plain number stops everyone with that chance."""

    level: Share
    """The chance that it stops somebody who faces it (communication: the share of what is said and read that it takes)."""
    share: Share = 1.0
    """The share of the group who face it."""


BarrierField = Annotated[Barrier, _plain("level")]


class Barriers(Frozen):
    """What stands between a group and taking part."""

    travel: BarrierField = Barrier(level=0)
    """Getting to the place; met on site."""
    digital: BarrierField = Barrier(level=0)
    """Devices, connection and skills; met in remote channels."""
    schedule: BarrierField = Barrier(level=0)
    """Being free at the hour; met in live channels."""
    communication: BarrierField = Barrier(level=0)
    """Language, hearing, speech, literacy, jargon; lowers what is said, heard and read, in every channel."""


class Supports(Frozen):
    """The share of each barrier that a session's support removes."""

    travel: Share = 0.0
    """Transport, or travel costs paid."""
    digital: Share = 0.0
    """Devices lent, connections paid, a helping hand."""
    schedule: Share = 0.0
    """Child care, respite care, pay for lost hours."""
    communication: Share = 0.0
    """Interpreters, captions, easy-read papers, time."""


class Dials(Frozen):
    """How much of each mechanism's minutes takes effect: 1 as planned, 0 switched off (Dalkin 2015: a continuum)."""

    intentions: Share = 1.0
    """Speaking about why people are here, and whether they are willing to learn."""
    assets: Share = 1.0
    """Naming strengths and resources."""
    dialogue: Share = 1.0
    """Exploring views."""
    documentation: Share = 1.0
    """Writing down what is said."""
    interpretation: Share = 1.0
    """Making sense of what was written."""
    understanding: Share = 1.0
    """Dialogue on interpretation: is this what you think?"""


class Agenda(Frozen):
    """Shares of a session's minutes for the six mechanisms; what is missing to 1 is left idle."""

    intentions: Share = 0.0
    """Share of the minutes for intentions."""
    assets: Share = 0.0
    """Share of the minutes for assets."""
    dialogue: Share = 0.0
    """Share of the minutes for dialogue."""
    documentation: Share = 0.0
    """Share of the minutes for documentation."""
    interpretation: Share = 0.0
    """Share of the minutes for interpretation."""
    understanding: Share = 0.0
    """Share of the minutes for understanding."""

    def shares(self) -> tuple[float, ...]:
        """The six shares, in the order of MECHANISMS."""
        return tuple(getattr(self, mechanism) for mechanism in MECHANISMS)

    @model_validator(mode="after")
    def _fits_into_the_session(self) -> Self:
        total = sum(self.shares())
        if total > 1 + 1e-9:
            msg = f"the six shares add up to {total:g}; they must not exceed 1"
            raise ValueError(msg)
        return self


class Group(Frozen):
    """A stakeholder group: how many people, and how they come to the table."""

    size: Annotated[int, Field(ge=1, le=2_000_000)]
    """Number of people invited."""
    title: str = ""
    """What a reader calls the group; the key if left out."""
    power: PowerTrait = Trait(mean=0.5)
    """Status in this setting, (0, 1]: who gets the floor, whose words are written down, who drafts."""
    talkativeness: Annotated[float, Field(gt=0, le=100, allow_inf_nan=False)] = 1.0
    """Mean propensity to speak, against the other groups; people differ around it (lognormal)."""
    openness: ShareTrait = Trait(mean=0.6)
    """Intention: willing to learn from what is heard (1), or hoping to hear what is already believed (0)."""
    conviction: ShareTrait = Trait(mean=0.3)
    """Pull back to the view that one came with (Friedkin-Johnsen: 1 - susceptibility); cut below 1."""
    tolerance: ToleranceTrait = Trait(mean=0.9, spread=0.3)
    """Latitude of acceptance, (0, 2]: how far a view may lie and still move me."""
    engagement: ShareTrait = Trait(mean=0.7)
    """Investment in the process at the start."""
    trust: ShareTrait = Trait(mean=0.5)
    """Trust in every group that `trust_in` does not name, the own group too."""
    trust_in: dict[Name, ShareTrait] = Field(default_factory=dict)
    """Trust in single groups, by name; the own group may stand here."""
    views: dict[Name, Annotated[ViewTrait, _plain("mean"), _within(-1, 1)]] = Field(default_factory=dict)
    """Where the group stands on each issue, in [-1, 1]; an issue left out is 0 with the ordinary spread."""
    assets: dict[Name, ShareTrait] = Field(default_factory=dict)
    """Strengths by kind (lived experience, clinical, design, digital...), in [0, 1]; a kind left out is 0."""
    recognised: Share = 0.2
    """The share of these strengths that the others know of at the start."""
    barriers: Barriers = Barriers()
    """What stands between the group and taking part."""
    fee_per_hour: Money = 0.0
    """What an hour of one member's taking part costs the process (fee, or wages paid)."""


class Issue(Frozen):
    """Something on which views can differ."""

    title: str = ""
    """What a reader calls the issue; the key if left out."""
    kind: Literal["value", "practical"] = "practical"
    """A guiding value, or a practical matter: agreement may be on guiding values alone."""
    weight: Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False)] = 1.0
    """Weight on the agenda: how much more this issue is talked about than others."""


class Context(Frozen):
    """A named factor of the context: a barrier to, an enabler or a manipulator of mechanisms."""

    why: str = ""
    """What it is in the world."""
    effects: dict[Mechanism, Annotated[float, Field(ge=0, le=3, allow_inf_nan=False)]]
    """Factor on the effective minutes of each mechanism it touches: below 1 it hinders, above 1 it helps, and one that
    does both bends the process."""
    themes: tuple[Theme, ...] = ()
    """The process themes in which it is at work; all if empty."""
    sessions: tuple[Name, ...] = ()
    """The sessions in which it is at work; all if empty."""


def _check_setting(text: str) -> str:
    time, _, space = text.partition("/")
    if time not in TIMES or space not in SPACES:
        msg = f"a setting is time/space, one of {', '.join(cells())}; found {text!r}"
        raise ValueError(msg)
    return text


Setting = Annotated[str, AfterValidator(_check_setting)]


class Platform(Frozen):
    """What carries the later channels of a session, where that is more than a plain shared document: a private group, a
    forum, a microblog, a blog. With every field left out it is the plain document.

    Source of the features: Daneshvar et al. 2018, JMIR Human Factors 5(1):e5 (abstract); the rules: docs/odd.md.
    """

    owner: Name | None = None
    """The group whose members alone open threads, as on a blog; others comment. Everybody may, if left out."""
    readers: Literal["everybody", "members", "followers"] = "everybody"
    """Who sees an entry: everybody, now and in later sessions; the groups invited to this session, as in a private group;
    those who follow its author, and whom it answers."""
    answering: Share = 0.0
    """The share of contributions that answer an entry one has read, if one has any in mind; the rest open a thread."""
    order: Literal["unread", "newest", "answered"] = "unread"
    """What stands on top: the first that one has not read; the newest; the most answered, so that the rich get richer."""
    feed_window: Annotated[int, Field(ge=1, le=10_000)] = 200
    """How many of the latest entries a feed ranks; what is older has sunk. Unread first, everybody reads on from where they
    stopped, and nothing sinks, unless it is shown to followers only."""
    moderation: Share = 0.0
    """The chance that an answer which would be a conflict is taken down before it appears."""
    anonymity: Share = 0.0
    """How far authors are hidden: 0 name and group are seen, 1 nobody can tell."""

    def ranks(self) -> bool:
        """Is there a feed of the latest entries, or does everybody read on from where they stopped?"""
        return self.order != "unread" or self.readers == "followers"


class Follows(Frozen):
    """Who follows whom: a sparse directed graph, drawn with the population."""

    degree: Annotated[int, Field(ge=1, le=1000)]
    """How many others each person follows."""
    homophily: Share = 0.5
    """The chance that somebody looks among their own group for whom to follow, and not among all."""


class Session(Frozen):
    """One meeting, or one stretch of time in which people contribute when and where it suits them."""

    title: str = ""
    """What a reader calls the session; the key if left out."""
    template: Name | None = None
    """The named template whose fields this session starts from."""
    week: Annotated[float, Field(ge=0, le=5200, allow_inf_nan=False)]
    """When, in weeks from the start of the process."""
    theme: Theme = "what"
    """The process theme; it gives the agenda, unless one is stated."""
    setting: Setting = "same/same"
    """The cell of the grid, as time/space."""
    minutes: Annotated[float, Field(gt=0, le=100_000, allow_inf_nan=False)] = 120.0
    """Minutes that the session asks of each person: one budget, split in blended time between live and later."""
    live_share: Share = 2 / 3
    """In blended time, the share of the minutes that is spent live."""
    invited: tuple[Name, ...] = ()
    """The groups invited; all if empty."""
    circle_size: Annotated[int, Field(ge=2, le=2_000_000)] = 8
    """The most people in one live circle."""
    facilitation: Share = 0.5
    """How far a facilitator evens out the floor and holds the draft."""
    turns: Literal["race", "round"] = "race"
    """Who speaks next: whoever gets the floor, or each in turn (as in the nominal group technique)."""
    agenda: Agenda | None = None
    """Shares of the minutes for the six mechanisms; by theme if left out."""
    scribe: Share = 0.5
    """Note-taking in each live circle: 0 nobody writes, 1 a full-time scribe."""
    captures_divergence: Share = 0.5
    """Chance that a divergent contribution has in the notes, against one that fits."""
    supports: Supports = Supports()
    """The share of each barrier that is removed."""
    dials: Dials = Dials()
    """Dials of this session; they multiply the scenario's."""
    decide: bool = False
    """Is a draft put to the participants at the end?"""
    platform: Platform | None = None
    """What carries the later channels: a private group, a forum, a microblog, a blog; a plain document if left out."""

    def shares(self) -> tuple[float, ...]:
        """Shares of the minutes for the six mechanisms, in the order of MECHANISMS."""
        return self.agenda.shares() if self.agenda is not None else AGENDAS[self.theme]


class Decision(Frozen):
    """When a draft that is put to the participants counts as agreed."""

    rule: Literal["majority", "70/15", "75", "80", "unanimity"] = "75"
    """Share of public votes for, per issue: more than half; 70% with less than 15% against; 75%; 80%; all (evidence 7.7)."""
    kinds: tuple[Literal["value", "practical"], ...] = ("value", "practical")
    """The kinds of issue on which agreement is asked for."""

    @model_validator(mode="after")
    def _asks_something(self) -> Self:
        if not self.kinds:
            msg = "kinds must name value, practical or both"
            raise ValueError(msg)
        return self


class Prices(Frozen):
    """What things cost, in one currency. Fees of participants stand with their group."""

    currency: str = "EUR"
    """The currency of every price."""
    facilitator_hour: Money = 60.0
    """An hour of facilitation."""
    facilitator_preparation: Money = 0.75
    """Hours of preparation per hour of facilitation (evidence 8: 3 h per 4-hour meeting)."""
    scribe_hour: Money = 40.0
    """An hour of note-taking."""
    scribe_writing_up: Money = 0.5
    """Hours of writing up per hour of note-taking (evidence 8: 2 h per 4-hour meeting)."""
    venue_hour: Money = 50.0
    """An hour of the room."""
    remote_licence: Money = 15.0
    """Platform and equipment, per session with remote people."""
    support_travel: Money = 25.0
    """Full travel support of one person for one session."""
    support_digital: Money = 20.0
    """Full digital support of one person for one session."""
    support_schedule: Money = 40.0
    """Full schedule support of one person for one session."""
    support_communication: Money = 60.0
    """Full communication support of one person for one session."""


class Provenance(Frozen):
    """What the scenario rests on: an honest list of what is sourced and what is guessed."""

    sourced: dict[str, str] = Field(default_factory=dict)
    """Field or fact -> the source it comes from."""
    guessed: dict[str, str] = Field(default_factory=dict)
    """Field or fact -> why this guess."""


class Scenario(Frozen):
    """A whole process: people, issues, timetable, context, decision and prices."""

    name: Name = "unnamed"
    """The key of the scenario; the file's name if left out."""
    title: str = ""
    """What a reader calls the process."""
    description: str = ""
    """What happens in it, in a few sentences."""
    base: str | None = None
    """The scenario that this one builds on: a name in the library, or a path beside this file."""
    provenance: Provenance = Provenance()
    """What is sourced and what is guessed."""
    groups: Annotated[dict[Name, Group], Field(min_length=1, max_length=1000)]
    """Who takes part, by name."""
    issues: Annotated[dict[Name, Issue], Field(min_length=1, max_length=1000)]
    """What they talk about, by name."""
    templates: dict[Name, dict[str, Any]] = Field(default_factory=dict)
    """Fields of sessions, by name of a template that sessions may start from."""
    sessions: Annotated[dict[Name, Session], Field(min_length=1, max_length=5000)]
    """The timetable, by name, in order of time."""
    setting: Setting | None = None
    """If given, every session stands in this cell, whatever it says itself."""
    fidelity: Reading = "media"
    """How interaction and fidelity depend on space: one of three readings of the grid."""
    kernel: Literal["smooth", "step", "flat"] = "smooth"
    """How persuasion falls with distance: smoothly to 0 at the latitude, as a step there, or not at all."""
    preset: Literal["eaa_only"] | None = None
    """`eaa_only` takes out what the EAA theory leaves to context: power 1, trust fixed at 1, no accountability, no
    pen."""
    follows: Follows | None = None
    """Who follows whom, where a platform shows entries to followers."""
    dials: Dials = Dials()
    """The six mechanisms' dials, for the whole process."""
    context: dict[Name, Context] = Field(default_factory=dict)
    """Factors of the context, by name."""
    decision: Decision = Decision()
    """When a draft counts as agreed."""
    prices: Prices = Prices()
    """What things cost."""
    parameters: dict[str, Annotated[float, Field(allow_inf_nan=False)]] = Field(default_factory=dict)
    """Behavioural constants that differ from the table in sim/parameters.py."""

    @model_validator(mode="before")
    @classmethod
    def _start_from_templates(cls, data: Any) -> Any:
        """Give each session the fields of the template that it names; its own fields win."""
        if not isinstance(data, dict) or not all(
            isinstance(data.get(key), dict) for key in ("sessions", "templates")
        ):
            return data
        sessions = {}
        for name, session in data["sessions"].items():
            template = session.get("template") if isinstance(session, dict) else None
            start = data["templates"].get(template) if isinstance(template, str) else None
            sessions[name] = merged(start, session) if isinstance(start, dict) else session
        return {**data, "sessions": sessions}

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        if problems := _problems(self):
            raise ValueError("\n".join(problems))
        return self

    @property
    def people(self) -> int:
        """Number of people invited."""
        return sum(group.size for group in self.groups.values())

    @property
    def asset_kinds(self) -> tuple[str, ...]:
        """Kinds of strengths that anybody brings, in order of first mention."""
        return tuple(dict.fromkeys(kind for group in self.groups.values() for kind in group.assets))

    def cell(self, session: str) -> str:
        """The cell in which a session stands, as time/space."""
        return self.setting or self.sessions[session].setting

    def invited(self, session: str) -> tuple[str, ...]:
        """Names of the groups that a session invites."""
        return self.sessions[session].invited or tuple(self.groups)

    def digest(self) -> str:
        """A hash of everything that shapes the result; texts for readers and provenance do not."""
        said = self.model_dump(
            mode="json", exclude={"provenance", "title", "description", "base", "templates"}
        )
        return hashlib.sha256(json.dumps(said, sort_keys=False).encode()).hexdigest()[:16]


def merged(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """Two nested tables laid over one another; where both have a value, `above` wins."""
    result = dict(below)
    for key, value in above.items():
        under = result.get(key)
        result[key] = merged(under, value) if isinstance(under, dict) and isinstance(value, dict) else value
    return result


def _problems(scenario: Scenario) -> list[str]:
    """What does not hang together, each as `key.path: sentence`."""
    found = []
    groups, issues, sessions = scenario.groups, scenario.issues, scenario.sessions
    if scenario.people < 2:
        found.append("groups: one person alone cannot co-produce; at least two people are needed")
    for name, group in groups.items():
        found += [
            f"groups.{name}.views.{key}: {_unknown('issue', key, issues)}"
            for key in group.views
            if key not in issues
        ]
        found += [
            f"groups.{name}.trust_in.{key}: {_unknown('group', key, groups)}"
            for key in group.trust_in
            if key not in groups
        ]
    if all(issue.weight == 0 for issue in issues.values()):
        found.append(
            "issues: every weight is 0, so that nothing can be talked about; give at least one issue a weight"
        )
    last = 0.0
    for name, session in sessions.items():
        where = f"sessions.{name}"
        found += [
            f"{where}.invited: {_unknown('group', key, groups)}"
            for key in session.invited
            if key not in groups
        ]
        if session.template is not None and session.template not in scenario.templates:
            found.append(f"{where}.template: {_unknown('template', session.template, scenario.templates)}")
        if session.week < last:
            found.append(
                f"{where}.week: it takes place in week {session.week:g}, before the session above it (week {last:g})"
            )
        last = session.week
        invited = scenario.invited(name)
        known = all(key in groups for key in invited)  # a misspelt group is one mistake, not two
        if known and not any(_can_come(groups[key], session, scenario.cell(name)) for key in invited):
            found.append(
                f"{where}: nobody can reach it: in {scenario.cell(name)} every invited group is stopped by a barrier "
                "of 1; invite another group, add a support, or choose another setting"
            )
        found += _problems_of_platform(scenario, name)
    found += _problems_of_following(scenario)
    for name, factor in scenario.context.items():
        found += [
            f"context.{name}.sessions: {_unknown('session', key, sessions)}"
            for key in factor.sessions
            if key not in sessions
        ]
    for name, value in scenario.parameters.items():
        if name not in behaviour.BY_NAME:
            found.append(f"parameters.{name}: {_unknown('parameter', name, behaviour.BY_NAME)}")
        else:
            low, high = behaviour.BY_NAME[name].bounds
            if not low <= value <= high:
                found.append(f"parameters.{name}: it must lie between {low:g} and {high:g}, found {value:g}")
    if not any(issue.kind in scenario.decision.kinds for issue in issues.values()):
        found.append(f"decision.kinds: no issue is of kind {' or '.join(scenario.decision.kinds)}")
    return found


def _problems_of_platform(scenario: Scenario, name: str) -> list[str]:
    """What does not hang together about the platform of a session."""
    session, where = scenario.sessions[name], f"sessions.{name}.platform"
    platform = session.platform
    if platform is None:
        return []
    found = []
    # a cell laid over the whole process may leave a platform idle; a session's own cell should not
    if scenario.setting is None and not channels(session.setting, session.live_share)[2:].any():
        found.append(
            f"{where}: a platform carries what people contribute later, and in {session.setting} nobody does; take "
            "blended or different time, or leave the platform out"
        )
    owner = platform.owner
    if owner is not None and owner not in scenario.groups:
        found.append(f"{where}.owner: {_unknown('group', owner, scenario.groups)}")
    elif owner is not None and owner not in scenario.invited(name):
        found.append(
            f"{where}.owner: {owner!r} is not invited to this session, so that nobody could write; invite the group, "
            "or let another one own the platform"
        )
    if platform.readers == "followers" and scenario.follows is None:
        found.append(
            f"{where}.readers: entries are for followers, and nobody follows anybody; give the scenario a [follows] "
            "with a degree, or let members or everybody read"
        )
    return found


def _problems_of_following(scenario: Scenario) -> list[str]:
    """What does not hang together about who follows whom."""
    if scenario.follows is None:
        return []
    found = []
    if scenario.follows.degree >= scenario.people:
        found.append(
            f"follows.degree: each is to follow {scenario.follows.degree} others, and there are only "
            f"{scenario.people - 1}; ask for fewer, or invite more people"
        )
    if not any(
        s.platform is not None and s.platform.readers == "followers" for s in scenario.sessions.values()
    ):
        found.append(
            "follows: no session has a platform whose readers are followers, so that following has no use; give one "
            'platform.readers = "followers", or leave follows out'
        )
    return found


def _can_come(group: Group, session: Session, cell: str) -> bool:
    """Is there a channel that a barrier does not close for everyone in the group?"""
    closed = {}
    for name in BARRIERS:
        barrier = getattr(group.barriers, name)
        closed[name] = barrier.share * barrier.level * (1 - getattr(session.supports, name)) >= 1
    met = (("travel", "schedule"), ("digital", "schedule"), ("travel",), ("digital",))
    return any(
        offered and not any(closed[name] for name in barriers)
        for offered, barriers in zip(channels(cell, session.live_share), met, strict=True)
    )


def _unknown(kind: str, found: str, known: Any) -> str:
    """A sentence about a name that nothing bears, with the nearest one that something does."""
    return f"there is no {kind} {found!r}{suggestion(found, known)}"


def suggestion(found: str, known: Any) -> str:
    """`; did you mean 'x'?` with the nearest known name, or the names that would do if none is near."""
    from difflib import get_close_matches

    near = get_close_matches(found, list(known), n=1)
    if near:
        return f"; did you mean {near[0]!r}?"
    shown = list(known)[:20]
    more = f" and {len(known) - len(shown)} more" if len(known) > len(shown) else ""
    return f"; known are {', '.join(shown)}{more}" if known else ""


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a scenario file, in which a `base` or a `template` may supply what is otherwise required."""
    schema = Scenario.model_json_schema(mode="validation")
    needed = schema.pop("required")
    schema["anyOf"] = [{"required": ["base"]}, {"required": needed}]
    for part in ("Session", "Group"):  # a base or a template may already say what is required of these
        schema["$defs"][part].pop("required")
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    return schema


def slug(text: str) -> str:
    """A name made of a file's name or a title: lower case, digits and hyphens, and a letter first."""
    name = re.sub(r"[^a-z0-9_]+", "-", text.lower()).strip("-_")
    return (name if not name[:1].isdigit() else f"scenario-{name}")[:60] or "unnamed"
