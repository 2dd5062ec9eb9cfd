"""What this server takes on for one visitor: much on one's own computer, less where a class shares it.

The numbers are judgement. A person in a session costs some 10 microseconds of one core, so the work allowed for one design
on a shared server keeps it busy for about 5 seconds, and on one's own computer for about half an hour.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sim import Scenario

MB: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What one server allows.

    Attributes
    ----------
    shared : do others than the one who started it have access?
    visitors : browsers that it holds at a time.
    tabs : pages that one of them may have open.
    people : people in one scenario.
    replicates : worlds in which one design is run.
    work : people x sessions x worlds of one design.
    upload : bytes of a file that is loaded.
    idle : seconds for which a page that lost its connection is kept.
    """

    shared: bool
    people: int
    replicates: int
    work: int
    visitors: int = 60
    tabs: int = 12
    upload: int = MB // 4
    idle: int = 600

    @classmethod
    def alone(cls) -> Limits:
        """For one person on their own computer: what can be watched, and what one would wait for."""
        return cls(shared=False, people=10_000, replicates=100_000, work=200_000_000)

    @classmethod
    def together(cls) -> Limits:
        """For a class or a meeting on one laptop: nobody waits long for what others do."""
        return cls(shared=True, people=500, replicates=1_000, work=500_000)

    def refuse(self, scenario: Scenario, replicates: int = 1) -> None:
        """Refuse a design that is more than this server takes on.

        Parameters
        ----------
        scenario : what somebody wants to run.
        replicates : in how many worlds.

        Raises
        ------
        TooBigError : one sentence with the reason and what would do.
        """
        from sim import TooBigError

        people, sessions = scenario.people, len(scenario.sessions)
        each = people * sessions
        if people > self.people:
            asked, most = f"{people:,} people", f"at most {self.people:,}"
        elif each > self.work:
            asked, most = f"{people:,} people in {_count(sessions, 'session')}", "not even in one world"
        elif replicates > self.replicates or each * replicates > self.work:
            asked = f"{people:,} people in {_count(sessions, 'session')} and {_count(replicates, 'world')}"
            most = f"at most {_count(min(self.replicates, self.work // each), 'world')}"
        else:
            return
        here = "this server, which is shared, runs for one visitor" if self.shared else "this page runs"
        msg = f"{scenario.name}: {asked} are more than {here} ({most}); `coprod run` on your own computer takes more"
        raise TooBigError(msg)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


_current = Limits.alone()


def current() -> Limits:
    """What the server of this process allows; what one's own computer does, where there is no server."""
    return _current


def impose(limits: Limits) -> None:
    """From now on, this is what the server of this process allows."""
    global _current
    _current = limits


def refuse(scenario: Scenario, replicates: int = 1) -> None:
    """Refuse what is more than the server of this process takes on; see `Limits.refuse`."""
    _current.refuse(scenario, replicates)
