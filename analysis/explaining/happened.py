"""What happened in one run, in sentences that each point to lines of its event log.

People in the model hold positions; they have no reasons of their own. So nobody is quoted and nobody is blamed: a
sentence says who could come, who spoke, what was kept and who held the pen, and leaves what it made of the outcome to replays.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from analysis.explaining.evidence import EventLog, Seen, Sentence, given
from analysis.report import words

if TYPE_CHECKING:
    from sim import Scenario

SPOKE: Final = ("said", "wrote")
AHEAD: Final = 0.1  # a group's share of the talk, beyond its share of those who came, from which it is named
APART: Final = 0.2  # groups whose shares of acceptance lie further apart are told apart
THRESHOLDS: Final = {"majority": 0.5, "70/15": 0.70, "75": 0.75, "80": 0.80, "unanimity": 1.0}
STOPPED: Final = {"travel": "getting there", "digital": "connecting", "schedule": "the hour"}


@dataclass(frozen=True)
class Ballot:
    """The public votes on one issue of the latest draft put."""

    issue: str
    title: str
    drafted: Seen
    present: Seen
    accepted: Seen
    opposed: Seen
    agreed: bool

    @property
    def share(self) -> float:
        """Of those present, how many accept."""
        return self.accepted.count / max(1, len(self.present.actors))


def issue_called(scenario: Scenario, key: str) -> str:
    """An issue in a sentence."""
    return f"“{words.called(scenario.issues[key].title, key)}”"


def session_called(scenario: Scenario, key: str) -> str:
    """A session in a sentence."""
    return f"“{words.called(scenario.sessions[key].title, key)}”"


def decided(log: EventLog) -> str | None:
    """The session in which the latest draft was put; None if none was."""
    drafts = log.seen("drafted")
    return log.events[drafts.lines[-1] - 1].session if drafts.count else None


def ballots(log: EventLog) -> tuple[Ballot, ...]:
    """The votes on the latest draft, issue by issue, for the issues on which agreement is asked for."""
    session, decision = decided(log), log.scenario.decision
    if session is None:
        return ()
    present, votes = log.seen("came", session=session), []
    for key, issue in log.scenario.issues.items():
        if issue.kind in decision.kinds:
            on = {"session": session, "issue": key}
            drafted, accepted, opposed = (log.seen(kind, **on) for kind in ("drafted", "accepted", "opposed"))
            agreed = bool(drafted.values) and carried(
                decision.rule, accepted.count, opposed.count, len(present.actors)
            )
            title = issue_called(log.scenario, key)
            votes.append(Ballot(key, title, drafted, present, accepted, opposed, agreed))
    return tuple(votes)


def carried(rule: str, accept: int, oppose: int, present: int) -> bool:
    """Do so many public votes make an agreement under a rule?"""
    if not present:
        return False
    if rule == "majority":
        return accept > 0.5 * present
    return accept >= THRESHOLDS[rule] * present and (rule != "70/15" or oppose < 0.15 * present)


def narrowest(votes: tuple[Ballot, ...]) -> Ballot:
    """The issue that fell short by most or, where none did, was carried by least."""
    return min(votes, key=lambda vote: (vote.agreed, vote.share, -vote.opposed.count))


# ---- the decision --------------------------------------------------------------------------------------------------


def verdict(log: EventLog, consensus: bool | None) -> Iterator[Sentence]:
    """Was there a consensus, and where did it fail?

    The log keeps the votes where at least two people are there to show them; of fewer, `consensus` says how it ended.
    """
    session, votes = decided(log), ballots(log)
    if session is None:
        yield Sentence(
            "No draft was put to the participants, so that there was nothing to find consensus on.",
            (given("sessions.*.decide", False), log.seen("drafted").evidence()),
        )
        return
    where = f"The draft put in {session_called(log.scenario, session)}"
    vote, rule = narrowest(votes), log.scenario.decision.rule
    seen = (given("decision.rule", rule), vote.present.evidence())
    came = len(vote.present.actors)
    if not any(vote.drafted.values for vote in votes):
        yield Sentence(
            f"{where} was empty: there was nothing to draft from.", (vote.drafted.evidence(), *seen)
        )
    elif came < 2:
        who = "the only person who came to that session" if came else "nobody, as nobody came to that session"
        says = f"{where} found {'' if consensus else 'no '}consensus, being put to {who}."
        yield Sentence(says, (*seen, {"replay": "as it was", "consensus": consensus}))
    else:
        yield _vote(where, votes, vote, seen)


def _vote(where: str, votes: tuple[Ballot, ...], vote: Ballot, seen: tuple[dict[str, Any], ...]) -> Sentence:
    asks = words.RULES[seen[0]["value"]]
    short, came = sum(not one.agreed for one in votes), len(vote.present.actors)
    had = f"accepted by {vote.accepted.count:,} of the {came:,} who came"
    if seen[0]["value"] == "70/15":
        had += f" and opposed by {vote.opposed.count:,}"
    if not short and vote.share == 1:
        says = f"{where} found consensus: all {came:,} who came accepted it{' on every issue' if len(votes) > 1 else ''}."
    elif not short:
        edge = f"even {vote.title}, the narrowest, was" if len(votes) > 1 else f"{vote.title} was"
        says = f"{where} found consensus: the rule asks for {asks}, and {edge} {had}."
    elif short == 1:
        says = f"{where} found no consensus: the rule asks for {asks}, and {vote.title} was {had}."
    else:
        of = f"{short} of {len(votes)}" if short < len(votes) else f"all {short}"
        says = f"{where} found no consensus: the rule asks for {asks}; {of} issues fell short, furthest {vote.title}, {had}."
    counts = {"issues": len(votes), "short": short}
    return Sentence(says, (*seen, vote.accepted.evidence(**counts), vote.opposed.evidence()))


def divide(log: EventLog) -> Iterator[Sentence]:
    """On the narrowest issue, which groups accepted the draft and which did not."""
    votes = ballots(log)
    if not votes or len(votes[0].present.actors) < 2:
        return
    vote, shares = narrowest(votes), {}
    for group in log.scenario.groups:
        came = log.seen("came", session=decided(log), group=group)
        accepted = log.seen("accepted", session=decided(log), issue=vote.issue, group=group)
        opposed = log.seen("opposed", session=decided(log), issue=vote.issue, group=group)
        if came.actors:
            shares[group] = (accepted.count / len(came.actors), came, accepted, opposed)
    least, most = min(shares, key=lambda g: shares[g][0]), max(shares, key=lambda g: shares[g][0])
    if shares[most][0] - shares[least][0] < APART:
        return
    (_, came, accepted, opposed), (_, came_too, accepted_too, _) = shares[least], shares[most]
    few = _accepted(log, least, accepted.count, len(came.actors))
    against = f" ({opposed.count:,} opposed it)" if opposed.count else ""
    many = _accepted(log, most, accepted_too.count, len(came_too.actors))
    seen = (came, accepted, opposed, came_too, accepted_too)
    says = f"On {vote.title}, {few} the draft{against}; {many} it."
    yield Sentence(says, tuple(one.evidence() for one in seen))


def _accepted(log: EventLog, group: str, some: int, came: int) -> str:
    """How many of a group's members who came accepted."""
    name = words.called(log.scenario.groups[group].title, group)
    if log.scenario.groups[group].size == 1:
        return f"{log.names.group(group)} {'accepted' if some else 'did not accept'}"
    if came == 1:
        return f"the only one of {name} who came {'accepted' if some else 'did not accept'}"
    if some == came:
        return f"all {came:,} {name} who came accepted"
    return (
        f"{some:,} of the {came:,} {name} who came accepted"
        if some
        else f"none of the {came:,} {name} who came accepted"
    )


def draft(log: EventLog) -> Iterator[Sentence]:
    """Who drew up the draft, and how far it stands from what a group said."""
    votes = ballots(log)
    if not votes or len(votes[0].present.actors) < 2:
        return
    vote = narrowest(votes)
    if not vote.drafted.values:
        return
    actor = log.events[vote.drafted.lines[-1] - 1].actor
    group = log.events[vote.drafted.lines[-1] - 1].group
    who = _one_of(log, group) if actor >= 0 and group else "the facilitator"
    stands = vote.drafted.values[-1]
    says = f"{who} drew up the draft, which stands at {_stands(stands)} on {vote.title}"
    evidence = [vote.drafted.evidence(position=stands)]
    said = {key: log.seen(*SPOKE, issue=vote.issue, group=key) for key in log.scenario.groups}
    far = {key: abs(seen.mean - stands) for key, seen in said.items() if seen.mean is not None}
    silent = [key for key, seen in said.items() if not seen.count]
    if far:
        key = max(far, key=lambda k: far[k])
        mean, count = said[key].mean, said[key].count
        assert mean is not None
        says += f"; what {log.names.group(key)} said and wrote on it, {words.times(count)}, averages {_stands(mean)}"
        evidence.append(said[key].evidence(mean=mean))
    if silent:
        says += f"; {words.listed(map(log.names.group, silent[:3]))} said nothing on it"
        evidence += [said[key].evidence() for key in silent[:3]]
    yield Sentence(words.sentence(f"{says}."), tuple(evidence))


def giving_way(log: EventLog) -> Iterator[Sentence]:
    """How many votes shown were not the votes held."""
    session = decided(log)
    gave = log.seen("gave_way", session=session) if session else None
    votes = ballots(log)
    if gave is None or not gave.count:
        return
    cast = log.seen("accepted", "opposed", session=session, issue=[vote.issue for vote in votes])
    towards = sum(value > 0 for value in gave.values)
    people = words.count(len(gave.actors), "person", "people")
    side = f"{towards:,} of them shown for the draft" if towards else "none of them shown for the draft"
    if towards == gave.count:
        side = "shown for the draft" if towards == 1 else "all shown for the draft"
    says = f"{words.times(gave.count)} a vote shown was not the one held ({people}; {side})."
    yield Sentence(words.sentence(says), (gave.evidence(towards=towards), cast.evidence()))


# ---- voice and record ----------------------------------------------------------------------------------------------


def silence(log: EventLog) -> Iterator[Sentence]:
    """Who never spoke or wrote, and what stood in the way."""
    spoke = log.seen(*SPOKE)
    invited = sorted({i for session in log.scenario.sessions for i in _invited(log, session)})
    silent = [i for i in invited if i not in spoke.actors]
    if not silent:
        everybody = f"All {len(invited):,} people" if len(invited) > 2 else "Both"
        says = f"{everybody} spoke or wrote at least once."
        yield Sentence(says, (spoke.evidence(invited=len(invited)),))
        return
    came, stayed = log.seen("came", actor=silent), log.seen("stayed_away", actor=silent)
    parts: list[tuple[int, str]] = []
    evidence = [log.seen(*SPOKE, actor=silent).evidence(silent=len(silent), invited=len(invited))]
    shut = [i for i in silent if i not in came.actors and i not in stayed.actors]
    away = [i for i in silent if i not in came.actors and i in stayed.actors]
    if shut:
        stopped = log.seen("stopped", actor=shut)
        parts.append((len(shut), f"could never come ({_by_barrier(log, stopped)})"))
        evidence.append(stopped.evidence(people=len(shut), **_barriers(log, stopped)))
    if away:
        parts.append((len(away), "never came, though at least once a way was open"))
        evidence.append(log.seen("stayed_away", actor=away).evidence())
    if came.actors:
        parts.append((len(came.actors), "came and said nothing"))
        evidence.append(came.evidence())
    how_many = (
        f"{len(silent):,} of {len(invited):,} people"
        if len(silent) < len(invited)
        else f"None of {len(invited):,} people"
    )
    spoke_not = "never spoke or wrote" if len(silent) < len(invited) else "ever spoke or wrote"
    why = "; ".join(f"{count:,} {what}" for count, what in parts) if len(parts) > 1 else f"they {parts[0][1]}"
    says = f"{how_many} {spoke_not}{_mostly(log, silent)}: {why}."
    yield Sentence(says, (*evidence, *_mostly_evidence(log, silent)))


def _group_of(log: EventLog, silent: list[int]) -> tuple[str, int] | None:
    """The group that most of some people belong to, and how many of them; None where that says nothing."""
    groups, first, counts = log.scenario.groups, 0, {}
    for key, group in groups.items():
        counts[key] = sum(first <= i < first + group.size for i in silent)
        first += group.size
    key = max(counts, key=lambda k: counts[k])
    apart = counts[key] / len(silent) - groups[key].size / sum(group.size for group in groups.values())
    return (key, counts[key]) if len(silent) > 1 and apart > AHEAD and 2 * counts[key] > len(silent) else None


def _mostly(log: EventLog, silent: list[int]) -> str:
    found = _group_of(log, silent)
    if found is None:
        return ""
    key, count = found
    return f", {'all' if count == len(silent) else f'{count:,}'} of them {words.called(log.scenario.groups[key].title, key)}"


def _mostly_evidence(log: EventLog, silent: list[int]) -> tuple[dict[str, Any], ...]:
    found = _group_of(log, silent)
    return (
        ()
        if found is None
        else (given(f"groups.{found[0]}.size", log.scenario.groups[found[0]].size) | {"silent": found[1]},)
    )


def _invited(log: EventLog, session: str) -> Iterator[int]:
    first = 0
    for key, group in log.scenario.groups.items():
        if key in log.scenario.invited(session):
            yield from range(first, first + group.size)
        first += group.size


def _barriers(log: EventLog, stopped: Seen) -> dict[str, int]:
    abouts = [str(log.events[line - 1].about) for line in stopped.lines]
    return {barrier: abouts.count(barrier) for barrier in STOPPED if barrier in abouts}


def _by_barrier(log: EventLog, stopped: Seen) -> str:
    return words.listed(
        f"{STOPPED[b]} stopped them {words.times(n)}" for b, n in _barriers(log, stopped).items()
    )


def floor(log: EventLog) -> Iterator[Sentence]:
    """Which group had the floor more than its number explains."""
    came, spoke = log.seen("came"), log.seen(*SPOKE)
    here = {key: log.seen("came", group=key) for key in log.scenario.groups}
    said = {key: log.seen(*SPOKE, group=key) for key in log.scenario.groups}
    if not spoke.count or sum(bool(seen.actors) for seen in here.values()) < 2:
        return
    ahead = {key: said[key].count / spoke.count - len(here[key].actors) / len(came.actors) for key in said}
    key = max(ahead, key=lambda k: ahead[k])
    if ahead[key] < AHEAD:
        return
    talk, people = (
        words.percent(part / whole)
        for part, whole in ((said[key].count, spoke.count), (len(here[key].actors), len(came.actors)))
    )
    name = words.sentence(log.names.group(key))
    made = f"made {said[key].count:,} of {spoke.count:,} contributions ({talk})"
    says = f"{name} {made}, being {len(here[key].actors):,} of the {len(came.actors):,} people who came ({people})."
    yield Sentence(says, tuple(seen.evidence() for seen in (said[key], spoke, here[key], came)))


def record(log: EventLog) -> Iterator[Sentence]:
    """How much of what was said was written down, of all and of what differed; whose words are missing."""
    spoke, noted = log.seen(*SPOKE), log.seen("noted")
    if not spoke.count:
        return
    apart, kept = log.seen(*SPOKE, divergent=True), log.seen("noted", divergent=True)
    evidence = [spoke.evidence(), noted.evidence()]
    says = f"{noted.count:,} of {words.count(spoke.count, 'contribution')} went on record"
    if noted.count == spoke.count:
        says = f"All {words.count(spoke.count, 'contribution')} went on record"
    elif apart.count:
        says += f"; {_kept(apart.count, kept.count)}"
        evidence += [apart.evidence(), kept.evidence()]
    spoken = {key: log.seen(*SPOKE, group=key) for key in log.scenario.groups}
    missing = [key for key in spoken if spoken[key].count and not log.seen("noted", group=key).count]
    if missing and noted.count:
        says += f"; nothing from {words.listed(map(log.names.group, missing[:3]))} did"
        evidence += [log.seen("noted", group=key).evidence() for key in missing[:3]]
    yield Sentence(f"{says}.", tuple(evidence))


def _kept(apart: int, kept: int) -> str:
    """How much of what differed was written down."""
    if apart == 1:
        return f"the one that was far from what its speaker believed to prevail did{'' if kept else ' not'}"
    return f"of the {apart:,} that were far from what their speakers believed to prevail, {f'{kept:,}' if kept else 'none'} did"


def asking(log: EventLog) -> Iterator[Sentence]:
    """How often a group's view was asked for in vain."""
    answered, vain = log.seen("answered"), log.seen("unanswered")
    if not vain.count:
        return
    missed = {key: log.seen("unanswered", about=key) for key in log.scenario.groups}
    key = max(missed, key=lambda k: missed[k].count)
    often = "each time" if missed[key].count == vain.count else words.times(missed[key].count)
    whom = log.names.group(key) if vain.count == 1 else f"{log.names.group(key)} {often}"
    says = f"{words.times(vain.count)} a group's view was asked for and none of that group was there ({whom}); {words.times(answered.count)} somebody answered."
    yield Sentence(words.sentence(says), (vain.evidence(), answered.evidence(), missed[key].evidence()))


def leaving(log: EventLog) -> Iterator[Sentence]:
    """Who left for good."""
    left = log.seen("left")
    if not left.count:
        return
    by = {key: log.seen("left", group=key) for key in log.scenario.groups}
    who = words.listed(
        f"{seen.count:,} {words.called(log.scenario.groups[key].title, key)}"
        if seen.count > 1
        else _one_of(log, key)
        for key, seen in by.items()
        if seen.count
    )
    sessions = dict.fromkeys(log.events[line - 1].session for line in left.lines)
    first = session_called(log.scenario, next(iter(sessions)))
    after = f"after {first}" if len(sessions) == 1 else f"from {first} on"
    says = f"{words.count(left.count, 'person', 'people')} left for good {after}: {who}."
    yield Sentence(
        words.sentence(says), (left.evidence(), *(seen.evidence() for seen in by.values() if seen.count))
    )


def _one_of(log: EventLog, group: str) -> str:
    name = log.names.group(group)
    return name if log.scenario.groups[group].size == 1 else f"one of the {name}"


def _stands(position: float) -> str:
    return f"{words.signed(position)} ({words.stance(position)})"
