"""The twin: docs/odd.md as a slow, readable model in ordinary Mesa agents.

Written from the ODD page and not from the kernel, it is the oracle for it: attributes stand on the agent, a rule is a
method, numbers are plain Python. Section numbers are those of the page. From `sim` come only the names of decisions, the
hash of names, the table of constants, the grid's constants and the scenario itself; the draws of section 7.1 are written anew.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import mesa

from sim import chance, parameters, setting
from sim.extensions import creativity, enactment, mobilisation
from sim.scenario import MECHANISMS, Scenario, Trait, ViewTrait

# ---------------------------------------------------------------------------------------------------- 7.1 Chance

WORD = 2**64
GOLDEN = 0x9E3779B97F4A7C15


def mix(x):
    """The finaliser of splitmix64."""
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9 % WORD
    x = (x ^ (x >> 27)) * 0x94D049BB133111EB % WORD
    return x ^ (x >> 31)


def child(key, name):
    """Key of a named or numbered thing within the thing that `key` stands for."""
    return mix((key + GOLDEN * (name + 1)) % WORD)


def bits(key, decision, occasion):
    return mix((key + GOLDEN * ((decision << 40) + occasion + 1)) % WORD)


def draw(key, decision, occasion=0):
    """Uniform in [0, 1)."""
    return (bits(key, decision, occasion) >> 11) * 2.0**-53


def triangle(key, decision, occasion=0):
    """Symmetric triangular in (-1, 1)."""
    z = bits(key, decision, occasion)
    return ((z >> 32) + (z & 0xFFFFFFFF) + 1) * 2.0**-32 - 1


def normal(key, decision, occasion=0):
    """Standard normal."""
    radius = math.sqrt(-2 * math.log(1 - draw(key, decision, occasion)))
    return radius * math.cos(2 * math.pi * draw(key, decision, occasion + 1))


def named(text):
    """The number that stands for a name."""
    return int(chance.named(text))


def wait(weight, u):
    """How long a runner of a race waits; never, at no weight."""
    return -math.log(1 - u) / weight if weight > 0 else math.inf


def race(runners, weight, u):
    """The runner with the shortest wait, the first of equals; None if nobody ever arrives."""
    winner, shortest = None, math.inf
    for runner in runners:
        waits = wait(weight(runner), u(runner))
        if waits < shortest:
            winner, shortest = runner, waits
    return winner


def jump(key, decision, occasion, size):
    """`one_of` (7.10): a number below `size` that stays the same when one more is added, unless the newcomer wins."""
    b, step = 0, 0
    while True:
        j = math.floor((b + 1) / (1 - draw(key, decision, occasion + step)))
        if j >= size:
            return b
        b, step = j, step + 1


# ------------------------------------------------------------------------------------------------------ Notation


def clip(x):
    return max(-1.0, min(1.0, x))


def within(low, x, high):
    return max(low, min(high, x))


def count(amount, u):
    """The whole part of an amount, plus one with its fraction as chance."""
    whole = math.floor(amount)
    return whole + (1 if u < amount - whole else 0)


def moved(rate, time):
    """Share of a gap that is closed in some time, at a rate per unit of time."""
    return 1 - (1 - rate) ** time


def mean(numbers):
    numbers = list(numbers)
    return sum(numbers) / len(numbers) if numbers else math.nan


def ratio(above, below):
    """A quotient; undefined where there is nothing to divide by."""
    return above / below if below != 0 else math.nan


def twentieths(x):
    """t: where a position stands among the twentieths from -1."""
    return math.floor(20 * (x + 1) + 0.5)


def distance_over_pairs(numbers):
    """Mean absolute difference over all pairs."""
    gaps = [abs(x - y) for n, x in enumerate(numbers) for y in numbers[:n]]
    return mean(gaps)


def gini(numbers):
    """Gini's coefficient times n / (n - 1), so that one who has all makes it 1."""
    n, total = len(numbers), sum(numbers)
    if n < 2 or total == 0:
        return math.nan
    apart = sum(abs(x - y) for x in numbers for y in numbers)
    return apart / (2 * n * total) * n / (n - 1)


# Which barriers must be passed, channel by channel (7.3).
STANDS_IN_THE_WAY = (("travel", "schedule"), ("digital", "schedule"), ("travel",), ("digital",))

FOR, NEUTRAL, AGAINST = 1, 0, -1
FACILITATOR = "facilitator"
ABSENT = {FACILITATOR: -1, None: -2}  # how events number those who are not participants


class Event(NamedTuple):
    """One line of the story, in the names of `sim.Event`."""

    session: str
    kind: str
    actor: int
    group: str | None = None
    about: str | int | None = None
    issue: str | None = None
    channel: str | None = None
    value: float | None = None
    divergent: bool = False


# ------------------------------------------------------------------------------------------- 2 Entities


@dataclass(eq=False)
class Entry:
    """One entry of the record."""

    author: Participant
    issue: str
    position: float
    session: str
    channel: int
    divergent: bool
    noted: bool
    key: int
    number: int  # its place on the record
    parent: Entry | None = None  # what it answers
    answers: int = 0
    reads: int = 0


@dataclass
class Answer:
    """One answer on the board."""

    group: str
    issue: str
    position: float
    author: Participant
    channel: int
    key: int


@dataclass
class Contribution:
    """Something said or written, before anybody notes it."""

    speaker: Participant
    issue: str
    position: float
    divergent: bool
    turn: int
    key: int


class Meeting:
    """What a session is, in the numbers that the rules need."""

    def __init__(self, scenario, name, keys):
        session = scenario.sessions[name]
        self.name, self.session = name, session
        self.week = session.week
        self.facilitation = session.facilitation
        self.invited = scenario.invited(name)
        self.platform = session.platform
        self.posts_on_platform = 0
        time, space = scenario.cell(name).split("/")
        live, later = time != "different", time != "same"
        onsite, remote = space != "distributed", space != "same"
        self.minutes = session.minutes
        self.live_minutes = session.minutes * (session.live_share if later else 1.0) if live else 0.0
        self.later_minutes = session.minutes * (1 - session.live_share if live else 1.0) if later else 0.0
        live, later = self.live_minutes > 0, self.later_minutes > 0
        self.on_offer = [live and onsite, live and remote, later and onsite, later and remote]
        self.nobody = child(keys, named(name))  # Z_t
        self.share, self.dial = {}, {}
        for mechanism, share in zip(MECHANISMS, session.shares(), strict=True):
            dial = getattr(scenario.dials, mechanism) * getattr(session.dials, mechanism)
            for factor in scenario.context.values():
                if (not factor.themes or session.theme in factor.themes) and (
                    not factor.sessions or name in factor.sessions
                ):
                    dial *= factor.effects.get(mechanism, 1.0)
            self.share[mechanism] = share * dial
            self.dial[mechanism] = min(1.0, dial)


class Participant(mesa.Agent):
    """Somebody who takes part."""

    # ------------------------------------------------------------------------------------ 5 Initialization

    def __init__(self, model, group, number):
        super().__init__(model)
        self.index = len(model.people)
        self.group = group
        at_start = model.scenario.groups[group]
        self.born = child(child(child(model.population, model.replicate), named(group)), number)
        self.process = child(child(child(model.luck, model.replicate), named(group)), number)  # P(i)
        self.draw_traits(at_start)
        self.draw_barriers(at_start)
        self.anchor = dict(self.views)
        self.picture = {g: dict.fromkeys(model.issues, 0.0) for g in model.groups}
        self.certainty = {g: dict.fromkeys(model.issues, 0.0) for g in model.groups}
        self.recognised = {s: at_start.recognised * held for s, held in self.assets.items()}
        self.active = True
        self.cursor = self.entries_read = self.answers_read = 0
        self.said = dict.fromkeys(model.issues)
        self.latest = dict.fromkeys(model.issues)
        self.contributions = self.captured = self.invited = self.attended = 0
        self.heard = self.heard_today = 0.0
        self.begins_on_platforms()
        self.by_channel = [0, 0, 0, 0]
        self.minutes_invited = self.minutes_used = 0.0
        self.live = self.later = setting.NOWHERE
        self.fluency = 1.0
        self.luck_today = 0  # S(i)
        self.private = dict.fromkeys(model.issues, NEUTRAL)
        self.public = dict.fromkeys(model.issues, NEUTRAL)

    def draw_traits(self, group):
        model, born = self.model, self.born

        def trait(drawn, decision, low, high, name=""):
            key = born ^ named(name) if name else born
            spread = min(drawn.spread, drawn.mean - low, high - drawn.mean)
            return drawn.mean + spread * triangle(key, decision) if spread > 0 else drawn.mean

        self.power = max(1e-6, trait(group.power, chance.POWER, 0, 1))
        self.openness = trait(group.openness, chance.OPENNESS, 0, 1)
        self.engagement = trait(group.engagement, chance.ENGAGEMENT, 0, 1)
        self.conviction = min(0.999999, trait(group.conviction, chance.CONVICTION, 0, 1))
        self.tolerance = max(1e-6, trait(group.tolerance, chance.TOLERANCE, 0, 2))
        sd = model.constant.talkativeness_spread
        self.talkativeness = group.talkativeness * math.exp(
            sd * normal(born, chance.TALKATIVENESS) - sd**2 / 2
        )
        self.trust = {
            g: trait(group.trust_in.get(g, group.trust), chance.TRUST, 0, 1, g) for g in model.groups
        }
        self.views = {
            k: trait(group.views.get(k, ViewTrait(mean=0)), chance.VIEW, -1, 1, k) for k in model.issues
        }
        self.assets = {
            s: trait(group.assets.get(s, Trait(mean=0, spread=0)), chance.ASSET, 0, 1, s) for s in model.kinds
        }
        if model.scenario.preset == "eaa_only":
            self.power = 1.0
            self.trust = dict.fromkeys(self.trust, 1.0)

    def begins_on_platforms(self):
        self.legitimacy = 1.0
        self.follows: list[Participant] = []
        self.had: set[int] = set()  # numbers of entries read
        self.awaiting: list[Entry] = []  # answers that have not reached this person, the latest first
        self.mind: dict[tuple[int, int], Entry] = {}  # by kind (0 answers to oneself, 1 others) and place
        self.of_kind = [0, 0]
        self.opened = self.answered = self.answers_got = self.answers_to_self = 0
        self.read = self.conflicts = self.taken_down = 0

    def draw_barriers(self, group):
        self.barriers = {}
        for number, name in enumerate(setting.BARRIERS):
            barrier = getattr(group.barriers, name)
            faced = draw(self.born, chance.BARRIER_FACED, number) < barrier.share
            self.barriers[name] = barrier.level if faced else 0.0

    def draw_follows(self, follows):
        """7.10: whom this person follows."""
        for place in range(follows.degree):
            for attempt in range(8):
                found = self.finds(8 * place + attempt, follows.homophily)
                if found is self or found in self.follows:
                    continue
                key = self.born ^ named(found.group)
                if attempt == 7 or draw(key, chance.FOLLOWED_STATUS, 8 * place + attempt) < found.power:
                    self.follows.append(found)
                    break

    def finds(self, occasion, homophily):
        """Somebody whom this person comes upon when looking for whom to follow."""
        groups, group = self.model.groups, self.group
        if draw(self.born, chance.FOLLOWED_GROUP, occasion) >= homophily:
            group = race(
                groups,
                lambda g: groups[g].size,
                lambda g: draw(self.born ^ named(g), chance.FOLLOWED_GROUP, occasion),
            )
        members = [j for j in self.model.people if j.group == group]
        return members[jump(self.born ^ named(group), chance.FOLLOWED, 64 * occasion, len(members))]

    # ------------------------------------------------------------------------------------ what one believes

    def believes(self, group, issue):
        """b: what this person believes a group to think (social projection)."""
        c = self.certainty[group][issue]
        return c * self.picture[group][issue] + (1 - c) * self.views[issue]

    def prevails(self, issue):
        """q: what this person believes to prevail."""
        return mean(self.believes(g, issue) for g in self.model.groups)

    def mean_trust_in(self, others):
        return mean(self.trust[other.group] for other in others)

    @property
    def present(self):
        return self.live != setting.NOWHERE or self.later != setting.NOWHERE

    # ------------------------------------------------------------------------------------ 7.2 Weeks pass

    def let_pass(self, weeks):
        constant = self.model.constant
        back = moved(self.conviction * constant.pull, weeks)
        for k in self.views:
            self.views[k] += back * (self.anchor[k] - self.views[k])
        for certainty in self.certainty.values():
            for k in certainty:
                certainty[k] *= (1 - constant.forgetting) ** weeks

    # ------------------------------------------------------------------------------------ 7.3 Arrive

    def decide_to_come(self, meeting):
        constant, model = self.model.constant, self.model
        self.live = self.later = setting.NOWHERE
        self.heard_today = 0.0
        self.luck_today = child(self.process, named(meeting.name))
        supports = meeting.session.supports
        self.fluency = 1 - self.barriers["communication"] * (1 - supports.communication)
        if self.group not in meeting.invited:
            return
        self.invited += 1
        self.minutes_invited += meeting.minutes
        if not self.active:
            return
        passed = {}
        for number, name in enumerate(setting.BARRIERS):
            left = self.barriers[name] * (1 - getattr(supports, name))
            passed[name] = draw(self.luck_today, chance.BARRIER_MET, number) >= left
            if not passed[name] and any(
                offered and name in needed
                for offered, needed in zip(meeting.on_offer, STANDS_IN_THE_WAY, strict=True)
            ):
                model.tell("stopped", self, about=name)
        is_open = [
            offered and all(passed[name] for name in needed)
            for offered, needed in zip(meeting.on_offer, STANDS_IN_THE_WAY, strict=True)
        ]
        if not any(is_open):
            return
        will = self.engagement**constant.willing_engagement
        will *= 1 - constant.willing_openness * (1 - self.openness)
        if draw(self.luck_today, chance.WILLING) >= will:
            model.tell("stayed_away", self)
            return
        self.live = self.better(is_open, setting.LIVE_ONSITE, setting.LIVE_REMOTE)
        self.later = self.better(is_open, setting.LATER_ONSITE, setting.LATER_REMOTE)
        self.attended += 1
        for channel, minutes in ((self.live, meeting.live_minutes), (self.later, meeting.later_minutes)):
            if channel != setting.NOWHERE:
                self.by_channel[channel] += 1
                self.minutes_used += minutes
                model.tell("came", self, channel=channel, value=minutes)

    def better(self, is_open, onsite, remote):
        """The open one of two channels, the one with the higher human interaction if both are, on site if equal."""
        interaction = self.model.interaction
        if is_open[onsite] and is_open[remote]:
            return remote if interaction[remote] > interaction[onsite] else onsite
        return onsite if is_open[onsite] else remote if is_open[remote] else setting.NOWHERE

    # ------------------------------------------------------------------------------------ 7.4 Intentions, assets

    def sees_openness(self, own, other, fidelity):
        """o(i,j): the openness that one perceives in another."""
        return fidelity * other + (1 - fidelity) * own

    def shares_intentions(self, others, meeting, openness):
        """What the others seem to come with moves openness, and trust in their groups; `openness` is that before."""
        constant, model = self.model.constant, self.model
        t = meeting.live_minutes * meeting.share["intentions"]
        t *= 1 + constant.facilitation_lift * meeting.facilitation
        t *= mean(min(model.interaction[self.live], model.interaction[j.live]) for j in others)
        seen = {
            j: self.sees_openness(openness[self], openness[j], model.fidelity_of(self.live, j.live))
            for j in others
        }
        drawn_to = sum(j.power * seen[j] for j in others) / sum(j.power for j in others)
        self.openness += moved(constant.intention_gain, t) * (drawn_to - openness[self])
        for g in model.groups:
            members = [seen[j] for j in others if j.group == g]
            if members:
                self.trust[g] += moved(model.trust_gain, t) * (mean(members) - self.trust[g])

    def names_assets(self, meeting):
        f = meeting.facilitation
        t = meeting.live_minutes * meeting.share["assets"] * (f + (1 - f) * self.power * self.fluency)
        for s in self.assets:
            gap = self.assets[s] - self.recognised[s]
            self.recognised[s] += moved(self.model.constant.recognition_gain, t) * gap

    # ------------------------------------------------------------------------------------ 7.5 Dialogue

    def claim(self, meeting, hybrid):
        """w: the claim to the floor."""
        constant = self.model.constant
        base = self.talkativeness * self.power * self.engagement * self.fluency
        if hybrid and self.live == setting.LIVE_REMOTE:
            base *= constant.hybrid_penalty
        floor = constant.facilitated_floor
        e = floor + (1 - floor) * (1 - meeting.facilitation)
        return base**e if base > 0 else 0.0

    def salience(self, issue):
        floor = self.model.constant.salience_floor
        return self.model.issues[issue].weight * (floor + (1 - floor) * abs(self.views[issue]))

    def takes_issue(self, decision, n):
        return race(self.model.issues, self.salience, lambda k: draw(self.luck_today ^ named(k), decision, n))

    def voices(self, issue, trust, turn, key, named_share=1.0):
        """Say or write what one thinks, bent towards what is believed to prevail where there is little trust."""
        constant = self.model.constant
        x, q = self.views[issue], self.prevails(issue)
        y = clip(x + constant.self_silencing * named_share * (1 - trust) * (q - x))
        self.contributions += 1
        self.said[issue] = y
        return Contribution(self, issue, y, abs(y - q) >= constant.divergence, turn, key)

    def attention(self, fidelity):
        """A."""
        return self.engagement * fidelity * self.fluency

    def understood(self, position, fidelity, key, decision, occasion):
        """y': a position as it arrives, misheard or misread where social fidelity is low."""
        scale = self.model.constant.noise * (1 - fidelity)
        return clip(position + scale * triangle(key, decision, occasion)) if scale != 0 else clip(position)

    def learns(self, group, issue, position, a):
        """Take in what a member of a group thinks."""
        if a <= 0:
            return
        c = self.certainty[group][issue]
        self.picture[group][issue] += a / (a + c * (1 - a)) * (position - self.picture[group][issue])
        self.certainty[group][issue] += a * (1 - c)

    def persuasion(self, distance):
        """K: the share of a difference that can move."""
        kernel = self.model.scenario.kernel
        if kernel == "flat":
            return 1.0
        if distance > self.tolerance:
            return 0.0
        return 1.0 if kernel == "step" else (1 - (distance / self.tolerance) ** 2) ** 2

    def hears(self, contribution):
        constant, model = self.model.constant, self.model
        speaker, k = contribution.speaker, contribution.issue
        fidelity = model.fidelity_of(self.live, speaker.live)
        attention = self.attention(fidelity)
        key = self.luck_today ^ speaker.process
        y = self.understood(contribution.position, fidelity, key, chance.MISHEARD, contribution.turn)
        self.learns(speaker.group, k, y, constant.learning * attention)
        gap = y - self.views[k]
        trust = self.trust[speaker.group]
        self.views[k] += (
            constant.influence * self.openness * trust * attention * self.persuasion(abs(gap)) * gap
        )
        seen = self.sees_openness(self.openness, speaker.openness, fidelity)
        self.trust[speaker.group] += model.trust_gain * attention * (seen - trust)
        speaker.is_heard(self, attention)

    def is_heard(self, listener, attention):
        self.heard += attention
        self.heard_today += attention
        self.model.flow[self.group][listener.group] += attention

    def posts_in(self, minutes, meeting):
        """How many posts, a fractional number, the later minutes hold."""
        will = min(1.0, self.engagement * self.talkativeness * self.fluency)
        return 60 * minutes * meeting.share["dialogue"] / self.model.constant.post_seconds * will

    def writes_posts(self, meeting):
        minutes = meeting.later_minutes * (1 - self.model.creativity)
        for n in range(count(self.posts_in(minutes, meeting), draw(self.luck_today, chance.POSTS))):
            if not self.may_only_comment(meeting) or self.mind:
                self.writes_post(n, meeting)

    def writes_post(self, n, meeting):
        platform = meeting.platform
        parent = self.chooses_parent(n, meeting)
        issue = parent.issue if parent else self.takes_issue(chance.ISSUE_OF_POST, n)
        others = [j for j in self.model.people if j.group in meeting.invited and j is not self]
        trust = self.mean_trust_in(others) if others else 1.0
        named_share = 1 - platform.anonymity if platform else 1.0
        post = self.voices(issue, trust, n, child(self.luck_today, 2**32 + n), named_share)
        self.publishes(post, parent, n, meeting)

    def publishes(self, post, parent, n, meeting):
        """Let a contribution appear: unless it is taken down, or lost."""
        model, platform = self.model, meeting.platform
        told = {"about": parent.number if parent else None, "issue": post.issue, "channel": self.later}
        told |= {"value": post.position, "divergent": post.divergent}
        model.tell("wrote", self, **told)
        if platform:
            meeting.posts_on_platform += 1
        if parent and self.is_taken_down(n, post, parent, platform):
            self.taken_down += 1
            self.legitimacy -= model.constant.legitimacy_cost * self.legitimacy
            far = self.is_conflict(abs(post.position - parent.position), parent.author)
            model.tell("taken_down", self, **{**told, "divergent": far})
        elif draw(self.luck_today, chance.KEPT, n) < meeting.dial["documentation"]:
            entry = model.enter(post, post.position, self.later, noted=False)
            if parent:
                self.has_answered(parent, entry)
            elif platform:
                self.opened += 1

    # ------------------------------------------------------------------------------------ 7.10 Writing on a platform

    def may_only_comment(self, meeting):
        platform = meeting.platform
        return platform is not None and platform.owner is not None and platform.owner != self.group

    def chooses_parent(self, n, meeting):
        """The entry that post n answers; None if it opens a thread."""
        if meeting.platform is None or not self.mind:
            return None
        answers = draw(self.luck_today, chance.IS_ANSWER, n) < meeting.platform.answering
        if not answers and not self.may_only_comment(meeting):
            return None
        place = race(
            sorted(self.mind),
            lambda place: self.salience(self.mind[place].issue),
            lambda place: draw(self.luck_today ^ self.mind[place].key, chance.PARENT, n),
        )
        return self.mind.pop(place)

    def is_taken_down(self, n, post, parent, platform):
        distance, tolerance = abs(post.position - parent.position), parent.author.tolerance
        if distance <= tolerance:
            return False
        m = platform.moderation if self.is_conflict(distance, parent.author) else platform.moderation**2
        return draw(self.luck_today, chance.TAKEN_DOWN, n) < m

    def is_conflict(self, distance, reader):
        """Is an answer as far as this from its reader's view, or entry, a conflict?"""
        return distance > self.model.constant.conflict_reach * reader.tolerance

    def has_answered(self, parent, entry):
        entry.parent = parent
        parent.answers += 1
        self.answered += 1
        parent.author.answers_got += 1
        parent.author.awaiting.insert(0, entry)

    # ------------------------------------------------------------------------------------ 7.11 Optional mechanisms

    def tries(self, known, n, number, key):
        """Look for what lies beyond the record; an idea, or None."""
        issue = self.takes_issue(creativity.ABOUT, n)
        if issue not in known:
            return None
        low, high = known[issue]
        spark = draw(self.luck_today, creativity.SPARK, n) < self.openness * (high - low) / 2
        between = low < self.views[issue] < high
        if high - low < self.model.constant.divergence or not between or not spark:
            return None
        b = draw(self.luck_today, creativity.HOW_FAR, n) / 2
        y = high + b * (1 - high) if self.views[issue] >= (low + high) / 2 else low - b * (1 + low)
        divergent = abs(y - self.prevails(issue)) >= self.model.constant.divergence
        self.contributions += 1
        self.views[issue] = self.said[issue] = y
        return Contribution(self, issue, y, divergent, number, key)

    def sees_deeds(self, kept):
        pace = self.model.accountability
        self.engagement += pace * (kept - self.engagement)
        for g in self.trust:
            if g != self.group:
                self.trust[g] += pace * (kept - self.trust[g])

    def is_told(self, reach, word):
        self.engagement += reach * (word - self.engagement)
        if not self.active:
            trust = mean(t for g, t in self.trust.items() if g != self.group or len(self.trust) == 1)
            key = child(self.process, named(self.model.meeting.name))
            self.active = draw(key, mobilisation.RETURNS) < reach * word * trust

    # ------------------------------------------------------------------------------------ 7.6 Interpretation

    def reads(self, meeting, channel, minutes, last, openness, sitting):
        """One sitting over the record; `openness` is everybody's as it was when the phase began."""
        constant = self.model.constant
        time = minutes * meeting.share["interpretation"] * constant.reading_rate * self.fluency
        left = count(time, draw(self.luck_today, chance.READS, sitting))
        read = 0
        gathered = {k: {"W": 0.0, "Y": 0.0, "A": 0.0, "n": 0} for k in self.model.issues}
        for entry in self.goes_through(meeting, last, sitting, left):
            self.reads_entry(entry, channel, meeting, openness, gathered[entry.issue])
            read += 1
        self.entries_read += read
        self.concludes(gathered)
        if read:
            self.model.tell("read", self, about=read, channel=channel)

    def goes_through(self, meeting, last, sitting, left):
        """The entries that are read in a sitting, at most `left`, one after the other."""
        model = self.model
        on_platform = sitting == 1 and meeting.platform is not None
        while on_platform and left > 0 and self.awaiting:
            yield self.awaiting[0]
            left -= 1
        if on_platform and meeting.platform.ranks():
            for entry in self.looks_down(self.feed(meeting), meeting):
                if left == 0:
                    break
                if entry.author is not self and entry.number not in self.had and self.may_see(entry):
                    yield entry
                    left -= 1
            self.cursor = last
        while left > 0 and self.cursor < last:
            entry = model.record[self.cursor]
            self.cursor += 1
            if entry.author is not self and entry.number not in self.had and self.may_see(entry):
                yield entry
                left -= 1

    # ------------------------------------------------------------------------------------ 7.10 Reading on a platform

    def may_see(self, entry):
        platform = self.model.scenario.sessions[entry.session].platform
        if entry.noted or platform is None or platform.readers == "everybody":
            return True
        if platform.readers == "members":
            return self.group in self.model.scenario.invited(entry.session)
        return entry.author in self.follows or (entry.parent is not None and entry.parent.author is self)

    def feed(self, meeting):
        """What stands before this person, from the top."""
        feed = self.model.feed
        if meeting.platform.readers == "followers":
            feed = [entry for entry in feed if entry.author in self.follows]
        return feed

    def looks_down(self, feed, meeting):
        """A feed from where one comes in to the end, and on from the top."""
        n, start = len(feed), 1
        if n and meeting.platform.order != "unread":
            u = draw(self.luck_today, chance.FEED)
            start = min(n, math.floor(n ** (self.model.constant.feed_depth * u)))
        return feed[start - 1 :] + feed[: start - 1]

    def keeps_in_mind(self, entry):
        kind = 0 if self.is_answer_to_me(entry) else 1
        self.mind[kind, self.of_kind[kind] % 2] = entry
        self.of_kind[kind] += 1

    def is_answer_to_me(self, entry):
        return entry.parent is not None and entry.parent.author is self

    def minds_the_tone(self, entry, distance, attention, channel):
        """What an answer to oneself does to trust in the group that it comes from; `attention` as far as it is named."""
        constant, g = self.model.constant, entry.author.group
        self.answers_to_self += 1
        if self.is_conflict(distance, self):
            self.conflicts += 1
            self.trust[g] -= constant.conflict_cost * attention * self.trust[g]
            self.model.tell(
                "clashed", self, about=entry.number, issue=entry.issue, channel=channel, value=distance
            )
        elif entry.parent.parent is not None and entry.parent.parent.author is entry.author:
            self.trust[g] += constant.mutual_gain * attention * (1 - self.trust[g])

    def reads_entry(self, entry, channel, meeting, openness, gathered):
        constant, model = self.model.constant, self.model
        author, k = entry.author, entry.issue
        g, x = author.group, self.views[k]
        fidelity = model.fidelity_of(channel, entry.channel)
        attention = self.attention(fidelity)
        named_share = model.named_share(entry)  # s
        bent = entry.position + constant.biased_assimilation * (1 - openness[self]) * (x - entry.position)
        y = self.understood(bent, fidelity, self.luck_today ^ entry.key, chance.MISREAD, 0)
        self.takes_in(entry, channel, y)
        self.learns(g, k, y, constant.learning * attention * named_share)
        persuasion = self.persuasion(abs(y - x))
        if persuasion > 0:
            trust = named_share * self.trust[g] + (1 - named_share) * mean(self.trust.values())
            gathered["W"] += trust * persuasion
            gathered["Y"] += trust * persuasion * y
            gathered["A"] += attention
            gathered["n"] += 1
        seen = self.sees_openness(openness[self], openness[author], fidelity)
        warmth = attention * named_share * meeting.dial["intentions"]
        self.trust[g] += model.trust_gain * warmth * (seen - self.trust[g])
        self.openness += constant.intention_gain * warmth * (seen - self.openness)
        for s in author.assets:
            gain = constant.recognition_gain * attention * named_share * meeting.dial["assets"]
            author.recognised[s] += gain * (author.assets[s] - author.recognised[s])
        author.is_heard(self, attention * meeting.dial["dialogue"])
        if self.is_answer_to_me(entry):
            self.minds_the_tone(entry, abs(y - x), attention * named_share, channel)

    def takes_in(self, entry, channel, position):
        """What being read is, in a design with a platform."""
        if not self.model.on_platforms:
            return
        entry.reads += 1
        entry.author.read += 1
        self.had.add(entry.number)
        self.keeps_in_mind(entry)
        if entry in self.awaiting:
            self.awaiting.remove(entry)
        self.model.tell(
            "took_in", self, about=entry.number, issue=entry.issue, channel=channel, value=position
        )

    def concludes(self, gathered):
        """What a sitting's reading does to views, at once."""
        own = self.trust[self.group]
        for k, of in gathered.items():
            if of["n"] > 0 and own + of["W"] > 0:
                middle = (own * self.views[k] + of["Y"]) / (own + of["W"])
                pull = of["A"] / of["n"] * self.openness * moved(self.model.constant.influence, of["n"])
                self.views[k] += pull * (middle - self.views[k])

    # ------------------------------------------------------------------------------------ 7.7 Understanding

    def takes_group(self, decision, n):
        others = [g for g in self.model.groups if g != self.group] or [self.group]
        return race(others, lambda g: 1.0, lambda g: draw(self.luck_today ^ named(g), decision, n))

    def is_answered(self, answerer, group, issue, position, fidelity, decision, occasion):
        """Learn from an answer; `answerer` is the answerer's part of the key, P live and S later."""
        key = self.luck_today ^ answerer ^ named(issue)
        y = self.understood(position, fidelity, key, decision, occasion)
        self.learns(group, issue, y, self.model.constant.correction * self.attention(fidelity))

    def reads_answers(self, minutes):
        constant, model = self.model.constant, self.model
        time = minutes * (1 - constant.asking_share) * constant.reading_rate * self.fluency
        left = count(time, draw(self.luck_today, chance.ANSWERS_READ))
        while left > 0 and self.answers_read < len(model.answers):
            answer = model.answers[self.answers_read]
            self.answers_read += 1
            if answer.author is not self:
                fidelity = model.fidelity_of(self.later, answer.channel)
                self.is_answered(
                    answer.key, answer.group, answer.issue, answer.position, fidelity, chance.MISTAKEN_LATER, 0
                )  # fmt: skip
                left -= 1

    def asks_later(self, minutes):
        constant, model = self.model.constant, self.model
        will = min(1.0, self.engagement * self.talkativeness * self.fluency)
        time = 60 * minutes * constant.asking_share / constant.post_seconds * will
        for n in range(count(time, draw(self.luck_today, chance.QUESTIONS))):
            group = self.takes_group(chance.ASKED_GROUP_LATER, n)
            issue = self.takes_issue(chance.ASKED_ISSUE_LATER, n)
            model.waiting[group, issue] = True
            model.tell("asked", self, about=group, issue=issue, channel=self.later)

    # ------------------------------------------------------------------------------------ 7.7 Decision

    def votes(self):
        """The private vote."""
        constant, model = self.model.constant, self.model
        fully = constant.heard_half * max(1, self.attended)
        was_heard = self.heard / (self.heard + fully) * self.legitimacy
        for k, draft in model.draft.items():
            self.private[k] = NEUTRAL
            if draft is None or not self.active:
                continue
            sure = mean(self.certainty[g][k] for g in model.groups)
            latitude = self.tolerance * constant.acceptance
            latitude *= 1 + constant.widening * sure * self.openness + constant.fairness * was_heard
            distance = abs(self.views[k] - draft)
            if distance <= latitude:
                self.private[k] = FOR
            elif distance > constant.rejection * latitude:
                self.private[k] = AGAINST

    def votes_publicly(self, others):
        self.public = dict(self.private)
        if not others:
            return
        gives = self.model.constant.conformity * (1 - self.mean_trust_in(others))
        for k, mine in self.private.items():
            chance_for = gives * sum(j.private[k] == FOR for j in others) / len(others)
            chance_against = gives * sum(j.private[k] == AGAINST for j in others) / len(others)
            u = draw(self.luck_today ^ named(k), chance.PUBLIC)
            if mine == FOR:
                chance_for = 0.0
            if mine == AGAINST:
                chance_against = 0.0
            if u < chance_for:
                self.public[k] = FOR
            elif u < chance_for + chance_against:
                self.public[k] = AGAINST

    def holds_to_account(self, drafter):
        """How closely the draft follows what one said moves engagement and trust."""
        model = self.model
        gaps = [
            abs(self.said[k] - draft)
            for k, draft in model.draft.items()
            if draft is not None and self.said[k] is not None
        ]
        if not gaps or not self.active:
            return
        followed = 1 - mean(gaps) / 2
        self.engagement += model.accountability * (followed - self.engagement)
        if isinstance(drafter, Participant) and drafter is not self:
            trust = self.trust[drafter.group]
            self.trust[drafter.group] += model.accountability * (followed - trust)

    # ------------------------------------------------------------------------------------ 7.7 Leaving

    def stays_or_leaves(self, meeting, weeks):
        constant, model = self.model.constant, self.model
        e = self.engagement
        if self.present:
            felt_heard = self.heard_today / (self.heard_today + constant.heard_half)
            held = sum(self.assets.values())
            known = sum(self.recognised.values()) / held if held > 0 else 0.0
            raised = constant.engage_heard * felt_heard + constant.engage_recognised * known
            raised += constant.engage_interaction * self.interaction_today(meeting)
            e += raised * (1 - e) - constant.disengage_unheard * (1 - felt_heard) * e
            self.engagement = within(0.0, e, 1.0)
        else:
            self.engagement = e - constant.disengage_absent * e
        late = constant.dropout_later
        hazard = constant.dropout_hazard * (1 - self.engagement) ** constant.dropout_shape
        hazard *= late + (1 - late) * math.exp(-weeks / constant.dropout_weeks)
        if draw(self.luck_today, chance.DROPOUT) < hazard:
            self.active = False
            model.tell("left", self, value=self.engagement)

    def interaction_today(self, meeting):
        """I: human interaction over one's minutes here."""
        here = [
            (minutes, self.model.interaction[channel])
            for channel, minutes in ((self.live, meeting.live_minutes), (self.later, meeting.later_minutes))
            if channel != setting.NOWHERE
        ]
        minutes = sum(m for m, _ in here)
        return sum(m * i for m, i in here) / minutes if minutes > 0 else 0.0


# ---------------------------------------------------------------------------------------- 3 Process overview


class TwinProcess(mesa.Model):
    """One run of a scenario; `step()` holds one session."""

    participant = Participant

    def __init__(self, scenario: Scenario, seed=1, replicate=0):
        super().__init__(seed=0)
        self.scenario, self.replicate = scenario, replicate
        self.groups, self.issues = scenario.groups, scenario.issues
        self.kinds = scenario.asset_kinds
        self.constant = parameters.values(scenario.parameters)
        theory_alone = scenario.preset == "eaa_only"
        self.creativity = 0.0 if theory_alone else self.constant.creativity
        self.enactment = 0.0 if theory_alone else self.constant.enactment
        self.mobilisation = 0.0 if theory_alone else self.constant.mobilisation
        self.trust_gain = 0.0 if theory_alone else self.constant.trust_gain
        self.accountability = 0.0 if theory_alone else self.constant.accountability
        self.pen = 0.0 if theory_alone else self.constant.pen
        self.population = int(chance.stream(seed, "population"))
        self.luck = int(chance.stream(seed, "process"))
        low, high = self.constant.fidelity_low, self.constant.fidelity_high
        self.interaction = [low + (high - low) * p for p in setting.HUMAN_INTERACTION[scenario.fidelity]]
        self.fidelity = [low + (high - low) * p for p in setting.SOCIAL_FIDELITY[scenario.fidelity]]
        self.people: list[Participant] = []
        for name, group in self.groups.items():
            for number in range(group.size):
                self.people.append(self.participant(self, name, number))
        self.on_platforms = any(session.platform for session in scenario.sessions.values())
        if scenario.follows:
            for i in self.people:
                i.draw_follows(scenario.follows)
        self.feed: list[Entry] = []
        self.record: list[Entry] = []
        self.waiting = {(g, k): False for g in self.groups for k in self.issues}
        self.answers: list[Answer] = []
        self.draft = dict.fromkeys(self.issues)
        self.drafter = None
        self.reached = None
        self.flow = {g: dict.fromkeys(self.groups, 0.0) for g in self.groups}
        self.events: list[Event] = []
        self.held = 0
        self.meeting = None
        self.accounts = Accounts(self)
        self.observer = Observer(self)

    # ------------------------------------------------------------------------------------ what rules share

    def fidelity_of(self, channel, other):
        """f of a pair: that of the poorer channel."""
        return min(self.fidelity[channel], self.fidelity[other])

    def tell(self, kind, actor, *, about=None, issue=None, channel=None, value=None, divergent=False):
        who = (actor.index, actor.group) if isinstance(actor, Participant) else (ABSENT[actor], None)
        place = None if channel is None else setting.CHANNELS[channel]
        self.events.append(Event(self.meeting.name, kind, *who, about, issue, place, value, divergent))

    def enter(self, contribution, position, channel, *, noted):
        """Put a contribution on record."""
        author, k = contribution.speaker, contribution.issue
        author.captured += 1
        author.latest[k] = position
        entry = Entry(
            author, k, position, self.meeting.name, channel, contribution.divergent, noted, contribution.key,
            len(self.record),
        )  # fmt: skip
        self.record.append(entry)
        self.tell("noted", author, issue=k, channel=channel, value=position, divergent=contribution.divergent)

        return entry

    def named_share(self, entry):
        """s: how far the author of an entry is seen."""
        platform = self.scenario.sessions[entry.session].platform
        return 1.0 if entry.noted or platform is None else 1 - platform.anonymity

    def not_entered(self, contribution, channel):
        said = {"value": contribution.position, "divergent": contribution.divergent}
        self.tell("not_noted", contribution.speaker, issue=contribution.issue, channel=channel, **said)

    def outcome(self, name, scope="all"):
        """An outcome as it stands now; NaN where it is undefined."""
        return self.observer.outcome(name, scope)

    def present(self):
        return [i for i in self.people if i.present]

    # ------------------------------------------------------------------------------------ the order of a session

    def step(self):
        names = list(self.scenario.sessions)
        if self.held == len(names):
            return
        meeting = Meeting(self.scenario, names[self.held], child(self.luck, self.replicate))
        if self.held > 0:
            weeks = meeting.week - self.meeting.week
            for i in self.people:
                i.let_pass(weeks)
        self.meeting = meeting
        self.arrive(meeting)
        self.share_intentions(meeting)
        self.name_assets(meeting)
        self.converse(meeting)
        self.create(meeting)
        self.rank_feed(meeting.platform)
        self.interpret(meeting)
        self.seek_understanding(meeting)
        self.decide(meeting)
        self.leave(meeting)
        self.enact(meeting)
        self.mobilise()
        self.accounts.add(meeting)
        self.held += 1

    def arrive(self, meeting):
        for i in self.people:
            i.decide_to_come(meeting)
        hashes = sorted(named(g) for g in self.groups)
        here = [i for i in self.people if i.live != setting.NOWHERE]
        here.sort(key=lambda i: hashes.index(named(i.group)) + draw(i.luck_today, chance.DEAL))
        size = meeting.session.circle_size
        number = max(1, min(math.ceil(len(here) / size), len(here) // 2))
        self.circles = [here[c::number] for c in range(number)]
        visitors = [i for i in self.people if i.later != setting.NOWHERE]
        self.visitors = sorted(visitors, key=lambda i: draw(i.luck_today, chance.VISIT))

    def talking_circles(self):
        return [(c, circle) for c, circle in enumerate(self.circles) if len(circle) >= 2]

    def share_intentions(self, meeting):
        for _, circle in self.talking_circles():
            before = {i: i.openness for i in circle}
            for i in circle:
                i.shares_intentions([j for j in circle if j is not i], meeting, before)

    def name_assets(self, meeting):
        for _, circle in self.talking_circles():
            for i in circle:
                i.names_assets(meeting)

    # ------------------------------------------------------------------------------------ 7.5

    def converse(self, meeting):
        for c, circle in self.talking_circles():
            said = (
                self.rounds(c, circle, meeting) if self.in_rounds(meeting) else self.talk(c, circle, meeting)
            )
            self.take_notes(c, said, meeting, 1 - self.creativity)
        self.end_of_notes = len(self.record)
        for i in self.visitors:
            i.writes_posts(meeting)

    def rank_feed(self, platform):
        """7.10: what stands on top, once all have written."""
        if platform is None or not platform.ranks():
            return
        self.feed = self.record[-platform.feed_window :]
        if platform.order != "unread":
            self.feed.reverse()
        if platform.order == "answered":
            self.feed.sort(key=lambda entry: -entry.answers)

    def in_rounds(self, meeting):
        return meeting.session.turns == "round"

    def claims(self, circle, meeting):
        remote = [i.live == setting.LIVE_REMOTE for i in circle]
        hybrid = any(remote) and not all(remote)
        return {i: i.claim(meeting, hybrid) for i in circle}

    def turns(self, circle, meeting, share):
        """How many turns this share of the live minutes holds, a fractional number."""
        constant = self.constant
        remote = any(i.live == setting.LIVE_REMOTE for i in circle)
        seconds = constant.turn_seconds * (constant.floor_holding_remote if remote else 1)
        seconds += constant.gap_remote if remote else constant.gap_onsite
        return 60 * (meeting.live_minutes * share) * meeting.share["dialogue"] / seconds

    def talk(self, c, circle, meeting):
        claims, said = self.claims(circle, meeting), []
        turns = self.turns(circle, meeting, 1 - self.creativity)
        for n in range(count(turns, draw(meeting.nobody, chance.TURNS, c))):
            floor = race(circle, claims.get, lambda i, n=n: draw(i.luck_today, chance.FLOOR, n))
            if floor is None:
                break
            contribution = self.speak(floor, circle, n)
            said.append(contribution)
            for listener in circle:
                if listener is not floor:
                    listener.hears(contribution)
        return said

    def rounds(self, c, circle, meeting):
        said = []
        number = self.turns(circle, meeting, 1 - self.creativity) / len(circle)
        for n in range(count(number, draw(meeting.nobody, chance.TURNS, c))):
            spoken = [self.speak(i, circle, n) for i in circle]
            for contribution in spoken:
                for listener in circle:
                    if listener is not contribution.speaker:
                        listener.hears(contribution)
            said += spoken
        return said

    def speak(self, i, circle, n):
        issue = i.takes_issue(chance.ISSUE, n)
        trust = i.mean_trust_in([j for j in circle if j is not i])
        said = i.voices(issue, trust, n, child(i.luck_today, n))
        self.tell("said", i, issue=issue, channel=i.live, value=said.position, divergent=said.divergent)
        return said

    def take_notes(self, c, said, meeting, share):
        constant, session = self.constant, meeting.session
        time = meeting.live_minutes * share * meeting.share["documentation"] * session.scribe
        capacity = count(time * constant.notes_per_minute, draw(meeting.nobody, chance.NOTES, c))

        def waits(contribution):
            weight = contribution.speaker.power ** (1 - meeting.facilitation)
            if contribution.divergent:
                weight *= session.captures_divergence
            u = draw(contribution.speaker.luck_today, chance.CAPTURE, contribution.turn)
            return wait(max(1e-9, weight), u)

        order = sorted(range(len(said)), key=lambda n: waits(said[n]))
        kept = set(order[:capacity])
        for n, contribution in enumerate(said):
            channel = contribution.speaker.live
            if n in kept:
                tri = triangle(contribution.key, chance.DISTORTION)
                position = clip(contribution.position + constant.distortion * tri)
                self.enter(contribution, position, channel, noted=True)
            else:
                self.not_entered(contribution, channel)

    # ------------------------------------------------------------------------------------ 7.6

    def interpret(self, meeting):
        if meeting.share["interpretation"] <= 0:
            return
        before = {i: i.openness for i in self.people}
        for i in self.people:
            if i.live != setting.NOWHERE:
                i.reads(meeting, i.live, meeting.live_minutes, self.end_of_notes, before, sitting=0)
            if i.later != setting.NOWHERE:
                i.reads(meeting, i.later, meeting.later_minutes, len(self.record), before, sitting=1)

    # ------------------------------------------------------------------------------------ 7.7

    def seek_understanding(self, meeting):
        for c, circle in self.talking_circles():
            self.ask_and_answer(c, circle, meeting)
        if meeting.share["understanding"] > 0 and self.visitors:
            minutes = meeting.later_minutes * meeting.share["understanding"]
            self.answer_the_board()
            for i in self.visitors:
                i.reads_answers(minutes)
            for i in self.visitors:
                i.asks_later(minutes)

    def ask_and_answer(self, c, circle, meeting):
        claims = self.claims(circle, meeting)
        time = 60 * meeting.live_minutes * meeting.share["understanding"] / self.constant.exchange_seconds
        for n in range(count(time, draw(meeting.nobody, chance.EXCHANGES, c))):
            if self.in_rounds(meeting):
                asker = circle[n % len(circle)]
            else:
                asker = race(circle, claims.get, lambda i, n=n: draw(i.luck_today, chance.ASKER, n))
            if asker is None:
                break
            group = asker.takes_group(chance.ASKED_GROUP, n)
            issue = asker.takes_issue(chance.ASKED_ISSUE, n)
            able = [i for i in circle if i.group == group and i is not asker]
            answerer = race(able, claims.get, lambda i, n=n: draw(i.luck_today, chance.ANSWERER, n))
            if answerer is None:
                self.tell("unanswered", asker, about=group, issue=issue, channel=asker.live)
                continue
            position = answerer.views[issue]
            self.tell("answered", answerer, about=group, issue=issue, channel=answerer.live, value=position)
            for i in circle:
                if i is not answerer:
                    fidelity = self.fidelity_of(i.live, answerer.live)
                    i.is_answered(answerer.process, group, issue, position, fidelity, chance.MISTAKEN, n)

    def answer_the_board(self):
        by_name = [(g, k) for g in sorted(self.groups, key=named) for k in sorted(self.issues, key=named)]
        for g, k in by_name:
            if not self.waiting[g, k]:
                continue
            able = [i for i in self.visitors if i.group == g]
            answerer = race(
                able,
                lambda i: i.engagement * i.talkativeness * i.fluency,
                lambda i, k=k: draw(i.luck_today ^ named(k), chance.ANSWERER_LATER),
            )
            if answerer is not None:
                self.waiting[g, k] = False
                position = answerer.views[k]
                self.answers.append(Answer(g, k, position, answerer, answerer.later, answerer.luck_today))
                self.tell("answered", answerer, about=g, issue=k, channel=answerer.later, value=position)

    # ------------------------------------------------------------------------------------ 7.7 Decision

    def decide(self, meeting):
        present = self.present()
        self.drafter = self.who_drafts(present, meeting)
        for k in self.issues:
            self.draft[k] = self.draft_of(k, present)
        for i in self.people:
            i.votes()
        for i in self.people:
            i.votes_publicly([j for j in present if j is not i] if i.present else [])
        if meeting.session.decide:
            self.tell_votes(present)
            self.reached = float(self.is_agreed(present))
            for i in self.people:
                i.holds_to_account(self.drafter)

    def tell_votes(self, present):
        for k, draft in self.draft.items():
            self.tell("drafted", self.drafter, issue=k, value=draft)
        for k, draft in self.draft.items():
            for i in present if len(present) >= 2 else []:
                vote = i.public[k]
                if vote != NEUTRAL:
                    self.tell("accepted" if vote == FOR else "opposed", i, issue=k, value=draft)
                if vote != i.private[k]:
                    self.tell("gave_way", i, issue=k, value=float(vote))

    def who_drafts(self, present, meeting):
        if draw(meeting.nobody, chance.FACILITATED) < meeting.facilitation:
            return FACILITATOR
        return race(present, lambda i: i.power, lambda i: draw(i.luck_today, chance.DRAFTER))

    def contents(self, k, present):
        """What enters the draft on an issue, (weight, position) by group."""
        enters = {}
        for g in self.groups:
            authors = [i.latest[k] for i in self.people if i.group == g and i.latest[k] is not None]
            if authors:
                enters[g] = (1.0, mean(authors))
            elif isinstance(self.drafter, Participant):
                enters[g] = (self.drafter.certainty[g][k], self.drafter.picture[g][k])
            elif self.drafter is FACILITATOR and present:
                sure = sum(i.certainty[g][k] for i in present)
                told = sum(i.certainty[g][k] * i.picture[g][k] for i in present)
                enters[g] = (sure / len(present), told / sure) if sure > 0 else (0.0, 0.0)
            else:
                enters[g] = (0.0, 0.0)
        return enters

    def draft_of(self, k, present):
        enters = self.contents(k, present)
        total = sum(weight for weight, _ in enters.values())
        if total > 0:
            middle = sum(weight * position for weight, position in enters.values()) / total
            return middle + self.bending() * (self.drafter.views[k] - middle) if self.bending() else middle
        return self.drafter.views[k] if isinstance(self.drafter, Participant) else None

    def bending(self):
        """How far a participant who drafts and is not open bends the draft to its own view."""
        return self.pen * (1 - self.drafter.openness) if isinstance(self.drafter, Participant) else 0.0

    def is_agreed(self, present):
        asked = [k for k, issue in self.issues.items() if issue.kind in self.scenario.decision.kinds]
        return bool(present) and all(self.is_agreed_on(k, present) for k in asked)

    def is_agreed_on(self, k, present):
        for_it = sum(i.public[k] == FOR for i in present) / len(present)
        against = sum(i.public[k] == AGAINST for i in present) / len(present)
        return {
            "majority": for_it > 0.5,
            "70/15": for_it >= 0.70 and against < 0.15,
            "75": for_it >= 0.75,
            "80": for_it >= 0.80,
            "unanimity": for_it == 1,
        }[self.scenario.decision.rule]

    def leave(self, meeting):
        first = next(iter(self.scenario.sessions.values())).week
        for i in self.people:
            if i.active and i.group in meeting.invited:
                i.stays_or_leaves(meeting, meeting.week - first)

    # ------------------------------------------------------------------------------------ 7.11

    def create(self, meeting):
        if self.creativity == 0:
            return
        known = self.extremes(self.record[: self.end_of_notes])
        for c, circle in self.talking_circles():
            self.create_together(c, circle, meeting, known)
        known = self.extremes(self.record)
        for i in (i for i in self.visitors if not i.may_only_comment(meeting)):
            minutes = meeting.later_minutes * self.creativity
            for n in range(
                count(i.posts_in(minutes, meeting) / 2, draw(i.luck_today, creativity.TRIES_LATER))
            ):
                number = 2**33 + n
                if idea := i.tries(known, number, number, child(i.luck_today, 2**32 + number)):
                    i.publishes(idea, None, number, meeting)

    def extremes(self, entries):
        """lo and hi: the lowest and highest position on record, by issue."""
        written = {k: [e.position for e in entries if e.issue == k] for k in self.issues}
        return {k: (min(positions), max(positions)) for k, positions in written.items() if positions}

    def create_together(self, c, circle, meeting, known):
        claims, said = self.claims(circle, meeting), []
        tries = self.turns(circle, meeting, self.creativity) / 12
        for n in range(count(tries, draw(meeting.nobody, creativity.TRIES, c))):
            i = race(circle, claims.get, lambda i, n=n: draw(i.luck_today, creativity.WHOSE, n))
            if i is None:
                break
            idea = i.tries(known, n, 2**33 + n, child(i.luck_today, 2**33 + n))
            if idea:
                shown = {"issue": idea.issue, "value": idea.position, "divergent": idea.divergent}
                self.tell("said", i, channel=i.live, **shown)
                said.append(idea)
                for listener in circle:
                    if listener is not i:
                        listener.hears(idea)
        self.take_notes(c, said, meeting, self.creativity)

    def enact(self, meeting):
        present = self.present()
        if self.enactment == 0 or not meeting.session.decide or not present:
            return
        agreed = [k for k in self.issues if self.is_agreed_on(k, present)]
        acted = {k for k in agreed if draw(meeting.nobody ^ named(k), enactment.ENACTED) < self.enactment}
        for i in present:
            if i.active and agreed:
                i.sees_deeds(mean((1 + i.private[k]) / 2 if k in acted else 0.0 for k in agreed))

    def mobilise(self):
        if self.mobilisation == 0:
            return
        for g in self.groups:
            members = [i for i in self.people if i.group == g]
            telling = [i for i in members if i.present and i.active]
            if not telling:
                continue
            reach, word = self.mobilisation * len(telling) / len(members), mean(i.engagement for i in telling)
            for i in members:
                if not i.present:
                    i.is_told(reach, word)


# ---------------------------------------------------------------------------------------------- Accounts


class Accounts:
    """7.9 What the process has taken so far: hours, effective minutes and money."""

    def __init__(self, model):
        self.model = model
        self.money = dict.fromkeys(("facilitation", "scribes", "venue", "remote", *setting.BARRIERS), 0.0)
        self.hours = {"facilitation": 0.0, "scribes": 0.0}
        self.effective = dict.fromkeys(MECHANISMS, 0.0)  # person-minutes

    def add(self, meeting):
        model, session, prices = self.model, meeting.session, self.model.scenario.prices
        circles = len([circle for circle in model.circles if circle])
        tables = math.ceil(len(model.visitors) / session.circle_size)
        minutes = circles * meeting.live_minutes + tables * meeting.later_minutes
        hours = session.facilitation * minutes / 60 * (1 + prices.facilitator_preparation)
        if meeting.platform:
            seconds = meeting.posts_on_platform * model.constant.moderating_seconds
            hours += meeting.platform.moderation * seconds / 3600
        self.add_hours("facilitation", hours, prices.facilitator_hour)
        hours = session.scribe * circles * meeting.live_minutes / 60 * (1 + prices.scribe_writing_up)
        self.add_hours("scribes", hours, prices.scribe_hour)
        here = model.present()
        onsite = [i for i in here if i.live == setting.LIVE_ONSITE or i.later == setting.LATER_ONSITE]
        remote = [i for i in here if i.live == setting.LIVE_REMOTE or i.later == setting.LATER_REMOTE]
        live = [i for i in here if i.live != setting.NOWHERE]
        room = meeting.live_minutes if meeting.on_offer[setting.LIVE_ONSITE] else 0.0
        room += meeting.later_minutes if meeting.on_offer[setting.LATER_ONSITE] else 0.0
        self.money["venue"] += prices.venue_hour * room / 60
        if meeting.on_offer[setting.LIVE_REMOTE] or meeting.on_offer[setting.LATER_REMOTE]:
            self.money["remote"] += prices.remote_licence
        supported = {"travel": onsite, "digital": remote, "schedule": live, "communication": here}
        for name, who in supported.items():
            faced = sum(i.barriers[name] > 0 for i in who)
            self.money[name] += faced * getattr(session.supports, name) * getattr(prices, f"support_{name}")
        for mechanism in MECHANISMS:
            together = len(live) >= 2 or mechanism == "interpretation"
            minutes = len(live) * meeting.live_minutes if together else 0.0
            if mechanism not in ("intentions", "assets"):
                minutes += len(model.visitors) * meeting.later_minutes
            self.effective[mechanism] += minutes * meeting.share[mechanism]

    def add_hours(self, what, hours, price):
        self.hours[what] += hours
        self.money[what] += hours * price


# ------------------------------------------------------------------------------------- 7.8 Observation


# Outcomes that are not observed in every scope.
OF_THE_WHOLE = ("consensus_reached", "influence_parity")
NOT_BY_BARRIER = (
    "alignment", "understanding", "learning", "convergence", "polarisation", "bimodality", "voice_equality",
    "reciprocity", "collective_action", "influence", *(f"gap_{name}" for name in setting.BARRIERS),
)  # fmt: skip
ON_PLATFORMS = (
    "read_equality", "diversity_of_uses", "mutuality", "conflict", "competition", "unread", "taken_down", "legitimacy",
    "content_lurkers", "content_contributors", "content_superusers",
)  # fmt: skip


class Observer:
    """Reads outcomes off the state of a process; changes nothing."""

    def __init__(self, model):
        self.model = model
        self.start_views = {i: dict(i.views) for i in model.people}
        self.start_truth = self.truth()
        self.scopes = {"all": model.people}
        for g in model.groups:
            self.scopes[g] = [i for i in model.people if i.group == g]
        for barrier in setting.BARRIERS:
            self.scopes[barrier] = [i for i in model.people if i.barriers[barrier] > 0]

    def outcome(self, name, scope):
        who, (kind, _, of) = self.scopes[scope], name.partition("_")
        if (scope != "all" and name in OF_THE_WHOLE) or (
            scope in setting.BARRIERS and name in NOT_BY_BARRIER
        ):
            return math.nan
        if name in ON_PLATFORMS and (scope in setting.BARRIERS or not self.model.on_platforms):
            return math.nan
        if kind == "content":
            return self.content(who, of)
        if kind in ("minutes", "cost", "hours"):
            return self.account(name, scope)
        if kind == "gap":
            return self.gap(who, of)
        if kind == "agreement" and of:
            return self.accepted(who, "private", of)
        if name in ("influence", "reciprocity", "collective_action"):
            return getattr(self, name)(scope)
        return getattr(self, name)(who)

    # taking part

    def engagement(self, who):
        return mean(i.engagement if i.active else 0.0 for i in who)

    def participation(self, who):
        return ratio(sum(i.minutes_used for i in who), sum(i.minutes_invited for i in who))

    def coherence(self, who):
        return mean(c for i in who for of in i.certainty.values() for c in of.values())

    def cognitive_participation(self, who):
        return mean(float(i.contributions > 0 and i.active) for i in who)

    def collective_action(self, scope):
        flow, groups = self.model.flow, list(self.model.groups)
        paid = {(g, h): flow[g][h] for g in groups for h in groups if scope in (g, h) or scope == "all"}
        returned = sum(min(flow[g][h], flow[h][g]) for g, h in paid if g != h)
        return ratio(returned, sum(paid.values())) if len(groups) > 1 else math.nan

    def reflexive_monitoring(self, who):
        by_others = {i: sum(entry.author is not i for entry in self.model.record) for i in who}
        return mean(i.entries_read / n for i, n in by_others.items() if n > 0)

    def retention(self, who):
        return mean(float(i.active) for i in who)

    def accessibility(self, who):
        return ratio(sum(i.attended for i in who), sum(i.invited for i in who))

    def gap(self, who, barrier):
        without = [i for i in who if i.barriers[barrier] == 0]
        faced = [i for i in who if i.barriers[barrier] > 0]
        return self.accessibility(without) - self.accessibility(faced)

    def came(self, who):
        return mean(float(i.attended > 0) for i in who)

    # voice

    def contributions(self, who):
        return mean(i.contributions for i in who)

    def spoke(self, who):
        return mean(float(i.contributions > 0) for i in who)

    def left_out(self, who):
        return mean(float(i.contributions == 0) for i in who)

    def documented(self, who):
        return mean(float(i.captured > 0) for i in who)

    def recorded(self, who):
        return ratio(sum(i.captured for i in who), sum(i.contributions for i in who))

    def heard(self, who):
        return mean(i.heard for i in who)

    def voice_equality(self, who):
        return 1 - gini([i.contributions for i in who if i.attended > 0])

    def reciprocity(self, scope):
        flow, groups = self.model.flow, list(self.model.groups)
        pairs = [(g, h) for n, g in enumerate(groups) for h in groups[:n]]
        if scope in groups:
            pairs = [(g, h) for g, h in pairs if scope in (g, h)]
        both = sum(flow[g][h] + flow[h][g] for g, h in pairs)
        return ratio(sum(2 * min(flow[g][h], flow[h][g]) for g, h in pairs), both)

    # views and pictures

    def truth(self):
        people = self.model.people
        return {
            (g, k): mean(i.views[k] for i in people if i.group == g)
            for g in self.model.groups
            for k in self.model.issues
        }

    def alignment(self, who):
        groups, issues = self.model.groups, self.model.issues
        carried = sum(distance_over_pairs([i.believes(g, k) for i in who]) for g in groups for k in issues)
        return self.one_less(carried / len(groups), self.spread({i: i.views for i in who}), len(issues))

    def convergence(self, who):
        now = self.spread({i: i.views for i in who})
        return self.one_less(now, self.spread({i: self.start_views[i] for i in who}), len(self.model.issues))

    def spread(self, views):
        """How far views lie apart, summed over issues."""
        return sum(distance_over_pairs([of[k] for of in views.values()]) for k in self.model.issues)

    def one_less(self, above, below, terms=1):
        """1 - a quotient, undefined where there is next to nothing to divide by."""
        return 1 - above / below if below / terms >= self.model.constant.learnable else math.nan

    def wrong(self, who):
        """Mean error of what people believe about each other."""
        return mean(abs(i.believes(g, k) - true) for i in who for (g, k), true in self.truth().items())

    def understanding(self, who):
        projected = mean(abs(i.views[k] - true) for i in who for (g, k), true in self.truth().items())
        return (
            1 - ratio(self.wrong(who), projected) if projected >= self.model.constant.learnable else math.nan
        )

    def learning(self, who):
        start = self.start_views
        projected = mean(abs(start[i][k] - true) for i in who for (g, k), true in self.start_truth.items())
        return (
            1 - ratio(self.wrong(who), projected) if projected >= self.model.constant.learnable else math.nan
        )

    def revision(self, who):
        return mean(abs(i.views[k] - i.anchor[k]) for i in who for k in self.model.issues)

    def polarisation(self, who):
        def deviation(numbers):
            middle = mean(numbers)
            return math.sqrt(mean((x - middle) ** 2 for x in numbers))

        return mean(deviation([i.views[k] for i in who]) for k in self.model.issues)

    def bimodality(self, who):
        n = len(who)
        if n < 4:
            return math.nan
        found = []
        for k in self.model.issues:
            views = [i.views[k] for i in who]
            middle = mean(views)
            second, third, fourth = (mean((x - middle) ** p for x in views) for p in (2, 3, 4))
            if second > 1e-12:
                skewness = third / second**1.5 * math.sqrt(n * (n - 1)) / (n - 2)
                excess = fourth / second**2 - 3
                excess = (n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * excess + 6)
                found.append((skewness**2 + 1) / (excess + 3 * (n - 1) ** 2 / ((n - 2) * (n - 3))))
        return mean(found)

    # the record

    def on_record(self, view, issue):
        """Does an entry, counted in twentieths, stand for this view?"""
        near = self.model.constant.same_view
        lowest, highest = twentieths(clip(view - near)), twentieths(clip(view + near))
        return any(
            lowest <= twentieths(entry.position) <= highest
            for entry in self.model.record
            if entry.issue == issue
        )

    def coverage(self, who):
        return mean(float(self.on_record(i.views[k], k)) for i in who for k in self.model.issues)

    def diversity(self, who):
        far = self.model.constant.divergence
        middle = {k: mean(i.views[k] for i in self.model.people) for k in self.model.issues}
        divergent = [(i.views[k], k) for i in who for k in middle if abs(i.views[k] - middle[k]) >= far]
        return mean(float(self.on_record(view, k)) for view, k in divergent)

    # the draft

    def accepted(self, who, votes, kind=None):
        if self.model.held == 0:
            return math.nan
        issues = [k for k, issue in self.model.issues.items() if kind in (None, issue.kind)]
        return mean(float(getattr(i, votes)[k] == FOR) for i in who for k in issues)

    def agreement(self, who):
        return self.accepted(who, "private")

    def apparent_agreement(self, who):
        return self.accepted(who, "public")

    def pseudo_consensus(self, who):
        return self.apparent_agreement(who) - self.agreement(who)

    def informed_agreement(self, who):
        model, truth, found = self.model, self.truth(), []
        if model.held == 0:
            return math.nan
        for k in model.issues:
            projected = mean(abs(i.views[k] - truth[g, k]) for i in model.people for g in model.groups)
            if projected < model.constant.learnable:
                continue
            for i in who:
                error = mean(abs(i.believes(g, k) - truth[g, k]) for g in model.groups)
                found.append((i.private[k] == FOR) * within(0.0, 1 - error / projected, 1.0))
        return mean(found)

    def consensus_reached(self, who):
        return math.nan if self.model.reached is None else self.model.reached

    def influence_of(self, group):
        gaps = [
            abs(draft - self.start_truth[group, k])
            for k, draft in self.model.draft.items()
            if draft is not None
        ]
        return 1 - mean(gaps) / 2

    def influence(self, scope):
        if scope in self.model.groups:
            return self.influence_of(scope)
        return mean(self.influence_of(g) for g in self.model.groups)

    def influence_parity(self, who):
        return 1 - gini([self.influence_of(g) for g in self.model.groups])

    def moved_draft(self, who):
        return mean(float(self.moves_draft(i)) for i in who)

    def moves_draft(self, i):
        model = self.model
        for k in model.issues:
            if i.latest[k] is None:
                continue
            others = [j.latest[k] for j in self.scopes[i.group] if j.latest[k] is not None and j is not i]
            if not others:
                return True
            enters = model.contents(k, model.present())
            total = sum(weight for weight, _ in enters.values())
            shift = abs(mean(others) - enters[i.group][1]) / total * (1 - model.bending())
            if shift > model.constant.moved:
                return True
        return False

    # strengths and value

    def resource_integration(self, who):
        shares = []
        for s in self.model.kinds:
            held = sum(i.assets[s] for i in who)
            if held > 0:
                shares.append(sum(i.recognised[s] for i in who) / held)
        return mean(shares)

    def public_value(self, who):
        return self.resource_integration(who) * self.informed_agreement(who)

    # platforms (7.10)

    def read_equality(self, who):
        return 1 - gini([i.read for i in who if i.opened + i.answered > 0])

    def diversity_of_uses(self, who):
        uses = [(i.opened > 0, i.answered > 0) for i in who if i.attended > 0]
        shares = [uses.count(use) / len(uses) for use in set(uses)]
        return (1 - sum(share**2 for share in shares)) / 0.75 if uses else math.nan

    def mutuality(self, who):
        both = sum(i.answered + i.answers_got for i in who)
        return ratio(2 * sum(min(i.answered, i.answers_got) for i in who), both)

    def conflict(self, who):
        return ratio(sum(i.conflicts for i in who), sum(i.answers_to_self for i in who))

    def written(self, who):
        """Entries written, not noted, in sessions with a platform."""
        sessions = self.model.scenario.sessions
        return [
            e for e in self.model.record if not e.noted and sessions[e.session].platform and e.author in who
        ]

    def competition(self, who):
        return gini([e.reads for e in self.written(who)])

    def unread(self, who):
        return mean(float(e.reads == 0) for e in self.written(who))

    def taken_down(self, who):
        return ratio(sum(i.taken_down for i in who), sum(i.contributions for i in who))

    def legitimacy(self, who):
        return mean(i.legitimacy for i in who)

    def content(self, who, part):
        """The share of contributions that comes from one part of those who attended, lowest to highest."""
        low, high = {"lurkers": (0, 0.9), "contributors": (0.9, 0.99), "superusers": (0.99, 1)}[part]
        given = sorted(i.contributions for i in who if i.attended > 0)
        return self.lorenz(given, high) - self.lorenz(given, low) if sum(given) > 0 else math.nan

    def lorenz(self, given, p):
        """The share that comes from the lowest p of people, in a straight line between one and the next."""
        whole = min(len(given), math.floor(p * len(given)))
        rest = given[whole] * (p * len(given) - whole) if whole < len(given) else 0.0
        return (sum(given[:whole]) + rest) / sum(given)

    # effort

    def account(self, name, scope):
        who, accounts = self.scopes[scope], self.model.accounts
        what, _, heading = name.partition("_")
        if not who:
            return math.nan
        if heading == "offered":
            return sum(i.minutes_invited for i in who) / 60
        if heading == "used":
            return sum(i.minutes_used for i in who) / 60
        if heading == "participants":
            return sum(i.minutes_used / 60 * self.model.groups[i.group].fee_per_hour for i in who)
        if scope != "all":
            return math.nan
        if what == "minutes":
            return accounts.effective[heading] / len(who)
        if what == "hours":
            return accounts.hours[heading]
        if heading:
            return accounts.money[heading]
        return self.account("cost_participants", scope) + sum(accounts.money.values())
