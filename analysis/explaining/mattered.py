"""What mattered, in sentences that each point to replays: which switch, what it gave here, and whether that is typical."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from analysis import statistics
from analysis.explaining.evidence import Sentence, replayed
from analysis.explaining.replays import CONSENSUS, Replay, direction, wanted
from analysis.explaining.shares import LARGE
from analysis.explaining.switches import RULE
from analysis.report import words

if TYPE_CHECKING:
    from analysis.explaining.shares import Shares
    from analysis.statistics import Estimate

NO_SINGLE_CAUSE: Final = "no single cause"
MOST: Final = (
    0.5  # a switch accounts for an outcome without a line if it closes more than this share of the gap
)
NEAR: Final = 0.2  # effects that add up to what they give together, but for this share of it, hardly overlap
WORTH: Final = 0.1  # a switch is told if it does at least this share of what the strongest does in the worlds
NAMED: Final = 4  # switches named in one sentence

# Outcomes that ask whether people agreed: where a draft is put, consensus by the scenario's rule is their line.
WITH_LINE: Final = (
    "agreement", "agreement_value", "agreement_practical", "informed_agreement", "apparent_agreement", "consensus_reached",
)  # fmt: skip

# What sentences call outcomes, and how they explain them, where the table of outcomes speaks too briefly or in formulas.
CALLED: Final = {"left_out": "the share left out", "consensus_reached": "the share with consensus"}
MEANINGS: Final = {
    "alignment": "how far people carry the same picture of what each group thinks",
    "understanding": "how true that picture is: 0 no better than assuming that others think as oneself, 1 perfect",
    "left_out": "people who never spoke or wrote",
}


@dataclass(frozen=True)
class Together:
    """Everything that helps, switched at once."""

    parts: tuple[str, ...]
    """Keys of the switches."""
    replay: Replay


@dataclass(frozen=True)
class Findings:
    """What the replays of one run found.

    Attributes
    ----------
    outcome, value, consensus : what is asked about, and how this run ended.
    worlds, reached : the outcome over the worlds of the design as it is, and in how many of them consensus is found.
    below : in how many of these worlds the outcome is lower than in this run.
    replays : one for each switch.
    together : all that helps at once; None if nothing does.
    shares : of the six mechanisms; None if they were not asked for.
    """

    outcome: str
    value: float | None
    consensus: bool | None
    worlds: Estimate
    reached: int
    below: int
    replays: tuple[Replay, ...]
    together: Together | None
    shares: Shares | None

    @property
    def sign(self) -> int:
        """1 if people want more of the outcome, -1 if less."""
        return wanted(self.outcome)

    @property
    def has_line(self) -> bool:
        """Is there a line to get across: was a draft put, and does the outcome ask whether people agreed?"""
        return self.outcome in WITH_LINE and self.consensus is not None

    @property
    def emerged(self) -> bool:
        """Did this run get across the line?"""
        return self.has_line and bool(self.consensus)

    @property
    def tried(self) -> tuple[Replay, ...]:
        """Replays that can be a cause: of what people and sessions do, not of the rule that counts it; each once."""
        return tuple(r for r in self.replays if r.switch.kind != RULE and not r.refused and not r.same_as)

    @property
    def causes(self) -> tuple[Replay, ...]:
        """Replays that alone change this run's ending, and change it in the worlds too; the strongest first."""
        found = [r for r in self.tried if self._turns(r)]
        return tuple(sorted(found, key=lambda r: -abs(_mean(r.agreed if self.has_line else r.worlds))))

    def _turns(self, replay: Replay) -> bool:
        if self.has_line:
            other = replay.consensus is not None and replay.consensus != self.consensus
            return other and direction(replay.agreed) == (-1 if self.consensus else 1)
        if self.together is None or self.together.replay.difference is None or replay.difference is None:
            return False
        gap = self.sign * self.together.replay.difference
        everywhere = self.sign * _mean(self.together.replay.worlds)
        most = (
            self.sign * replay.difference > MOST * gap
            and self.sign * _mean(replay.worlds) > MOST * everywhere
        )
        return gap > 0 and most and replay.typical

    @property
    def by_chance(self) -> tuple[Replay, ...]:
        """Replays that alone get this run across the line, or back, without doing so in the worlds."""
        turned = [r for r in self.tried if r.consensus is not None and r.consensus != self.consensus]
        return tuple(r for r in turned if r not in self.causes) if self.has_line else ()

    @property
    def cause(self) -> str:
        """The one switch that accounts for how this run ended, or `no single cause`."""
        return self.causes[0].switch.key if len(self.causes) == 1 else NO_SINGLE_CAUSE

    def ranked(self, sign: int) -> list[Replay]:
        """Replays that move the outcome in a direction in this run and in the worlds, the strongest in the worlds first."""
        found = [r for r in self.tried if r.typical and sign * (r.difference or 0.0) > 0]
        return sorted(found, key=lambda r: -abs(_mean(r.worlds)))


def _mean(found: Estimate) -> float:
    return found["mean"] or 0.0


def helping(replays: Sequence[Replay], sign: int) -> tuple[Replay, ...]:
    """Of each family the switch that helps most in the worlds, beyond what chance explains; the rule stays as it is."""
    best: dict[str, Replay] = {}
    for replay in replays:
        family = replay.switch.family
        if replay.switch.kind != RULE and not replay.refused and direction(replay.worlds) == sign:
            best[family] = max((best.get(family, replay), replay), key=lambda r: abs(_mean(r.worlds)))
    return tuple(best.values())


# ---- sentences -----------------------------------------------------------------------------------------------------


def number(value: float | None) -> str:
    """A value in a sentence."""
    return "not defined" if value is None else words.minus(statistics.number(value))


def called(outcome: str) -> str:
    """What a sentence calls an outcome."""
    return CALLED.get(outcome, statistics.words(outcome))


def standing(found: Findings) -> Sentence:
    """How this run ended, and how that lies among the worlds."""
    what, n, share = called(found.outcome), found.worlds["n"], found.outcome == CONSENSUS
    if found.value is None:
        says = f"{what} is not defined in this run: {words.undefined(found.outcome)}"
    elif share:
        says = f"in this run the latest draft put found {'' if found.value else 'no '}consensus"
    else:
        says = f"{what} in this run is {number(found.value)} ({_meaning(found.outcome)})"
    evidence: dict[str, Any] = {"replay": "as it was", "value": found.value, "consensus": found.consensus}
    if n > 1:
        says += "; " + (
            f"{found.reached:,} of {n:,} worlds of the same design find one" if share else _among(found)
        )
        evidence |= {"worlds": dict(found.worlds), "reached": found.reached, "below": found.below}
    return Sentence(words.sentence(f"{says}."), (evidence,))


def _among(found: Findings) -> str:
    """How a run lies among the worlds of its design."""
    interval, n = statistics.between(found.worlds), found.worlds["n"]
    says = f"in {n:,} worlds of the same design it is {number(found.worlds['mean'])} on average"
    says += f" ({words.minus(interval)})" if interval else ""
    says += f", and lower than here in {found.below:,} of them" if found.value is not None else ""
    return says + (f"; {found.reached:,} {_find(found.reached)} consensus" if found.has_line else "")


def _find(worlds: int) -> str:
    return "finds" if worlds == 1 else "find"


def _meaning(outcome: str) -> str:
    import sim

    meaning = next(known.meaning for known in sim.OUTCOMES if known.name == outcome)
    share = meaning.startswith(
        ("people ", "invited minutes", "divergent views", "views held", "contributions that")
    )
    return MEANINGS.get(outcome, f"the share of {meaning}" if share else meaning)


def switches(found: Findings) -> Iterator[Sentence]:
    """What would have helped, what held the outcome up, and what the rule has to do with it."""
    up, down = found.ranked(found.sign), found.ranked(-found.sign)
    wished, other = (down, up) if found.emerged else (up, down)
    turning = [r for r in found.causes if found.has_line]
    first = _first(found, [*turning, *(r for r in wished if r not in turning)], 2)
    for replay in first:
        yield _one(found, replay)
    if not first:
        yield _nothing(found)
    worth = [r for r in other if r not in turning and abs(_mean(r.worlds)) >= _least(found)]
    chosen = [*first, *worth[:1]]
    for replay in chosen[len(first) :]:
        yield _one(found, replay)
    yield from _anecdote(found, chosen)
    yield from _rules(found)


def _nothing(found: Findings) -> Sentence:
    """No switch does what one looks for."""
    says = f"No switch alone {_betters(found)} both in this run and, beyond what chance explains, in {_worlds(found.worlds['n'])}."
    evidence = {"switches": len(found.tried), "causes": [], "by_chance": len(found.by_chance)}
    return Sentence(says, (evidence, *(replayed(r) for r in found.tried)))


def _betters(found: Findings) -> str:
    raises = (found.sign > 0) != found.emerged
    return f"{'raises' if raises else 'lowers'} {called(found.outcome)}"


def _first(found: Findings, ranked: list[Replay], count: int) -> list[Replay]:
    """The first of some switches, one of each family; of those that do little at most the very first."""
    least = _least(found)
    families: dict[str, Replay] = {}
    for replay in ranked:
        if abs(_mean(replay.worlds)) >= least or replay in found.causes or not families:
            families.setdefault(replay.switch.family, replay)
    return list(families.values())[:count]


def _least(found: Findings) -> float:
    """What a switch must do in the worlds to be worth telling."""
    return WORTH * max((abs(_mean(r.worlds)) for r in found.tried), default=0.0)


def _one(found: Findings, replay: Replay) -> Sentence:
    """One switch, in this run and in the worlds."""
    evidence = (replayed(replay), _plain(found))
    return Sentence(f"{replay.switch.had}, {_would(found, replay)}{_in_worlds(found, replay)}.", evidence)


def _plain(found: Findings) -> dict[str, Any]:
    return {
        "replay": "as it was",
        "value": found.value,
        "consensus": found.consensus,
        "reached": found.reached,
    }


def _would(found: Findings, replay: Replay) -> str:
    what = called(found.outcome)
    if found.outcome == CONSENSUS:
        return _found(replay)
    if replay.difference is None:
        return f"{what} in this run would have been {number(replay.value)} instead of {number(found.value)}"
    if replay.difference == 0:
        says = f"{what} in this run would have been {number(found.value)} all the same"
    else:
        a, b = _told_apart(replay.value, found.value)
        says = f"{what} in this run would have been {a} instead of {b}"
    if found.has_line and replay.consensus != found.consensus:
        says += f", {'and' if replay.difference else 'but'} {_found(replay)}"
    return says


def _told_apart(here: float | None, there: float | None) -> tuple[str, str]:
    """Two values that differ, in as many decimals as it takes to see it."""
    if here is None or there is None:
        return number(here), number(there)
    for places in range(_decimals(max(abs(here), abs(there))), 9):
        a, b = statistics.number(here, places), statistics.number(there, places)
        if a != b:
            break
    return words.minus(a), words.minus(b)


def _found(replay: Replay) -> str:
    if replay.consensus is None:
        return "no draft would have been put"
    return f"the draft would have found {'' if replay.consensus else 'no '}consensus"


def _in_worlds(found: Findings, replay: Replay) -> str:
    """What a switch does in the worlds."""
    n, mean = replay.worlds["n"], replay.worlds["mean"]
    if n < 2 or mean is None:
        return ""
    size = _size(replay.worlds)
    if not replay.shows:
        return f"; in {n:,} worlds it makes no difference that they can show ({size})"
    moves = "rises" if mean > 0 else "falls"
    what = called(found.outcome) if found.outcome == CONSENSUS else "it"
    says = f"; in {n:,} worlds {what} {moves} by {size}"
    if replay.typical:
        says += f", in {replay.likewise:,} of them" if replay.likewise < n else ", in all of them"
    if found.has_line and direction(replay.agreed):
        says += f", and {replay.reached:,} instead of {found.reached:,} find consensus"
    return says


def _size(worlds: Estimate, *, signed: bool = False) -> str:
    """A difference with its interval, in as many decimals as it takes to see that an end is not 0.

    Where its direction is told in words, or there is none, the sign is left out unless `signed`.
    """
    mean, low, high, side = _mean(worlds), worlds["low"], worlds["high"], direction(worlds)
    if low is None or high is None:
        return _plus(mean) if signed else words.minus(statistics.number(mean))
    places = _decimals(max(abs(low), abs(high)))
    least = min(abs(low), abs(high)) if side else abs(mean) if signed and mean else 1.0
    while least < 0.5 * 10**-places and places < 4:
        places += 1
    if signed:
        return words.minus(
            f"{mean:+,.{places}f} ({statistics.number(low, places)} to {statistics.number(high, places)})"
        )
    if side < 0:
        mean, low, high = -mean, -high, -low
    ends = f"{statistics.number(low, places)} to {statistics.number(high, places)}"
    return words.minus(
        f"{statistics.number(mean, places)} ({ends})"
        if side
        else f"{statistics.number(mean, places)}, {ends}"
    )


def _decimals(size: float) -> int:
    """Decimals for a number of some size: money has none, shares have two."""
    return 2 if size < 10 else 1 if size < 1000 else 0


def _plus(value: float) -> str:
    """A difference with its sign, in as many decimals as it takes to see that it is one."""
    places = _decimals(abs(value))
    while 0 < abs(value) < 0.5 * 10**-places and places < 4:
        places += 1
    return words.minus(f"{value:+,.{places}f}")


def _anecdote(found: Findings, chosen: Sequence[Replay]) -> Iterator[Sentence]:
    """The switch that does most in this run and nothing in the worlds: chance, not the design."""
    told = [r for r in found.tried if r.difference and not r.typical and r.worlds["n"] > 1]
    if not told:
        return
    replay = max(told, key=lambda r: abs(r.difference or 0.0))
    least = max((abs(r.difference or 0.0) for r in chosen), default=0.0)
    if 2 * abs(replay.difference or 0.0) < least:
        return
    evidence = (replayed(replay), _plain(found))
    unlike = direction(replay.worlds) != 0
    then = "the other way round" if unlike else "an accident of this run"
    says = f"{replay.switch.had}, {_would(found, replay)}, but that is {then}{_in_worlds(found, replay)}"
    yield Sentence(f"{says}.", evidence)


def _rules(found: Findings) -> Iterator[Sentence]:
    """Would the same votes have counted as consensus under another rule?"""
    other = [
        r for r in found.replays if r.switch.kind == RULE and r.consensus != found.consensus and not r.refused
    ]
    if not other or not found.has_line:
        return
    rules = [r.switch.changes[0].partition("=")[2] for r in other]
    how = words.listed((words.RULES[rule].split(",")[0] for rule in rules), "or")
    verb = "no longer be" if found.consensus else "be"
    says = f"The same votes would {verb} consensus if it took {how}: a rule changes what counts, not what people think."
    yield Sentence(says, tuple(replayed(r) for r in other))


def carried(found: Findings) -> Iterator[Sentence]:
    """What the six mechanisms carry, by their Shapley shares, and which of them need or replace one another."""
    shares = found.shares
    if shares is None or shares.start is None or shares.end is None:
        return
    what, n = called(found.outcome), len(shares.worlds)
    total = shares.end - shares.start
    sizes = {name: abs(_mean(one)) for name, one in shares.share.items()}
    ranked = sorted(sizes, key=lambda name: -sizes[name])
    least = LARGE * sum(sizes.values())
    named = [name for name in ranked if direction(shares.share[name]) and sizes[name] >= least > 0][:NAMED]
    evidence: list[dict[str, Any]] = [
        {"coalition": "none", "mean": shares.start, "n": n},
        {"coalition": "all six", "mean": shares.end, "n": n, "difference": total},
    ]
    a, b = _told_apart(shares.end, shares.start)
    says = f"Over {_worlds(n)} {what} is {b} on average without any of the six mechanisms and {a} with all"
    if named:
        parts = [f"{name} carries {_size(shares.share[name], signed=True)}" for name in named]
        says += f"; by Shapley shares, {words.listed(parts)}"
        evidence += [{"shapley": name, **shares.share[name]} for name in named]
    elif shares.share[ranked[0]]["low"] is not None and sizes[ranked[0]]:
        most = _size(shares.share[ranked[0]], signed=True)
        says += f"; no mechanism's Shapley share stands out from chance (the largest, of {ranked[0]}: {most})"
        evidence += [{"shapley": name, **one} for name, one in shares.share.items()]
    yield Sentence(f"{says}.", tuple(evidence))
    for pair in shares.large[:1]:
        one = shares.interaction[pair]
        needs = "need one another" if _mean(one) * (total or 1) > 0 else "stand in for one another in part"
        how = "more" if _mean(one) > 0 else "less"
        says = f"{pair[0]} and {pair[1]} add {how} together than apart by {_size(one)}: they {needs}"
        yield Sentence(words.sentence(f"{says}."), ({"interaction": list(pair), **one},))


def overlap(found: Findings) -> Iterator[Sentence]:
    """What everything that helps gives at once, against the sum of what each gives alone."""
    together = found.together
    if found.emerged or together is None or len(together.parts) < 2 or together.replay.worlds["mean"] is None:
        return
    by_key = {r.switch.key: r for r in found.replays}
    alone = sum(_mean(by_key[key].worlds) for key in together.parts)
    mean, n = _mean(together.replay.worlds), together.replay.worlds["n"]
    what = called(found.outcome)
    near = abs(mean - alone) < NEAR * abs(alone)
    why = (
        "they hardly overlap"
        if near
        else "they overlap"
        if abs(mean) < abs(alone)
        else "they strengthen one another"
    )
    says = (
        f"The {len(together.parts)} switches that help would add up to {_plus(alone)} in {_worlds(n)}; all at once they bring "
        f"{_plus(mean)} ({why}), and take this run's {what} to {number(together.replay.value)}"
    )
    if found.has_line and not found.consensus:
        says += f", with{'' if together.replay.consensus else 'out'} consensus"
    evidence = replayed(together.replay) | {"parts": len(together.parts), "alone": alone}
    yield Sentence(f"{says}.", (evidence, *(replayed(by_key[key]) for key in together.parts)))


def ending(found: Findings) -> Sentence:
    """Is there one cause?"""
    tried, causes = len(found.tried), found.causes
    labels = words.listed(f"“{r.switch.label}”" for r in causes[:NAMED])
    more = f" and {len(causes) - NAMED} more" if len(causes) > NAMED else ""
    evidence: tuple[dict[str, Any], ...] = (
        _plain(found) | {"worlds": dict(found.worlds)},
        {"switches": tried, "causes": [r.switch.key for r in causes], "by_chance": len(found.by_chance)},
        *(replayed(r) for r in causes[:NAMED]),
    )
    if found.has_line:
        says = _ending_with_line(found, labels + more) + _otherwise(found)
    elif found.together is None:
        says = f"There is no single cause: none of {tried} switches alone {_betters(found)} in the worlds beyond what chance explains"
    else:
        gap = f"the way from {number(found.value)} to {number(found.together.replay.value)}, which all that help reach together"
        evidence = (*evidence, _plain(found), replayed(found.together.replay))
        if len(causes) == 1:
            says = f"One cause stands out: {labels} alone, of {tried} switches, goes more than half {gap}, here and in the worlds"
        elif causes:
            says = f"There is no single cause: {len(causes)} of {tried} switches alone go more than half {gap}, here and in the worlds ({labels}{more})"
        else:
            says = f"There is no single cause: none of {tried} switches alone goes more than half {gap}, here and in the worlds"
    return Sentence(f"{says}.", evidence)


def _ending_with_line(found: Findings, labels: str) -> str:
    tried, causes, chance = len(found.tried), found.causes, len(found.by_chance)
    more = "more would" if causes else "would"
    by_chance = f"; {chance} {more} have done so in this run alone, by chance" if chance else ""
    if found.consensus:
        if len(causes) == 1:
            return f"It hung on one thing: of {tried} switches, {labels} alone undoes it, here and in the worlds{by_chance}"
        if causes:
            return f"It hung on no single thing: {len(causes)} of {tried} switches would each have undone it, here and in the worlds ({labels}){by_chance}"
        return f"It hung on no single thing: none of {tried} switches alone undoes it both here and in the worlds{by_chance}"
    if len(causes) == 1:
        return f"One cause stands out: of {tried} switches, {labels} alone brings consensus, here and in the worlds{by_chance}"
    if causes:
        return f"There is no single cause: {len(causes)} of {tried} switches would each have brought consensus, here and in the worlds ({labels}){by_chance}"
    return f"There is no single cause: none of {tried} switches alone brings consensus both here and in the worlds{by_chance}"


def _otherwise(found: Findings) -> str:
    """Do most worlds of the same design end otherwise?"""
    n = found.worlds["n"]
    other = n - found.reached if found.consensus else found.reached
    if n < 2 or 2 * other <= n:
        return ""
    return f". Chance had its part: {other:,} of {n:,} worlds of the same design end otherwise"


def definition(found: Findings) -> str:
    """What is meant by a cause here."""
    if found.has_line:
        turned = "undoes consensus" if found.consensus else "brings consensus"
        return (
            f"A switch counts as a cause if it alone {turned} on the latest draft put, by the scenario's own rule, in this run, and "
            "does so in more of the worlds too (95% interval). The rule itself is not counted as a cause. If there is not exactly one, "
            "it says “no single cause”."
        )
    return (
        "A switch counts as a cause if it alone goes more than half the way from what was to what all switches that help give together, in this "
        "run and in the worlds on average. If there is not exactly one, it says “no single cause”."
    )


def _worlds(n: int) -> str:
    return words.count(n, "world")
