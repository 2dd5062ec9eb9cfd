"""What a sentence rests on: lines of the event log, replays, worlds, shares, or a field of the scenario.

Every figure that a sentence names stands in its evidence, so that it can be looked up or reckoned again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from analysis.report import words

if TYPE_CHECKING:
    import pandas as pd

    from analysis.explaining.replays import Replay
    from sim import Event, Scenario

MOST_LINES: Final = 20  # lines named one by one; `where` finds the rest
COLUMNS: Final = (
    "line", "session", "kind", "actor", "person", "group", "about", "issue", "channel", "value", "divergent",
)  # fmt: skip


@dataclass(frozen=True)
class Sentence:
    """A sentence of the account, and what it rests on."""

    says: str
    evidence: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class Seen:
    """Lines of the event log that answer a question."""

    where: Mapping[str, tuple[Any, ...]]
    """The question: for some columns, the values that will do."""
    lines: tuple[int, ...]
    actors: frozenset[int]
    values: tuple[float, ...]

    @property
    def count(self) -> int:
        """How many lines there are; 0 is an answer too."""
        return len(self.lines)

    @property
    def mean(self) -> float | None:
        """The mean of their values, over lines that have one."""
        return sum(self.values) / len(self.values) if self.values else None

    def evidence(self, **more: Any) -> dict[str, Any]:
        """The lines as evidence: the question, how many lines of how many persons, and the first of them."""
        where = {
            column: list(values)[:MOST_LINES] if column == "actor" else list(values)
            for column, values in self.where.items()
        }
        return {
            "events": where,
            "count": self.count,
            "persons": len(self.actors),
            "lines": list(self.lines[:MOST_LINES]),
            **more,
        }


class EventLog:
    """The event log of one run, asked by columns.

    Parameters
    ----------
    scenario : what was run.
    events : its lines, in order; the first is number 1.
    """

    def __init__(self, scenario: Scenario, events: list[Event]) -> None:
        self.scenario, self.events = scenario, events
        self.names = words.Names(scenario)

    @cached_property
    def _by_kind(self) -> dict[str, list[tuple[int, Event]]]:
        found: dict[str, list[tuple[int, Event]]] = {}
        for number, event in enumerate(self.events, start=1):
            found.setdefault(event.kind, []).append((number, event))
        return found

    def seen(self, *kinds: str, **columns: Any) -> Seen:
        """Lines of some kinds whose columns have certain values (one, or any of several)."""
        sought = {name: _several(values) for name, values in columns.items()}
        within = {name: set(values) for name, values in sought.items()}
        lines = sorted(
            (number, event)
            for kind in kinds
            for number, event in self._by_kind.get(kind, ())
            if all(getattr(event, name) in values for name, values in within.items())
        )
        return Seen(
            where={"kind": kinds, **sought},
            lines=tuple(number for number, _ in lines),
            actors=frozenset(event.actor for _, event in lines if event.actor >= 0),
            values=tuple(event.value for _, event in lines if event.value is not None),
        )

    def rows(self, lines: Any) -> list[dict[str, Any]]:
        """Some lines as tables show them."""
        return [self._row(number, self.events[number - 1]) for number in sorted(lines)]

    def frame(self) -> pd.DataFrame:
        """All lines, as a table."""
        import pandas as pd

        rows = [self._row(number, event) for number, event in enumerate(self.events, start=1)]
        return pd.DataFrame(rows, columns=list(COLUMNS))

    def _row(self, number: int, event: Event) -> dict[str, Any]:
        person = self.names.short(event.actor) if event.actor >= 0 else None
        return {"line": number, "person": person, **event._asdict()}


def _several(values: Any) -> tuple[Any, ...]:
    return tuple(values) if isinstance(values, list | tuple | set | frozenset) else (values,)


def given(field: str, value: Any) -> dict[str, Any]:
    """A field of the scenario as evidence."""
    return {"scenario": field, "value": value}


def replayed(replay: Replay) -> dict[str, Any]:
    """A replay as evidence."""
    return {
        "replay": replay.switch.key,
        "set": list(replay.switch.changes),
        "value": replay.value,
        "difference": replay.difference,
        "consensus": replay.consensus,
        "worlds": dict(replay.worlds),
        "likewise": replay.likewise,
        "reached": replay.reached,
    }
