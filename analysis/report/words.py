"""What the report calls things: outcomes in families, groups with letters, people, positions, places and numbers."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from analysis import statistics
from analysis.statistics import Estimate

if TYPE_CHECKING:
    from sim import Group, Scenario


DASH: Final = "\u2013"
MINUS: Final = "\u2212"
TIMES: Final = "\u00d7"
_NEGATIVE: Final = re.compile(r"(?<![\w-])-(?=[\d.])")


@dataclass(frozen=True)
class Family:
    """Outcomes that answer one question."""

    key: str
    title: str
    question: str
    outcomes: tuple[str, ...]


FAMILIES: Final = (
    Family("engagement", "Engagement", "Who takes part, and how much of themselves do they put in?",
           ("engagement", "participation", "left_out", "accessibility")),
    Family("alignment", "Alignment", "Do people come to share a picture of what each group thinks, and is it true?",
           ("alignment", "understanding", "learning", "convergence", "polarisation")),
    Family("agreement", "Agreement", "Who accepts the draft, in private and in public, and knowing what?",
           ("agreement", "informed_agreement", "apparent_agreement", "pseudo_consensus", "consensus_reached")),
    Family("fairness", "Voice and influence", "Whose talk, whose notes, whose draft?",
           ("voice_equality", "diversity", "reciprocity", "influence_parity")),
    Family("value", "Value and cost", "What comes of it, and what does it take?", ("public_value", "cost")),
)  # fmt: skip
ON_PLATFORMS: Final = Family(  # stands beside these where a session of a design has a platform
    "platform", "On the platform", "Who is read, who answers whom, and where do they clash?",
    ("read_equality", "diversity_of_uses", "mutuality", "conflict", "competition", "unread", "taken_down", "legitimacy",
     "content_lurkers", "content_contributors", "content_superusers"),
)  # fmt: skip

# Words for outcomes that a reader would not understand by their name; elsewhere the name does.
TITLES: Final = {
    "left_out": "people left out",
    "alignment": "alignment: a shared picture",
    "understanding": "understanding: a true picture",
    "agreement": "agreement, in private",
    "apparent_agreement": "apparent agreement, in public",
    "pseudo_consensus": "pseudo-consensus: public minus private",
    "consensus_reached": "consensus reached by the rule",
    "voice_equality": "equality of voice",
    "influence_parity": "parity of influence",
    "public_value": "public value (a proxy)",
    "read_equality": "equality of being read",
    "mutuality": "mutuality: answers given and got",
    "conflict": "conflict among answers",
    "competition": "competition for attention",
    "unread": "entries that nobody read",
    "taken_down": "contributions taken down",
    "content_lurkers": "what the quiet 90% contribute",
    "content_contributors": "what the next 9% contribute",
    "content_superusers": "what the busiest 1% contribute",
}

_NO_DRAFT: Final = "there was no draft to accept, because nothing could be drafted"
_NO_CONTENT: Final = "there is no platform, or nobody contributed"
UNDEFINED: Final = {
    "alignment": "there is nothing to compare: one person alone, or people who all think the same",
    "understanding": "there is nothing to learn: whoever assumes that others think as oneself is hardly ever wrong",
    "learning": "there was nothing to learn at the start: people already thought nearly the same",
    "convergence": "views did not differ at the start",
    "agreement": _NO_DRAFT,
    "agreement_value": "no issue is a guiding value, or nothing could be drafted",
    "agreement_practical": "no issue is a practical matter, or nothing could be drafted",
    "informed_agreement": "nothing could be drafted, or there is nothing to learn about each other",
    "apparent_agreement": _NO_DRAFT,
    "pseudo_consensus": _NO_DRAFT,
    "consensus_reached": "no draft was put to the participants",
    "voice_equality": "fewer than two people came, or nobody spoke or wrote",
    "diversity": "nobody holds a view far from the mean of all",
    "coverage": "nobody holds a view",
    "accessibility": "nobody was invited",
    "participation": "no minutes were on offer",
    "reciprocity": "no group paid attention to another: there is one group, or nobody was heard or read",
    "collective_action": "there is one group, or nobody was heard or read",
    "reflexive_monitoring": "nobody put anything on record that others could read",
    "influence": "nothing could be drafted",
    "influence_parity": "there is one group, or nothing could be drafted",
    "bimodality": "it takes at least four people who do not all think the same",
    "resource_integration": "the scenario names no strengths",
    "public_value": "the scenario names no strengths, or informed agreement is not defined",
    "recorded": "nobody spoke or wrote",
    "gap_travel": "nobody, or everybody, faces a travel barrier",
    "gap_digital": "nobody, or everybody, faces a digital barrier",
    "gap_schedule": "nobody, or everybody, faces a schedule barrier",
    "gap_communication": "nobody, or everybody, faces a communication barrier",
    "read_equality": "there is no platform, or fewer than two people wrote on it",
    "diversity_of_uses": "there is no platform, or nobody came",
    "mutuality": "there is no platform, or nobody answered anybody",
    "conflict": "there is no platform, or no answer reached whom it was for",
    "competition": "there is no platform, or nobody read on it",
    "unread": "there is no platform, or nobody wrote on it",
    "taken_down": "there is no platform, or nobody contributed",
    "legitimacy": "there is no platform",
    "content_lurkers": _NO_CONTENT,
    "content_contributors": _NO_CONTENT,
    "content_superusers": _NO_CONTENT,
}

STAGES: Final = (
    ("came", "came"),
    ("spoke", "spoke or wrote"),
    ("documented", "was written down"),
    ("moved_draft", "moved the draft"),
)

CHANNELS: Final = {
    "live-onsite": "in the room",
    "live-remote": "on screen",
    "later-onsite": "later, on site",
    "later-remote": "later, from elsewhere",
}

TIME: Final = {"same": "same time", "blended": "blended time", "different": "different time"}
SPACE: Final = {"same": "same space", "blended": "blended space", "distributed": "distributed"}

# Okabe & Ito: told apart by people who see colours differently; a letter stands beside every colour.
GROUP_COLOURS: Final = (
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#CC79A7",
    "#D55E00",
    "#56B4E9",
    "#F0E442",
    "#9A9A9A",
)

RULES: Final = {
    "majority": "more than half of the public votes, on every issue asked for",
    "70/15": "70% of the public votes and less than 15% against, on every issue asked for",
    "75": "75% of the public votes, on every issue asked for",
    "80": "80% of the public votes, on every issue asked for",
    "unanimity": "all public votes, on every issue asked for",
}


# What a position between -1 (no) and 1 (yes) says: the word for all positions below a bound (judgement).
STANCES: Final = (
    (-0.6, "strongly against"),
    (-0.2, "against"),
    (0.2, "undecided"),
    (0.6, "for"),
    (math.inf, "strongly for"),
)


def title(outcome: str) -> str:
    """What a heading calls an outcome."""
    return TITLES.get(outcome, statistics.words(outcome))


def undefined(outcome: str) -> str:
    """Why an outcome may not be defined."""
    return UNDEFINED.get(outcome, "there was nothing to take a share of")


def called(given: str, key: str) -> str:
    """What a reader calls something: its title or, where there is none, its key."""
    return given or key.replace("_", " ")


def cell(setting: str) -> str:
    """A cell of the grid in words."""
    time, space = setting.split("/")
    return f"{TIME[time]}, {SPACE[space]}"


def listed(things: Iterable[str], joint: str = "and") -> str:
    """Things in a row, as in `a, b and c`."""
    *most, last = list(things) or [""]
    return f"{', '.join(most)} {joint} {last}" if most else last


def count(number: int, one: str, more: str | None = None) -> str:
    """A number of things, as in `1 world` or `200 worlds`."""
    return f"{number:,} {one if number == 1 else more or one + 's'}"


def percent(share: float | None) -> str:
    """A share as a percentage, with a decimal where it is small; `<0.1%` and `>99%` where rounding would say none or all."""
    if share is None:
        return DASH
    if 0 < share < 0.0005:
        return "<0.1%"
    if 0.995 <= share < 1:
        return ">99%"
    return f"{100 * share:.1f}%" if 0 < share < 0.0995 else f"{100 * share:.0f}%"


def times(number: int) -> str:
    """How often: `once`, `twice`, `3 times`."""
    return {1: "once", 2: "twice"}.get(number, f"{number:,} times")


def span(found: Estimate) -> str:
    """The 95% interval of a share, in per cent; empty where there is none."""
    low, high = found["low"], found["high"]
    if low is None or high is None:
        return ""
    places = 1 if high < 0.0995 else 0
    ends = dict.fromkeys((f"{100 * low:.{places}f}", f"{100 * high:.{places}f}"))
    return DASH.join(ends) + "%"


def finely(found: Estimate) -> int | None:
    """Decimals in which an interval around a small difference can be told apart from a point."""
    low, high = found["low"], found["high"]
    if low is None or high is None or high <= low or abs(high) + abs(low) >= 10:
        return None
    return min(4, max(2, -math.floor(math.log10((high - low) / 2))))


def money(amount: float | None, most: float = 0.0) -> str:
    """An amount of money; in whole units where the largest of its table is large."""
    if amount is None:
        return DASH
    return minus(f"{amount:,.0f}" if max(abs(amount), most) >= 1000 or amount == 0 else f"{amount:,.2f}")


def mean(found: Estimate, decimals: int | None = None) -> str:
    """The mean of an estimate, or a dash where it is not defined."""
    return DASH if found["mean"] is None else minus(statistics.number(found["mean"], decimals))


def interval(found: Estimate, decimals: int | None = None) -> str:
    """The 95% interval of an estimate; empty where there is none."""
    return minus(statistics.between(found, decimals))


def minus(text: str) -> str:
    """A text whose negative numbers have a true minus sign; hyphens in names stay what they are."""
    return _NEGATIVE.sub(MINUS, text)


def signed(value: float) -> str:
    """A position with its sign, as in `+0.70` or `-0.20`."""
    return minus(f"{0.0 if abs(value) < 0.005 else value:+.2f}") if abs(value) >= 0.005 else "0.00"


def stance(position: float) -> str:
    """What a position between -1 (no) and 1 (yes) says."""
    return next((word for bound, word in STANCES if position < bound), STANCES[-1][1])


def letters(groups: Mapping[str, Group]) -> dict[str, str]:
    """A letter for each group, its first; where that is taken a second beside it."""
    given: dict[str, str] = {}
    names = {
        key: [c for c in called(group.title, key) if c.isalnum()] or ["?"] for key, group in groups.items()
    }
    for key, name in names.items():
        first = name[0].upper()
        options = [first, *(first + other.lower() for other in name[1:])]
        free = (option for option in options if option not in given.values())
        given[key] = next(free, f"{first}{len(given) + 1}")
    return given


def singular(group: str) -> str | None:
    """One member of a group with an English name in the plural; None if the name is none."""
    word = group.replace("_", " ").replace("-", " ")
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) else None


class Names:
    """What people in a run are called: `a patient (P3)`.

    Parameters
    ----------
    scenario : says which groups there are, and how many people in each.
    """

    def __init__(self, scenario: Scenario) -> None:
        self.groups = scenario.groups
        self.letters = letters(scenario.groups)
        self._members = [
            (key, number) for key, group in self.groups.items() for number in range(1, group.size + 1)
        ]

    def short(self, person: int) -> str:
        """A letter and a number."""
        key, number = self._members[person]
        return self.letters[key] + (str(number) if self.groups[key].size > 1 else "")

    def person(self, person: int) -> str:
        """Somebody in a sentence."""
        key, _ = self._members[person]
        group, one = self.groups[key], singular(key)
        if group.title:
            what = f"one of {group.title}" if group.size > 1 else group.title
        elif group.size == 1:
            what = f"the {one or key.replace('_', ' ')}"
        else:
            what = f"{'an' if one[0] in 'aeiou' else 'a'} {one}" if one else f"one of the {called('', key)}"
        return f"{what} ({self.short(person)})"

    def group(self, key: str) -> str:
        """A group in a sentence."""
        group = self.groups[key]
        name = called(group.title, key)
        return f"the {name}" if group.size == 1 and not group.title else name

    def several(self, people: Sequence[int], most: int = 3) -> str:
        """Some people in a sentence: one by name, several by their letters and numbers."""
        if len(people) == 1:
            return self.person(people[0])
        if len(people) > most + 1:
            return listed([*(self.short(i) for i in people[:most]), f"{len(people) - most:,} more"])
        return listed(self.short(i) for i in people)


def sentence(text: str) -> str:
    """A text that begins with a capital letter."""
    return text[:1].upper() + text[1:]
