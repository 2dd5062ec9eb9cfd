"""What people have in common on a platform, as a page shows it: entries in threads, the feed, who has read what.

A feed may rank a thousand entries and a run may hold ten thousand; a page draws the top of each feed, and says how many
it leaves out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from analysis.replay.sampling import evenly
from analysis.report import platforms, words

if TYPE_CHECKING:
    from analysis.report.story import Scene
    from sim import CoProduction

MOST_ROWS: Final = 60  # entries of one feed that are drawn (judgement: nobody scrolls further)
MOST_ENTRIES: Final = 600  # that a document holds even where no feed shows them, for what is said of a person
MOST_NAMED: Final = 30  # others who are named as followed by somebody, or as following
MOST_GROUPS: Final = 8  # whose attention to one another fits into a picture
READINGS: Final = 12  # moments in which people read
NOTED, DIVERGENT = 1, 2  # flags of an entry

Table = dict[str, Any]


class Commons:
    """Follows a run, and tells of each session what its platform shows.

    Parameters
    ----------
    model : the run, with its log.
    people : who is drawn.
    """

    def __init__(self, model: CoProduction, people: Sequence[int]) -> None:
        self.model, self.scenario = model, model.scenario
        self.drawn = set(people)
        self.names = words.Names(model.scenario)
        self.there = platforms.has_one(model.scenario)
        self.reads: list[np.ndarray] = []  # after each session, how many have read each entry
        self.rows: list[int] = []  # of the latest session's feed
        self.shown: set[int] = set()

    def after(self, scene: Scene) -> Table:
        """What the feed of a session that was held shows; nothing where no platform carries it."""
        if not self.there:
            return {}
        arrays, end = self.model.state.commons, int(self.model.state.record.length[0])
        self.reads.append(np.array(arrays.reads[:end]))
        platform = self.scenario.sessions[scene.session].platform
        self.rows = []
        if platform is None or not any(
            (event.channel or "").startswith("later") for event in scene.of("came")
        ):
            return {}
        ranked = platform.ranks()
        pool = [int(e) for e in arrays.ranked[: int(arrays.feed[0])]] if ranked else list(range(end))
        self.rows = pool[:MOST_ROWS] if ranked else self._read_on(scene, pool)
        self.shown |= {one for e in self.rows for one in self._with_ancestors(e)}
        feed: Table = {
            "kind": platforms.kind(self.scenario, scene.session),
            "says": platforms.described(self.scenario, scene.session),
            "order": platforms.ORDER[platform.order],
            "readers": platforms.READERS[platform.readers],
            "followers": platform.readers == "followers",
            "ranked": ranked,
            "hidden": platform.anonymity,
            "first": end - sum((event.channel or "").startswith("later") for event in scene.of("noted")),
            "rows": self.rows,
            "more": len(pool) - len(self.rows),
            "sunk": end - len(pool),
            "taken": self._taken_down(scene),
        }
        if len(self.scenario.groups) <= MOST_GROUPS:
            feed |= self._attention(scene, pool)
        return {"feed": feed}

    def _read_on(self, scene: Scene, pool: Sequence[int]) -> list[int]:
        """Where everybody reads on from where they stopped: the latest entries, and of the others those read by most."""
        half = len(pool) - MOST_ROWS // 2 if len(pool) > MOST_ROWS else 0
        counts = Counter(scene.read[scene.read < half].tolist())
        read = sorted(e for e, _ in counts.most_common(MOST_ROWS // 2))
        return [*read, *pool[half:]]

    def _with_ancestors(self, e: int) -> Iterator[int]:
        while e >= 0:
            yield e
            e = int(self.model.state.commons.parent[e])

    def _taken_down(self, scene: Scene) -> list[list[Any]]:
        """Answers that a moderator took down: which post of the session, by whom, on what, to which entry."""
        gone, posts = [], -1
        for event in scene.events:
            posts += event.kind == "wrote"
            if event.kind == "taken_down":
                assert event.value is not None
                group, issue = self._group(event.actor), self._issue(event.issue)
                gone.append([posts, event.actor, self.names.short(event.actor), group, issue,
                             round(event.value, 2), event.about])  # fmt: skip
        return gone

    def _attention(self, scene: Scene, pool: Sequence[int]) -> Table:
        """What each group has read of each other one in this session, and whose entries there were to be read."""
        groups, group = len(self.scenario.groups), np.asarray(self.model.people.group)
        authors = group[np.asarray(self.model.state.record.author)]
        read = np.zeros((groups, groups), int)
        np.add.at(read, (group[scene.readers], authors[scene.read]), 1)
        written = np.bincount(authors[list(pool)], minlength=groups) if pool else np.zeros(groups, int)
        return {"attention": read.tolist(), "written": written.tolist()}

    # ---- moments -------------------------------------------------------------------------------------------------

    def reading(self, scene: Scene) -> Iterator[Table]:
        """People read, some in each moment: who which of the entries that are drawn, and how many each entry got."""
        place = np.full(int(self.model.state.record.length[0]) + 1, -1)
        place[self.rows] = np.arange(len(self.rows))
        rows = place[scene.read]  # -1: read, and not drawn
        people, first = np.unique(scene.readers, return_index=True)
        ends = np.append(first, len(rows))  # everybody reads all that they read in one go
        clashes: dict[int, list[Any]] = {}
        for event in scene.of("clashed"):
            clashes.setdefault(event.actor, []).append([self.names.short(event.actor), event.about])
        for batch in evenly(range(len(people)), READINGS):
            here = rows[ends[batch[0]] : ends[batch[-1] + 1]]
            reads = [
                [int(people[n]), int(ends[n + 1] - ends[n]), self._drawn_of(rows[ends[n] : ends[n + 1]])]
                for n in batch
                if int(people[n]) in self.drawn
            ]
            got = np.bincount(here[here >= 0], minlength=len(self.rows)).tolist()
            clashed = [pair for n in batch for pair in clashes.get(int(people[n]), ())]
            moment: Table = {
                "is": "take",
                "readers": len(batch),
                "entries": len(rows),
                "reads": reads,
                "got": got,
            }
            yield moment | ({"clashed": clashed} if clashed else {})

    def _drawn_of(self, rows: np.ndarray) -> list[int]:
        """The entries at some places of the feed that is drawn."""
        return [self.rows[row] for row in rows[rows >= 0]]

    # ---- the whole run -------------------------------------------------------------------------------------------

    def entries(self) -> Table:
        """All entries that a feed shows or, where they are not many, all there are."""
        if not self.there:
            return {}
        record, every = self.model.record(), len(self.model.record())
        kept = range(every) if every <= MOST_ENTRIES else sorted(self.shown)
        sessions = {name: n for n, name in enumerate(self.scenario.sessions)}
        found = []
        for e in kept:
            entry = record[e]
            first = sessions[entry["session"]]
            flags = NOTED * entry["noted"] + DIVERGENT * entry["divergent"]
            i, parent = entry["author"], entry["answers"]
            found.append([e, i, self.names.short(i), self._group(i), self._issue(entry["issue"]),
                          round(entry["position"], 2), -1 if parent is None else parent, first, flags,
                          self._read_by_session(e, first)])  # fmt: skip
        return {"entries": found, "written": every}

    def _read_by_session(self, e: int, first: int) -> list[int]:
        """How many read an entry in each session from its own on, up to the last in which anybody did."""
        so_far = [int(reads[e]) for reads in self.reads[first:]]
        each = [now - before for now, before in zip(so_far, [0, *so_far], strict=False)]
        while each and not each[-1]:
            each.pop()
        return each

    def _group(self, person: int) -> int:
        return int(self.model.people.group[person])

    def _issue(self, issue: str | None) -> int:
        return list(self.scenario.issues).index(str(issue))


def ties(model: CoProduction, people: Sequence[int]) -> dict[int, Table]:
    """Whom each of some people follows and who follows them, by short names, the first of many; empty without followers."""
    follows = np.asarray(model.state.commons.follows)
    if not follows.size:
        return {}
    names, everybody = words.Names(model.scenario), np.arange(len(follows))
    mine = follows != everybody[:, None]  # in an empty place stands oneself
    followers, followed = np.repeat(everybody, mine.sum(axis=1)), follows[mine]
    order = np.argsort(followed, kind="stable")
    followers, ends = followers[order], np.searchsorted(followed[order], np.arange(len(follows) + 1))
    found = {}
    for i in people:
        to, by = follows[i][mine[i]], followers[ends[i] : ends[i + 1]]
        found[i] = {
            "follows": [names.short(int(j)) for j in to[:MOST_NAMED]],
            "follows_n": len(to),
            "followed": [names.short(int(j)) for j in by[:MOST_NAMED]],
            "followed_n": len(by),
        }
    return found
