"""What a lesson is, and reading it from its file: data, checked so that a mistake in it is told in a sentence.

A lesson holds two designs of one process against each other. What it says comes out (`finding`, `besides`) is data too, so
that a test can hold every lesson to it; and no number stands in its texts, only the places that runs fill: `{it.first}`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

import scenarios
import sim
from analysis.dashboard import rules
from analysis.experiments import Direction
from sim import Scenario, ScenarioError

HERE: Final = Path(__file__).parent
IT: Final = "it"  # what texts call the finding that the bet is about
WORLDS: Final = 200  # in which a lesson is run
SEED: Final = 1  # so that a whole class sees the same worlds; another set of worlds has the next one
PLACES: Final = ("first", "second", "difference", "times", "more", "less", "same", "worlds")

Text = Annotated[str, Field(min_length=1)]
Which = Literal["first", "second"]


class Frozen(BaseModel):
    """Data that is checked when it is made and cannot be changed afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Design(Frozen):
    """One of the two designs."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z-]*$")]
    """In addresses and file names."""
    title: Text
    says: Text
    """What is special about it, in a sentence."""
    changes: tuple[str, ...] = ()
    """What is otherwise than in the lesson's process, as in `scenarios.load(..., set=...)`."""


class Bet(Frozen):
    """What is asked before anything is run."""

    question: Text
    more: Text
    same: Text
    less: Text
    worlds: Text
    """The question in how many of 100 worlds the second design will have more."""


class Finding(Frozen):
    """Something that comes out: the second design against the first, world by world."""

    says: Text
    """What is counted, for a table."""
    outcome: str
    whom: str = "all"
    """Of whom: everybody, a group, or those who face a barrier."""
    expect: Direction
    """What the second design has, against the first."""
    smallest: Annotated[float, Field(gt=0)]
    """The smallest difference of means that counts; about the same is what lies nearer."""
    often: Annotated[float, Field(gt=0.5, le=1)] | None = None
    """In what share of the worlds, at the least, the second design has more (or less)."""


class Trial(Frozen):
    """One more thing to try, held against the two designs."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z-]*$")]
    title: Text
    says: Text
    """What to look for."""
    of: Which = "second"
    """The design that it changes."""
    against: Which | None = None
    """The design that it is held against, where texts count on how it comes out."""
    expect: Direction | None = None
    """What it then has, against that one, of what the bet is about."""
    changes: Annotated[tuple[str, ...], Field(min_length=1)]


class Teacher(Frozen):
    """Notes for whoever holds the lesson."""

    minutes: Annotated[int, Field(ge=5, le=120)]
    plan: Annotated[tuple[Text, ...], Field(min_length=1)]
    """What to do when; each begins with its minutes."""
    look_for: Annotated[tuple[Text, ...], Field(min_length=1)]
    """What learners look for while a world is played."""
    discuss: Annotated[tuple[Text, ...], Field(min_length=1)]
    """Questions that have no one answer."""
    misunderstandings: Annotated[tuple[tuple[Text, Text], ...], Field(min_length=1)]
    """What learners may take from it, and what to say to that."""


class Lesson(Frozen):
    """One idea with a surprise."""

    key: Annotated[str, Field(pattern=r"^[a-z][a-z-]*$")]
    """The name of its file."""
    order: int
    """Its place among the lessons."""
    title: Text
    question: Text
    situation: Annotated[tuple[Text, ...], Field(min_length=1)]
    process: dict[str, Any]
    """The process that both designs start from, as a scenario file would hold it."""
    first: Design
    second: Design
    bet: Bet
    finding: Finding
    besides: dict[str, Finding] = {}
    """What else comes out, by the name that texts call it."""
    surprise: Text
    """The idea, in a sentence or two."""
    explain: Annotated[tuple[Text, ...], Field(min_length=1)]
    """How it comes about."""
    rests_on: Annotated[tuple[str, ...], Field(min_length=1)]
    """Behavioural constants on which it rests, by name."""
    rules: tuple[str, ...] = ()
    """Fields of a scenario whose rules explain it, as paths."""
    evidence: Annotated[tuple[Text, ...], Field(min_length=1)]
    """Where people outside the model have seen something of the kind, and how sure that is."""
    limits: Annotated[tuple[Text, ...], Field(min_length=1)]
    """What the model can not say about it."""
    trials: tuple[Trial, ...] = ()
    teacher: Teacher

    @property
    def findings(self) -> dict[str, Finding]:
        """All that is said to come out; first what the bet is about."""
        return {IT: self.finding, **self.besides}

    def scenario(self, design: Design | Trial) -> Scenario:
        """The process of a design, or of a trial, under a name of its own.

        Raises
        ------
        sim.ScenarioError : it can not be simulated.
        """
        before = getattr(self, design.of).changes if isinstance(design, Trial) else ()
        made = scenarios.load({"name": self.key, **self.process}, (*before, *design.changes))
        title = f"{self.title}: {design.title}"
        return made.model_copy(update={"name": f"{self.key}-{design.name}", "title": title})

    def designs(self) -> tuple[Scenario, Scenario]:
        """The two processes that are held against each other."""
        return self.scenario(self.first), self.scenario(self.second)

    def texts(self) -> Iterator[tuple[str, str]]:
        """All texts in which runs may fill places: (where, text)."""
        yield "surprise", self.surprise
        yield from ((f"explain.{n}", text) for n, text in enumerate(self.explain))
        yield from ((f"limits.{n}", text) for n, text in enumerate(self.limits))
        for n, (_, answer) in enumerate(self.teacher.misunderstandings):
            yield f"teacher.misunderstandings.{n}", answer


@cache
def all_lessons() -> Mapping[str, Lesson]:
    """The lessons of this folder by their keys, in their order; one more TOML file is one more lesson."""
    found = [read(path) for path in sorted(HERE.glob("*.toml"))]
    return {lesson.key: lesson for lesson in sorted(found, key=lambda lesson: lesson.order)}


def read(path: Path) -> Lesson:
    """The lesson of a file.

    Raises
    ------
    sim.ScenarioError : with every mistake in a sentence of its own, one a line.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        msg = f"{path.name}: this is not TOML ({error})"
        raise ScenarioError(msg) from None
    try:
        lesson = Lesson.model_validate({"key": path.stem, **table})
    except ValidationError as error:
        raise ScenarioError("\n".join(f"{path.name}: {line}" for line in _sentences(error))) from None
    problems = [f"{path.name}: {line}" for line in _problems(lesson)]
    if problems:
        raise ScenarioError("\n".join(problems))
    return lesson


def _sentences(error: ValidationError) -> Iterator[str]:
    for one in error.errors():
        where = ".".join(str(part) for part in one["loc"])
        if one["type"] == "missing":
            yield f"{where}: it is missing"
        elif one["type"] == "extra_forbidden":
            yield f"{where}: a lesson has no such key{sim.suggestion(str(one['loc'][-1]), _keys())}"
        else:
            yield f"{where}: {one['msg'][:1].lower()}{one['msg'][1:]}, found {one['input']!r:.60}"


def _keys() -> list[str]:
    """Every key that may stand somewhere in a lesson."""
    kinds: tuple[type[Frozen], ...] = (Lesson, Design, Bet, Finding, Trial, Teacher)
    return sorted({name for kind in kinds for name in kind.model_fields})


def _problems(lesson: Lesson) -> Iterator[str]:
    """What does not hang together, each as `key.path: sentence`."""
    made: dict[str, Scenario] = {}
    parts: dict[str, Design | Trial] = {"first": lesson.first, "second": lesson.second}
    parts |= {f"trials.{n}": trial for n, trial in enumerate(lesson.trials)}
    for where, part in parts.items():
        try:
            made[where] = lesson.scenario(part)
        except sim.CoprodError as error:
            yield from (f"{where}: {line}" for line in str(error).split("\n"))
    if len(made) == len(parts):
        yield from _alike(made)
        yield from _unknown_findings(lesson, made["first"])
    constants = [parameter.name for parameter in sim.PARAMETERS]
    for n, name in enumerate(lesson.rests_on):
        if name not in constants:
            yield f"rests_on.{n}: there is no behavioural constant {name!r}{sim.suggestion(name, constants)}"
    for n, field in enumerate(lesson.rules):
        try:
            rules.address(field)
        except KeyError:
            yield f"rules.{n}: no rule is changed by {field!r}"
    known = {name: dict.fromkeys(PLACES, "") for name in lesson.findings}
    for where, text in lesson.texts():
        if wrong := _wrong_place(text, known):
            yield f"{where}: {wrong}"


def _alike(made: Mapping[str, Scenario]) -> Iterator[str]:
    seen: dict[str, str] = {}
    for where, scenario in made.items():
        unnamed = scenario.model_copy(update={"name": "unnamed"})
        same = seen.setdefault(unnamed.digest(), where)
        if same != where:
            yield f"{where}: it is the same design as {same}; nothing can come out"
    names = [scenario.name for scenario in made.values()]
    if len(set(names)) < len(names):
        yield "trials: two designs have one name; give each its own"


def _unknown_findings(lesson: Lesson, scenario: Scenario) -> Iterator[str]:
    outcomes = [outcome.name for outcome in sim.OUTCOMES]
    scopes = ["all", *scenario.groups, *sim.BARRIERS]
    for name, finding in lesson.findings.items():
        where = "finding" if name == IT else f"besides.{name}"
        if finding.outcome not in outcomes:
            yield f"{where}.outcome: there is no outcome {finding.outcome!r}{sim.suggestion(finding.outcome, outcomes)}"
        if finding.whom not in scopes:
            yield f"{where}.whom: there is nobody called {finding.whom!r}{sim.suggestion(finding.whom, scopes)}"
        if finding.expect == "same" and finding.often is not None:
            yield f"{where}.often: about the same is judged by its size alone; leave this out"


def short(text: str) -> str:
    """What a text says before it goes on to explain itself: up to the colon."""
    return text.partition(":")[0]


def filled(text: str, value: Callable[[str, str], str]) -> str:
    """A text with its places filled.

    Parameters
    ----------
    text : with places as in `{it.first}`.
    value : of a finding's name and a place, what stands there.

    Raises
    ------
    KeyError : there is no such finding or place.
    """
    parts = text.split("{")
    said = [parts[0]]
    for part in parts[1:]:
        inside, closed, rest = part.partition("}")
        if not closed:
            raise KeyError(inside)
        name, _, place = inside.partition(".")
        said.append(value(name, place) + rest)
    return "".join(said)


def _wrong_place(text: str, known: Mapping[str, Mapping[str, str]]) -> str:
    """What is wrong with the places in a text; empty if nothing is."""
    try:
        filled(text, lambda name, place: known[name][place])
    except KeyError as error:
        return (
            f"runs can not fill the place with {error.args[0]!r}; a place is a finding "
            f"({', '.join(known)}) and one of {', '.join(PLACES)}, as in {{it.first}}"
        )
    return ""
