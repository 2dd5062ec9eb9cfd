"""What people have in common on platforms: threads, a feed, who follows whom, and the attention that entries compete for.

Source: Daneshvar et al. 2018, JMIR Human Factors 5(1):e5 (a common pool of resources, and competition for it). The arrays
have room only in designs with a platform; everywhere else they are empty and cost nothing.

Axes beside those of `sim/layout.py`: F entries and V people of a design with platforms, W entries of the longest feed, B
words of 64 bits for W entries, D others whom each follows.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from sim import chance
from sim.chance import child, draw, one_of, sooner
from sim.compiler import compiled
from sim.layout import Field, tuple_of

EVERYBODY, MEMBERS, FOLLOWERS = range(3)  # who sees an entry
UNREAD, NEWEST, ANSWERED = range(3)  # what stands on top
NONE: Final = -1  # in place of an entry
IN_MIND: Final = 2  # of the answers to oneself, and of other entries: so many of the latest read are kept in mind; judgement
TRIES: Final = 8  # times somebody looks for another one to follow; judgement

FIELDS: Final = (
    # entries
    Field("parent", np.int32, ("F",), "the entry that it answers; -1 if it opens a thread"),
    Field("answers", np.int32, ("F",), "answers to it"),
    Field("reads", np.int32, ("F",), "people who have read it"),
    Field("reached", np.bool_, ("F",), "has it reached the author whom it answers?"),
    Field("waits", np.int32, ("F",), "the answer that waits behind it for the same author; -1 none"),
    Field("earlier", np.int32, ("F",), "its author's entry before it; -1 none"),
    Field("attention", np.float64, ("F",), "scratch for sorting"),
    # people
    Field("inbox", np.int32, ("V",), "the newest answer that has not reached one; -1 none"),
    Field("latest", np.int32, ("V",), "one's latest entry; -1 none"),
    Field("swept", np.int64, ("V",), "entries on record at one's last visit"),
    Field("seen", np.uint64, ("V", "B"), "a bit for each of the last W entries: has one read it?"),
    Field(
        "in_mind",
        np.int32,
        ("V", 2 * IN_MIND),
        "entries read that one may answer: to oneself, others; -1 none",
    ),
    Field("minded", np.int32, ("V", 2), "how many of both kinds one has read"),
    Field("opened", np.int32, ("V",), "threads opened"),
    Field("answered", np.int32, ("V",), "answers given"),
    Field("answers_got", np.int32, ("V",), "answers got"),
    Field("answers_read", np.int32, ("V",), "of these, read"),
    Field("conflicts", np.int32, ("V",), "of these, far outside one's latitude"),
    Field("taken_down", np.int32, ("V",), "answers of one's own that a moderator took down"),
    Field("read", np.int32, ("V",), "times that entries of one's own were read"),
    Field("legitimacy", np.float64, ("V",), "how legitimate the process is to one, [0, 1]"),
    Field("follows", np.uint32, ("V", "D"), "whom one follows; oneself where nobody was found"),
    # the feed
    Field("ranked", np.int64, ("W",), "the feed of everybody, top first"),
    Field("mine", np.int64, ("W",), "the feed of one follower at work, top first"),
    Field("order", np.int64, ("W",), "scratch for ranking"),
    Field(
        "feed",
        np.int64,
        (4,),
        "entries ranked; of the feed at work: entries, place, entries still to look at",
    ),
    Field("posted", np.int64, (1,), "contributions to the platform in this session"),
)
Commons = tuple_of("Commons", FIELDS)


@compiled
def there_is_a_platform(world):
    """Has the design a platform at all?"""
    return world.commons.inbox.size > 0


@compiled
def wipe_commons(commons):
    """Nobody has written, read or lost anything yet."""
    commons.feed[:] = 0
    commons.posted[0] = 0
    for i in range(commons.inbox.size):
        commons.inbox[i] = NONE
        commons.latest[i] = NONE
        commons.swept[i] = 0
        commons.in_mind[i, :] = NONE
        commons.minded[i, :] = 0
        commons.opened[i] = 0
        commons.answered[i] = 0
        commons.answers_got[i] = 0
        commons.answers_read[i] = 0
        commons.conflicts[i] = 0
        commons.taken_down[i] = 0
        commons.read[i] = 0
        commons.legitimacy[i] = 1.0
        for word in range(commons.seen.shape[1]):
            commons.seen[i, word] = 0


@compiled
def draw_follows(commons, people, blueprint, replicate, population):
    """Draw whom everybody follows, from the same stream of chance as the people themselves. Writes follows.

    Each looks up to TRIES times for each of `degree` others: in the own group with homophily as chance, else in a group by
    its size; there anybody is as likely; and follows them with their power as chance, the last one tried in any case.
    Judgement: people follow their like and those of standing.
    """
    if commons.follows.shape[1] == 0:
        return
    here, i = child(population, replicate), 0
    for g in range(blueprint.size.size):
        of_group = child(here, blueprint.name[g])
        for number in range(blueprint.size[g]):
            key = child(of_group, number)
            for n in range(commons.follows.shape[1]):
                commons.follows[i, n] = _somebody(commons, people, blueprint, i, g, key, n)
            i += 1


@compiled
def _somebody(commons, people, blueprint, i, g, key, n):
    """Whom person i follows in place n; itself if nobody was found."""
    for attempt in range(TRIES):
        occasion = n * TRIES + attempt
        among, first = g, 0
        if draw(key, chance.FOLLOWED_GROUP, occasion) >= blueprint.homophily[0]:
            among = _group_by_size(blueprint, key, occasion)
        for before in range(among):
            first += blueprint.size[before]
        of = key ^ blueprint.name[among]
        j = first + one_of(of, chance.FOLLOWED, occasion, blueprint.size[among])
        if j == i or is_among(commons.follows, i, j, n):
            continue
        if attempt == TRIES - 1 or draw(of, chance.FOLLOWED_STATUS, occasion) < people.power[j]:
            return j
    return i


@compiled
def _group_by_size(blueprint, key, occasion):
    """A group, by a race in which each counts as many times as it has members."""
    shortest, winner = np.inf, 0
    for g in range(blueprint.size.size):
        wait = sooner(
            shortest, float(blueprint.size[g]), draw(key ^ blueprint.name[g], chance.FOLLOWED_GROUP, occasion)
        )
        if wait < shortest:
            shortest, winner = wait, g
    return winner


@compiled
def is_among(follows, i, j, n):
    """Is j among the first n whom i follows?"""
    for place in range(n):
        if follows[i, place] == j:
            return True
    return False


@compiled
def join_commons(world, e, author):
    """Entry e joins its author's others, answered and read by nobody yet. Writes the commons."""
    commons = world.commons
    if commons.parent.size == 0:
        return
    commons.parent[e] = NONE
    commons.answers[e] = 0
    commons.reads[e] = 0
    commons.reached[e] = False
    commons.waits[e] = NONE
    commons.earlier[e] = commons.latest[author]
    commons.latest[author] = e


@compiled
def legitimacy(world, i):
    """How legitimate the process is to person i, [0, 1]; 1 where no platform has taken anything down."""
    return world.commons.legitimacy[i] if there_is_a_platform(world) else 1.0


def room_for(scenario: Any, people: int, entries: int) -> dict[str, int]:
    """Lengths of the axes of the commons, from the design alone."""
    platforms = [s.platform for s in scenario.sessions.values() if s.platform is not None]
    longest = max((p.feed_window for p in platforms if p.ranks()), default=0)
    return {
        "F": entries if platforms else 0, "V": people if platforms else 0, "W": longest, "B": -(-longest // 64),
        "D": scenario.follows.degree if platforms and scenario.follows is not None else 0,
    }  # fmt: skip
