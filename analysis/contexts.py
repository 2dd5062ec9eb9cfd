"""The circumstances in which a process takes place, as dimensions that can be varied: what realist evaluation calls context.

A dimension changes a scenario in one respect (how high the digital barrier is, how far the powerful are from the others)
and leaves the rest as it is. A space is the dimensions that make sense for a scenario; a point of it is one set of
circumstances. The behavioural constants of `sim/parameters.py` are dimensions too: of what the model assumes, not of the
world.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
from pydantic import ValidationError

import sim
from sim import ScenarioError

if TYPE_CHECKING:
    import pandas as pd

    from sim import Scenario

Table = dict[str, Any]
Value = float | str
Kind = Literal["context", "parameter", "assumption"]

HIGHEST_BARRIER: Final = 0.9  # at 1 nobody could come, and there would be nothing to observe
LEAST_POWER: Final = 0.05
SIZES: Final = (0.5, 3.0)
ENGAGED: Final = (0.4, 0.9)  # who is hardly engaged does not accept an invitation
A_SWITCH: Final = "it switches on a mechanism that is off unless the scenario asks for it"
SUPPORTED: Final = ("travel", "digital", "schedule", "communication")


class StoppedError(Exception):
    """Somebody asked for a study to stop before it was done."""


@dataclass(frozen=True)
class Dimension:
    """One respect in which circumstances differ."""

    name: str
    """What it is called on the command line and in tables."""
    label: str
    """What a sentence calls it."""
    meaning: str
    """What a value of it is in the world."""
    low: float
    """The least value."""
    high: float
    """The largest value."""
    lay: Callable[[Table, Any], None]
    """Lays a value onto a scenario's table."""
    kinds: tuple[str, ...] = ()
    """The kinds that it comes in, where it is no number; `low` and `high` then count them."""
    of: Kind = "context"
    """Does it belong to the world, to the table of behavioural constants, or to how the model reads the grid?"""

    def value(self, share: float) -> Value:
        """The value that lies at some share of the range, between 0 and 1."""
        if self.kinds:
            return self.kinds[min(int(share * len(self.kinds)), len(self.kinds) - 1)]
        return self.low + share * (self.high - self.low)


@dataclass(frozen=True)
class Space:
    """The dimensions that are varied together, and those that were asked for but make no sense here."""

    dimensions: tuple[Dimension, ...]
    left_out: Mapping[str, str]
    """Name of a dimension -> why it is not varied."""

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the dimensions, in order."""
        return tuple(dimension.name for dimension in self.dimensions)

    def __getitem__(self, name: str) -> Dimension:
        """The dimension of some name."""
        return next(dimension for dimension in self.dimensions if dimension.name == name)

    def only(self, names: Iterable[str]) -> Space:
        """The same space with some of its dimensions alone.

        Raises
        ------
        ScenarioError : there is no such dimension, or it makes no sense here.
        """
        wanted = list(dict.fromkeys(names))
        for name in wanted:
            if name in self.left_out:
                raise ScenarioError(f"{name} cannot be varied here: {self.left_out[name]}")
            if name not in self.names:
                known = ", ".join(
                    dimension.name for dimension in self.dimensions if dimension.of == "context"
                )
                raise ScenarioError(f"there is no dimension {name!r} of context; known are {known}")
        return Space(tuple(self[name] for name in wanted), {})

    def points(self, units: np.ndarray) -> pd.DataFrame:
        """Points of the unit cube, shape (P, D), as values of the dimensions: a row each."""
        import pandas as pd

        columns = {
            dimension.name: [dimension.value(share) for share in column]
            for dimension, column in zip(self.dimensions, units.T, strict=True)
        }
        return pd.DataFrame(columns)

    def spread(self, count: int, seed: int) -> pd.DataFrame:
        """Points that fill the space evenly: a Latin hypercube, so that each dimension is covered in `count` steps."""
        from scipy.stats import qmc

        return self.points(qmc.LatinHypercube(len(self.dimensions), rng=seed).random(count))

    def at(self, scenario: Scenario, point: Mapping[Any, Any]) -> Scenario:
        """A scenario in the circumstances of a point.

        Raises
        ------
        ScenarioError : nothing can be simulated there.
        """
        table = scenario.model_dump()
        for name, value in point.items():
            self[name].lay(table, value)
        try:
            return type(scenario).model_validate(table)
        except ValidationError as error:
            said = str(error.errors()[0]["msg"]).removeprefix("Value error, ")
            raise ScenarioError(f"{scenario.name}: {said}") from None

    def change(self, point: Mapping[Any, Any]) -> Callable[[Scenario], Scenario]:
        """The change that puts any scenario into the circumstances of a point."""
        return lambda scenario: self.at(scenario, point)


def context(scenario: Scenario) -> Space:
    """The context space of a scenario: barriers, people, power, conflict, facilitation, notes, size, time and space."""
    left_out = dict(_senseless(scenario))
    return Space(tuple(d for d in _contexts(scenario) if d.name not in left_out), left_out)


def of_contrast(scenarios: Sequence[Scenario]) -> Space:
    """The context space around designs that are compared: what the designs themselves differ in is not varied over them."""
    space = context(scenarios[0])
    contrast = {key for other in scenarios[1:] for key in _differing(scenarios[0], other)}
    taken = {
        dimension.name: "it is what the designs of the claim differ in"
        for dimension in space.dimensions
        if any(contrast & _touched(dimension, scenario) for scenario in scenarios)
    }
    kept = tuple(dimension for dimension in space.dimensions if dimension.name not in taken)
    return Space(kept, {**space.left_out, **taken})


def assumptions(scenario: Scenario) -> Space:
    """What the model assumes: every behavioural constant over its plausible range, and the reading of the grid."""
    left_out = dict(_idle(scenario))
    constants = tuple(
        Dimension(
            parameter.name,
            parameter.name,
            parameter.meaning,
            float(parameter.plausible[0]),
            float(parameter.plausible[1]),
            lay=_constant(parameter.name),
            of="parameter",
        )
        for parameter in sim.PARAMETERS
        if parameter.name not in left_out
    )
    readings = ("media", "diagonal", "vertical")
    reading = Dimension(
        "reading", "the reading of the grid", "how interaction and fidelity depend on space", 0, 2,
        lay=lambda table, value: table.update(fidelity=value), kinds=readings, of="assumption",
    )  # fmt: skip
    return Space((*constants, reading), left_out)


def _idle(scenario: Scenario) -> Iterator[tuple[str, str]]:
    """Constants that are not varied over a scenario, and why."""
    on_platforms = any(session.platform is not None for session in scenario.sessions.values())
    for parameter in sim.PARAMETERS:
        if not parameter.sampled:
            yield parameter.name, A_SWITCH
        elif parameter.platform and not on_platforms:
            yield parameter.name, "no session of this process is carried by a platform"


def everything(scenario: Scenario) -> Space:
    """What the model assumes and the context together."""
    around, within = context(scenario), assumptions(scenario)
    return Space((*within.dimensions, *around.dimensions), {**within.left_out, **around.left_out})


def _contexts(scenario: Scenario) -> Iterator[Dimension]:
    for barrier in SUPPORTED:
        yield Dimension(
            barrier, f"the {barrier} barrier", "chance that it stops anybody who meets it, before any support",
            0.0, HIGHEST_BARRIER, lay=_barrier(barrier),
        )  # fmt: skip
    yield Dimension(
        "facilitation", "facilitation", "how far a facilitator evens out the floor, in every session", 0.0, 1.0,
        lay=_in_every_session("facilitation"),
    )  # fmt: skip
    yield Dimension(
        "scribe", "note-taking", "nobody writes (0) to a full-time scribe (1), in every session", 0.0, 1.0,
        lay=_in_every_session("scribe"),
    )  # fmt: skip
    for trait, label, meaning, low, high in (
        ("openness", "openness", "mean willingness to learn from what is heard", 0.1, 0.9),
        ("trust", "trust", "mean trust in the groups at the start", 0.1, 0.9),
        ("engagement", "engagement at the start", "mean investment in the process at the start", *ENGAGED),
    ):
        yield Dimension(trait, label, meaning, low, high, lay=_mean_of(trait))
    yield Dimension(
        "power_gap", "the power gap", "power of the most powerful group minus that of the least", 0.0,
        _widest_gap(scenario), lay=_power_gap,
    )  # fmt: skip
    yield Dimension(
        "conflict", "conflict", "how far apart the groups' views start, as a multiple of the scenario's", 0.0,
        _most_conflict(scenario), lay=_conflict,
    )  # fmt: skip
    yield Dimension(
        "size", "group size", "people invited, as a multiple of the scenario's", *SIZES, lay=_size
    )
    yield Dimension("time", "time", "when people meet: same, blended or different", 0, 2, _cell(0), sim.TIMES)
    yield Dimension(
        "space", "space", "where people meet: same, blended or distributed", 0, 2, _cell(1), sim.SPACES
    )


def _senseless(scenario: Scenario) -> Iterator[tuple[str, str]]:
    """Dimensions that a scenario gives no meaning to, and why."""
    if scenario.preset == "eaa_only":
        yield "power_gap", "the preset eaa_only gives everybody the same power"
        yield "trust", "the preset eaa_only fixes trust"
    elif _gap(scenario.model_dump()) < 0.01:
        yield "power_gap", "all groups have the same power, so that there is no gap to widen"
    if _most_conflict(scenario) == 0:
        yield "conflict", "no group starts with a view of its own, so that there is nothing to widen"


# ---- what a value changes in a scenario's table --------------------------------------------------------------------


def _constant(name: str) -> Callable[[Table, Any], None]:
    def lay(table: Table, value: Any) -> None:
        table["parameters"] = {**table["parameters"], name: float(value)}

    return lay


def _barrier(name: str) -> Callable[[Table, Any], None]:
    def lay(table: Table, value: Any) -> None:
        for group in table["groups"].values():
            group["barriers"][name] = {"level": float(value), "share": 1.0}

    return lay


def _in_every_session(field: str) -> Callable[[Table, Any], None]:
    def lay(table: Table, value: Any) -> None:
        for session in table["sessions"].values():
            session[field] = float(value)

    return lay


def _mean_of(trait: str) -> Callable[[Table, Any], None]:
    """Moves every group towards the end of the range, so far that the mean over people is what was asked for."""

    def lay(table: Table, value: Any) -> None:
        groups = list(table["groups"].values())
        people = sum(group["size"] for group in groups)
        mean = sum(group["size"] * group[trait]["mean"] for group in groups) / people
        moved = _towards(mean, float(value))
        for group in groups:
            traits = [group[trait], *(group["trust_in"].values() if trait == "trust" else ())]
            for one in traits:
                one["mean"] = min(1.0, max(0.0, moved(one["mean"])))

    return lay


def _towards(mean: float, wanted: float) -> Callable[[float], float]:
    """The map of [0, 1] onto itself that keeps order and brings a mean to where it is wanted."""
    if wanted >= mean:
        share = (wanted - mean) / (1 - mean) if mean < 1 else 0.0
        return lambda x: x + (1 - x) * share
    return lambda x: x * wanted / mean


def _powers(table: Table) -> list[float]:
    return [group["power"]["mean"] for group in table["groups"].values()]


def _gap(table: Table) -> float:
    return max(_powers(table)) - min(_powers(table))


def _widest_gap(scenario: Scenario) -> float:
    """The widest gap at which every group's power still lies in its range, with the mean where it is."""
    table = scenario.model_dump()
    powers, gap = _powers(table), _gap(table)
    if gap < 0.01:
        return 0.0
    mean = sum(powers) / len(powers)
    above, below = (1 - mean) / (max(powers) - mean), (mean - LEAST_POWER) / (mean - min(powers))
    return math.floor(100 * gap * max(1.0, min(above, below))) / 100


def _power_gap(table: Table, value: Any) -> None:
    powers, gap = _powers(table), _gap(table)
    if gap == 0:
        return
    mean = sum(powers) / len(powers)
    for group, power in zip(table["groups"].values(), powers, strict=True):
        group["power"]["mean"] = min(1.0, max(0.01, mean + (power - mean) * float(value) / gap))


def _most_conflict(scenario: Scenario) -> float:
    """The largest multiple of the views at the start that stays in their range; 0 where there are none."""
    if len(scenario.groups) < 2:
        return 0.0
    furthest = max(
        (abs(view.mean) for group in scenario.groups.values() for view in group.views.values()), default=0
    )
    return min(2.0, math.floor(100 / furthest) / 100) if furthest > 0 else 0.0


def _conflict(table: Table, value: Any) -> None:
    for group in table["groups"].values():
        for view in group["views"].values():
            view["mean"] = min(1.0, max(-1.0, view["mean"] * float(value)))


def _size(table: Table, value: Any) -> None:
    for group in table["groups"].values():
        group["size"] = max(1, round(group["size"] * float(value)))


def _cell(part: int) -> Callable[[Table, Any], None]:
    def moved(cell: str, value: str) -> str:
        parts = cell.split("/")
        parts[part] = value
        return "/".join(parts)

    def lay(table: Table, value: Any) -> None:
        if table["setting"] is not None:
            table["setting"] = moved(table["setting"], value)
        for session in table["sessions"].values():
            session["setting"] = moved(session["setting"], value)
            if session["setting"].startswith("same/"):
                session["platform"] = None  # nobody comes later, whom it could carry
        platforms = [session["platform"] for session in table["sessions"].values() if session["platform"]]
        if not any(platform["readers"] == "followers" for platform in platforms):
            table["follows"] = None

    return lay


# ---- what a change touches -----------------------------------------------------------------------------------------


def _leaves(table: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    if isinstance(table, Mapping):
        for key, value in table.items():
            yield from _leaves(value, (*path, str(key)))
    else:
        yield path, table


def _parts(scenario: Scenario) -> dict[tuple[str, ...], Any]:
    """What shapes the result, by key path."""
    texts = {"name", "title", "description", "base", "provenance", "templates"}
    parts = dict(_leaves(scenario.model_dump(exclude=texts)))
    parts.pop(("setting",), None)  # it stands for the cells of all sessions, which follow
    for session in scenario.sessions:
        parts["sessions", session, "setting"] = scenario.cell(session)
    return parts


def _differing(one: Scenario, other: Scenario) -> set[tuple[str, ...]]:
    first, second = _parts(one), _parts(other)
    return {key for key in first.keys() | second.keys() if first.get(key) != second.get(key)}


def _touched(dimension: Dimension, scenario: Scenario) -> set[tuple[str, ...]]:
    """What a dimension changes in a scenario, at one end of its range or the other."""
    space = Space((dimension,), {})
    touched = set()
    for share in (0.0, 0.5, 1.0):
        try:
            touched |= _differing(scenario, space.at(scenario, {dimension.name: dimension.value(share)}))
        except ScenarioError:
            continue
    return touched
