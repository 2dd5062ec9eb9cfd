"""Programme theories as data: what should work, for whom, in what circumstances, and why (realist evaluation).

A theory is a list of claims. A claim is a context-mechanism-outcome configuration that can be put to the test: in a context
(a scenario and settings) a mechanism (what is changed) should move an outcome (what is observed) in one direction, by at
least the smallest effect that anybody would care about. Patterns are the same experiments without a claim, on which
several theories can be held against each other.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import re
from collections.abc import Callable
from functools import cache
from math import fsum, prod
from pathlib import Path
from typing import Annotated, Final, Literal, Self, TypeVar

from pydantic import AfterValidator, Field, PrivateAttr, ValidationError, model_validator

from scenarios import files, mistakes
from scenarios.kinds import Kind
from scenarios.lines import lines
from scenarios.places import Places
from sim.errors import ScenarioError
from sim.parameters import OPTIONAL
from sim.scenario import MECHANISMS, Frozen, Group, Name, Scenario, Session, slug, suggestion

ROOM: Final = Path(__file__).parent
THEORIES: Final = ROOM / "theories"
PATTERNS: Final = ROOM / "patterns"

# What a claim may name as its mechanism: the six, the optional ones, and what of a session, of people and of the process can be changed.
VARIABLE: Final = (
    *MECHANISMS,
    *(name for name in Session.model_fields if name not in ("title", "template", "agenda", "dials")),
    *(name for name in Group.model_fields if name not in ("title", "fee_per_hour")),
    "sessions", "groups", "issues", "follows", "context", "decision", "pen", "accountability", *OPTIONAL,
)  # fmt: skip

# Mechanisms that are also varied by other names.
PROXIES: Final = {
    "documentation": {"scribe", "captures_divergence"},
    "intentions": {"openness"},
    "sessions": {"minutes", "agenda", "week", "theme"},
    "setting": {"fidelity"},
}

Direction = Literal["more", "less", "same"]


def _check_mechanism(name: str) -> str:
    if name not in VARIABLE:
        said = suggestion(name, VARIABLE)
        if "did you mean" not in said:
            said = f"; it can vary {', '.join(VARIABLE)}"
        msg = f"the model has no {name!r} that could be varied{said}"
        raise ValueError(msg)
    return name


class Circumstances(Frozen):
    """Where a claim should hold: a scenario, with settings of its own."""

    scenario: str
    """A scenario of the library, or a file beside this one."""
    set: tuple[str, ...] = ()
    """Settings, as after `--set`: dials.documentation=0."""
    why: str = ""
    """What these circumstances are in the world."""


class Factor(Frozen):
    """One thing that is varied, at two levels or more."""

    levels: dict[Name, tuple[str, ...]]
    """The levels by name, each a list of settings as after `--set`; an empty list is the scenario as it stands."""
    weights: dict[Name, Annotated[float, Field(ge=-10, le=10, allow_inf_nan=False)]] = Field(
        default_factory=dict
    )
    """What is held against what: a weight per level, adding up to 0. With two levels: the last less the first."""

    @model_validator(mode="after")
    def _holds_something_against_something(self) -> Self:
        if len(self.levels) < 2:
            found = "one level" if self.levels else "no level"
            msg = f"a contrast needs at least two levels, found {found}"
            raise ValueError(msg)
        if not self.weights and len(self.levels) > 2:
            msg = f"with {len(self.levels)} levels, weights must say what is held against what"
            raise ValueError(msg)
        for name in self.weights:
            if name not in self.levels:
                msg = f"weights name {name!r}, which is no level{suggestion(name, self.levels)}"
                raise ValueError(msg)
        if self.weights and (abs(fsum(self.weights.values())) > 1e-9 or not any(self.weights.values())):
            msg = "weights must add up to 0, with at least two that are not 0"
            raise ValueError(msg)
        return self

    def weight(self, level: str) -> float:
        """The weight of a level in the contrast."""
        if self.weights:
            return self.weights.get(level, 0.0)
        first, last = self.levels
        return {first: -1.0, last: 1.0}[level]


class Experiment(Frozen):
    """What is varied in which circumstances, and what is observed."""

    says: str
    """What it is about, in a sentence."""
    source: str
    """Where it comes from."""
    context: Circumstances
    """Where: a scenario and settings."""
    mechanism: Annotated[tuple[Annotated[str, AfterValidator(_check_mechanism)], ...], Field(min_length=1)]
    """Through what: which of the six mechanisms, or which property of sessions or people, is varied."""
    factors: Annotated[dict[Name, Factor], Field(min_length=1, max_length=3)]
    """What is varied. One factor is a difference; two are a difference of differences: an interaction."""
    outcome: str
    """What is observed at the end, by the name of an outcome."""
    whom: str = "all"
    """In whom: everybody, a group, or those who face a barrier (travel, digital, schedule, communication)."""
    beside: tuple[str, ...] = ()
    """Further outcomes, shown beside and not judged."""
    smallest: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    """The smallest effect of interest, in the unit of the outcome: anything less would change nobody's mind."""

    @model_validator(mode="after")
    def _varies_what_it_names(self) -> Self:
        unnamed = [name for name in self.dialled() if name not in self.mechanism]
        if unnamed and len(unnamed) < len(MECHANISMS):
            msg = (
                f"mechanism: the levels vary {' and '.join(unnamed)}, which is not named; name what is varied"
            )
            raise ValueError(msg)
        words = set(re.findall(r"[a-z_]+", " ".join((*self.factors, *self._settings()))))
        if (
            not any(name in words or PROXIES.get(name, set()) & words for name in self.mechanism)
            and not self.dialled()
        ):
            msg = f"mechanism: the levels vary nothing of {' or '.join(self.mechanism)}; name what is varied"
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _is_not_judged_by_what_holds_the_mechanism(self) -> Self:
        held = [
            name for name in (*self.mechanism, *self.dialled()) if name in ("interpretation", "understanding")
        ]
        if self.outcome == "informed_agreement" and held:
            msg = (
                f"outcome: informed_agreement holds understanding in its formula, so that a claim about {held[0]} would "
                "be true by definition; agreement or understanding would do"
            )
            raise ValueError(msg)
        return self

    def _settings(self) -> list[str]:
        return [
            line for factor in self.factors.values() for lines in factor.levels.values() for line in lines
        ]

    def dialled(self) -> tuple[str, ...]:
        """Which of the six mechanisms the levels turn up or down, by their dials."""
        turned = " ".join(re.findall(r"dials\.([a-z_*]+) *=", " ".join(self._settings())))
        return MECHANISMS if "*" in turned else tuple(name for name in MECHANISMS if name in turned.split())

    def cells(self) -> dict[tuple[str, ...], float]:
        """The combinations of levels, with the weight of each in the contrast; those of weight 0 are left out."""
        combinations = itertools.product(*(factor.levels for factor in self.factors.values()))
        weighed = {
            levels: prod(
                factor.weight(level) for factor, level in zip(self.factors.values(), levels, strict=True)
            )
            for levels in combinations
        }
        return {levels: weight for levels, weight in weighed.items() if weight}


class Claim(Experiment):
    """What a theory says would come out."""

    expected: Direction
    """The direction of the effect; `same` claims that there is none to speak of."""
    kind: Literal["emergent", "by_construction"]
    """Emergent: the model could say otherwise. By construction: a rule of the model says so, and the test verifies the rule."""
    rule: str = ""
    """For what holds by construction: the file of the rule."""

    @model_validator(mode="after")
    def _names_its_rule(self) -> Self:
        if (self.kind == "by_construction") != bool(self.rule):
            msg = (
                "rule: what holds by construction names the file of its rule, as in sim/mechanisms/dialogue.py"
                if not self.rule
                else "rule: an emergent claim has no rule that makes it true; leave it out, or say by_construction"
            )
            raise ValueError(msg)
        if self.rule and not (ROOM.parent / self.rule).is_file():
            msg = f"rule: there is no file {self.rule!r} in the model; one such as sim/mechanisms/dialogue.py would do"
            raise ValueError(msg)
        return self


class Pattern(Experiment):
    """An experiment on which theories are held against each other."""

    reported: Direction | None = None
    """What studies of real processes report, if anything."""
    reported_by: str = ""
    """Which studies, and how sure they are."""


class _Kept(Frozen):
    """Data that remembers where in a file it was written."""

    _places: Places | None = PrivateAttr(default=None)
    _folder: Path | None = PrivateAttr(default=None)

    def mistake(self, path: tuple[str, ...], sentence: str) -> ScenarioError:
        """A mistake with its place in the file, to be raised."""
        if self._places is None:
            return ScenarioError(f"{'.'.join(path)}: {sentence}")
        return ScenarioError(self._places.told([(path, sentence)])[0])

    def digest(self) -> str:
        """A hash of all that it says."""
        said = self.model_dump(mode="json")
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]


class Theory(_Kept):
    """A programme theory: claims that can fail, and predictions on shared patterns."""

    name: Name = "unnamed"
    """The key of the theory; the file's name if left out."""
    title: str
    """What a reader calls the theory."""
    about: str = ""
    """What it says, in a few sentences."""
    source: str
    """Where it comes from."""
    claims: Annotated[dict[Name, Claim], Field(min_length=1, max_length=200)]
    """What it claims, by name."""
    predictions: dict[Name, Direction] = Field(default_factory=dict)
    """What it predicts for patterns that theories are held against each other on, by name of the pattern."""

    def designs(self, claim: str) -> dict[tuple[str, ...], Scenario]:
        """The scenario of each combination of levels of a claim."""
        return _designs(self, ("claims", claim), self.claims[claim])


class Patterns(_Kept):
    """Experiments on which several theories are held against each other."""

    name: Name = "unnamed"
    """The key of these patterns; the file's name if left out."""
    title: str
    """What a reader calls them."""
    about: str = ""
    """Where they come from."""
    patterns: Annotated[dict[Name, Pattern], Field(min_length=1, max_length=200)]
    """The experiments, by name."""

    def designs(self, pattern: str) -> dict[tuple[str, ...], Scenario]:
        """The scenario of each combination of levels of a pattern."""
        return _designs(self, ("patterns", pattern), self.patterns[pattern])


def theories() -> tuple[str, ...]:
    """Names of the programme theories in the library, in alphabetical order."""
    return tuple(sorted(file.stem for file in THEORIES.glob("*.toml")))


def theory(source: str | os.PathLike[str]) -> Theory:
    """A programme theory from the library or from a file.

    Raises
    ------
    ScenarioError : with every mistake in a sentence of its own, one a line: file, line, key path, what was found and
        what would do.
    """
    return _kept(source, Theory, THEORIES, "theory", "a theory needs a title, a source and claims")


def patterns(source: str | os.PathLike[str]) -> Patterns:
    """Patterns from the library or from a file.

    Raises
    ------
    ScenarioError : as for theories.
    """
    return _kept(source, Patterns, PATTERNS, "set of patterns", "it needs a title and patterns")


def mistakes_in(source: str | os.PathLike[str]) -> tuple[str, ...] | None:
    """The mistakes in a theory or a set of patterns, a sentence each; None if it is neither.

    What is varied is looked at too: every design of every claim is put together.
    """
    reader = _reader(source)
    if reader is None:
        return None
    try:
        held = reader(source)
    except ScenarioError as mistake:
        return tuple(str(mistake).split("\n"))
    found = []
    for name in held.claims if isinstance(held, Theory) else held.patterns:
        try:
            held.designs(name)
        except ScenarioError as mistake:
            found.append(str(mistake))
    return tuple(found)


def _reader(source: str | os.PathLike[str]) -> Callable[[str | os.PathLike[str]], Theory | Patterns] | None:
    """What reads a source: by its place in the library, or by the tables that a file begins with."""
    if source in theories():
        return theory
    if source in {file.stem for file in PATTERNS.glob("*.toml")}:
        return patterns
    try:
        heads = {path[0] for path in lines(Path(source).read_text(encoding="utf-8"))}
    except (OSError, ValueError):
        return None
    return theory if "claims" in heads else patterns if "patterns" in heads else None


Kept = TypeVar("Kept", bound=_Kept)


def _kept(source: str | os.PathLike[str], model: type[Kept], library: Path, what: str, needs: str) -> Kept:
    file = files.found(source, library, what)
    label = files.display(file)
    text = files.text_of(file, f"a {what}")
    table = files.table_of(text, label, needs)
    table.setdefault("name", slug(file.stem))
    places = Places((files.Source(label, table, text),), table)
    result, error = None, None
    try:
        result = model.model_validate(table)
    except ValidationError as found:
        error = found
    if result is None or any(mistakes.misplaced(table, Kind(model))):
        raise ScenarioError(mistakes.message(mistakes.sentences(table, error, places, Kind(model))))
    result._places, result._folder = places, file.parent
    return result


def _designs(
    kept: Theory | Patterns, path: tuple[str, ...], experiment: Experiment
) -> dict[tuple[str, ...], Scenario]:
    """The scenario of each cell of an experiment; what cannot be varied is refused with the place and the reason."""
    context = experiment.context
    _scenario(kept, (*path, "context"), context.scenario, context.set)  # a mistake there is told there
    made: dict[tuple[str, ...], Scenario] = {}
    for levels in experiment.cells():
        settings = list(context.set)
        for (name, factor), level in zip(experiment.factors.items(), levels, strict=True):
            place = (*path, "factors", name, "levels", level)
            settings += factor.levels[level]
            made[levels] = _scenario(kept, place, context.scenario, tuple(settings))
    same = _two_that_are_one(made)
    if same is not None:
        one, other = (" and ".join(levels) for levels in same)
        raise kept.mistake(
            (*path, "factors"),
            f"a contrast with one level: {one!r} and {other!r} are the same process, so that nothing is varied",
        )
    return made


def _two_that_are_one(
    made: dict[tuple[str, ...], Scenario],
) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    known: dict[str, tuple[str, ...]] = {}
    for levels, scenario in made.items():
        twin = known.setdefault(scenario.digest(), levels)
        if twin != levels:
            return twin, levels
    return None


def _scenario(
    kept: Theory | Patterns, place: tuple[str, ...], source: str, settings: tuple[str, ...]
) -> Scenario:
    try:
        return _loaded(source, settings, kept._folder)
    except ScenarioError as mistake:
        raise kept.mistake(place, str(mistake).split("\n")[0]) from None


@cache
def _loaded(source: str, settings: tuple[str, ...], folder: Path | None) -> Scenario:
    from scenarios import load

    here = files.path(source, folder if source not in files.names() else None)
    return load(here, set=settings)
