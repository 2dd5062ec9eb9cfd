"""The one table of behavioural constants. Nothing that shapes behaviour is buried in code.

`bounds` is what validation accepts: wide enough for the limits at which the model equals known models.
`plausible` is the range that studies sample; where it is a single point, they do not (`sampled`). `sure` says how much the
default rests on: "high" (several studies agree), "medium" (one study, or a neighbouring field), "low" (judgement, or a figure from far away). Unless a source is named the
value is judgement: ours, open to dispute, and to be varied. A hypothesis that holds only at the defaults does not hold.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True)
class Parameter:
    """One behavioural constant: what it means, where it may lie and what it rests on."""

    name: str
    default: float
    bounds: tuple[float, float]
    plausible: tuple[float, float]
    unit: str
    meaning: str
    source: str = "judgement"
    sure: str = "low"
    platform: bool = False  # does it matter in designs with a platform alone?

    @property
    def sampled(self) -> bool:
        """Do studies of what is plausible vary it? Not what switches an optional mechanism on: that is for a scenario to ask."""
        return self.plausible[0] < self.plausible[1]


PARAMETERS: Final[tuple[Parameter, ...]] = (
    # What channels carry
    Parameter("fidelity_low", 0.2, (0, 1), (0.05, 0.4), "share",
              "human interaction and social fidelity at the low end of the scale"),
    Parameter("fidelity_high", 1.0, (0, 1), (0.8, 1), "share",
              "human interaction and social fidelity at the high end of the scale"),
    # Access
    Parameter("willing_engagement", 0.33, (0, 5), (0.2, 0.6), "exponent",
              "how steeply the will to come falls as engagement falls: will = engagement ** this",
              "calibrated: 10-20% no-shows at an ordinary workshop (evidence 6.1: Allard 2007; recruiters' practice)",
              "medium"),
    Parameter("willing_openness", 0.03, (0, 1), (0, 0.15), "share",
              "share of the will to come that is lost at openness 0"),
    # Intentions and assets
    Parameter("intention_gain", 0.006, (0, 1), (0.002, 0.02), "share of the gap per minute, or per entry read",
              "how fast openness moves towards the openness perceived in the others"),
    Parameter("trust_gain", 0.01, (0, 1), (0.003, 0.03), "share of the gap per minute of intentions, or per exchange",
              "how fast trust in a group moves towards its perceived openness"),
    Parameter("facilitation_lift", 1.0, (0, 5), (0, 2), "factor - 1",
              "how much full facilitation speeds up the sharing of intentions",
              "judgement; direction: Farr 2018, doi:10.1177/0261018317747444"),
    Parameter("recognition_gain", 0.03, (0, 1), (0.01, 0.08), "share of the gap per minute, or per entry read",
              "how fast a strength becomes known while assets are named"),
    # The floor
    Parameter("talkativeness_spread", 0.55, (0, 3), (0.3, 0.9), "sd of the logarithm",
              "how much people differ in their propensity to speak",
              "calibrated: share of talk in groups of six, geometric ratio .70-.80 without a facilitator "
              "(evidence 5.3: Thompson 2013, secondary)", "medium"),
    Parameter("facilitated_floor", 0.25, (0, 1), (0.1, 0.5), "share",
              "share of the inequality of the floor that full facilitation leaves",
              "calibrated: geometric ratio .85-.95 in facilitated groups of six (evidence 9: judgement)"),
    Parameter("hybrid_penalty", 0.5, (0, 1), (0.2, 0.9), "share",
              "what is left of a remote person's claim to the floor when others share a room",
              "judgement; direction: Saatci et al. 2019, 2020 (qualitative)"),
    Parameter("turn_seconds", 40.0, (1, 600), (20, 90), "seconds",
              "how long one contribution lasts on site"),
    Parameter("gap_onsite", 0.135, (0, 60), (0.1, 0.3), "seconds",
              "silence between two turns in one room", "Boland et al. 2022, doi:10.1037/xge0001150", "high"),
    Parameter("gap_remote", 0.487, (0, 60), (0.3, 0.7), "seconds",
              "silence between two turns on video", "Boland et al. 2022, doi:10.1037/xge0001150", "high"),
    Parameter("floor_holding_remote", 1.2, (1, 5), (1.1, 1.5), "factor",
              "how much longer a contribution lasts where somebody is on video",
              "judgement; direction: Boland et al. 2022 (the floor is held longer)"),
    Parameter("post_seconds", 300.0, (1, 36000), (120, 900), "seconds",
              "time to write one post, or to pose one written question"),
    # What is said
    Parameter("salience_floor", 0.25, (0.01, 1), (0.1, 0.6), "share",
              "how much an issue matters to somebody who is indifferent on it, against somebody at the extreme"),
    Parameter("self_silencing", 0.4, (0, 1), (0.1, 0.8), "share",
              "how far a voiced view is bent towards what is believed to prevail, where there is no trust",
              "judgement; direction: expressed and private opinion differ, PMC6594623"),
    Parameter("divergence", 0.3, (0, 2), (0.2, 0.6), "view units",
              "distance from what is believed to prevail (said) or from the mean (held) from which a view is divergent"),
    # Hearing
    Parameter("learning", 0.2, (0, 1), (0.08, 0.4), "share per contribution fully attended to",
              "how much one heard statement tells a listener about the speaker's group"),
    Parameter("influence", 0.04, (0, 1), (0.01, 0.12), "share of the distance per contribution heard",
              "how far a heard view moves a fully attentive, open and trusting listener",
              "judgement; the weight of advice in the laboratory, .35-.40 per exchange (evidence 7.3), is an upper bound"),
    Parameter("noise", 0.3, (0, 2), (0.1, 0.6), "view units",
              "half-width of the triangular misreading at no social fidelity"),
    # The record
    Parameter("notes_per_minute", 1.5, (0, 1000), (0.5, 4), "entries per minute of documentation",
              "how much a full-time scribe gets down"),
    Parameter("distortion", 0.1, (0, 2), (0, 0.3), "view units",
              "half-width of the triangular error with which a scribe notes a position"),
    Parameter("reading_rate", 3.0, (0, 1000000), (1, 6), "entries per minute of interpretation",
              "how much of the record somebody without a communication barrier reads"),
    Parameter("biased_assimilation", 0.3, (0, 1), (0.1, 0.6), "share",
              "how far a reader who is not open bends what is read towards the own view",
              "judgement; direction: preference-consistent evaluation, Faulmueller et al. 2010"),
    # Understanding
    Parameter("correction", 0.4, (0, 1), (0.2, 0.7), "share per answer fully attended to",
              "how much an answer to 'is this what you think?' tells about the answerer's group"),
    Parameter("exchange_seconds", 90.0, (1, 3600), (45, 180), "seconds",
              "how long one question and its answer last"),
    Parameter("asking_share", 0.5, (0, 1), (0.3, 0.7), "share",
              "share of the later minutes of understanding that goes into asking; the rest goes into reading answers"),
    # Platforms
    Parameter("feed_depth", 1.0, (0, 1), (0.5, 1), "exponent",
              "how far down a feed of n entries people come in: at place n ** (this x a uniform number); 0 is always the top",
              "judgement; direction: what stands on top is read most, and what lies deep is read by few", platform=True),
    Parameter("conflict_reach", 1.2, (1, 10), (1, 2), "factor",
              "distance from which an answer is a conflict to whom it answers, as a multiple of the latitude of acceptance", platform=True),
    Parameter("conflict_cost", 0.1, (0, 1), (0.03, 0.3), "share of trust per conflict fully attended to",
              "how much trust in a group an answer costs that is a conflict",
              "judgement; direction: new competition and conflict, Daneshvar et al. 2018, JMIR Hum Factors 5(1):e5", platform=True),
    Parameter("mutual_gain", 0.05, (0, 1), (0.01, 0.15), "share of the gap per answer fully attended to",
              "how much trust in a group grows with an answer from somebody whom one has answered oneself",
              "judgement; direction: reciprocity in sharing knowledge and mutual support, Daneshvar et al. 2018", platform=True),
    Parameter("legitimacy_cost", 0.15, (0, 1), (0.05, 0.3), "share of legitimacy per contribution taken down",
              "how much of the process's legitimacy is lost to somebody whose answer is taken down",
              "judgement; direction: heavier moderation lowers perceived fairness and legitimacy (510 participants, "
              "Singapore, arXiv:1901.10720)", platform=True),
    Parameter("moderating_seconds", 60.0, (0, 3600), (20, 180), "seconds",
              "work of a full-time moderator for each contribution to a platform", platform=True),
    # Decision
    Parameter("acceptance", 0.5, (0, 10), (0.35, 0.8), "factor",
              "latitude within which a draft is accepted, as a multiple of tolerance"),
    Parameter("pen", 0.5, (0, 1), (0.2, 0.8), "share",
              "how far a participant who drafts and is not open bends the draft towards the own view",
              "judgement; direction: any toolbox can become a tick-box (sources/001), intentions and power shape what is done "
              "with what was said (Farr 2018, doi:10.1177/0261018317747444)"),
    Parameter("widening", 0.5, (0, 5), (0, 1), "factor",
              "how much the latitude widens at full certainty about the others and full openness"),
    Parameter("fairness", 0.2, (0, 5), (0, 0.6), "factor",
              "how much the latitude widens for somebody who was fully heard",
              "judgement; direction: procedural justice"),
    Parameter("rejection", 1.5, (1, 10), (1.2, 2.5), "factor",
              "distance from which a draft is opposed, as a multiple of the latitude"),
    Parameter("conformity", 0.5, (0, 1), (0.2, 0.9), "share",
              "chance that somebody without trust gives way in public to others who are of one mind",
              "judgement; direction: expressed and private opinion differ, PMC6594623"),
    Parameter("accountability", 0.1, (0, 1), (0, 0.25), "share of the gap per draft put",
              "how far trust and engagement move towards how closely a draft follows what one said"),
    Parameter("heard_half", 6.0, (0.01, 1000000), (2, 15), "attention units",
              "attention received in a session at which somebody feels half heard"),
    # Staying and leaving
    Parameter("engage_heard", 0.15, (0, 1), (0.05, 0.3), "share of the gap to 1 per session",
              "rise of engagement of somebody fully heard"),
    Parameter("engage_recognised", 0.06, (0, 1), (0.02, 0.15), "share of the gap to 1 per session",
              "rise of engagement of somebody whose strengths are all known"),
    Parameter("engage_interaction", 0.06, (0, 1), (0.02, 0.15), "share of the gap to 1 per session",
              "rise of engagement at full human interaction"),
    Parameter("disengage_unheard", 0.12, (0, 1), (0.04, 0.25), "share per session",
              "fall of engagement of somebody present and not heard at all"),
    Parameter("disengage_absent", 0.06, (0, 1), (0.02, 0.15), "share per session",
              "fall of engagement of somebody invited who did not take part"),
    Parameter("dropout_hazard", 1.0, (0, 1), (0.4, 1), "chance per session",
              "chance to leave for good at no engagement, before front-loading fades",
              "calibrated: 0-2% loss over six sessions when supported, 85-90% in open online courses at most "
              "(evidence 6.1: Climate Assembly UK; Jordan 2015)", "medium"),
    Parameter("dropout_shape", 3.5, (0.1, 10), (2.5, 4.5), "exponent",
              "how sharply the hazard rises as engagement falls: (1 - engagement) ** this"),
    Parameter("dropout_later", 0.4, (0, 1), (0.2, 0.7), "share",
              "share of the early hazard that remains late in a process",
              "judgement; direction: Jordan 2015 (the first two weeks decide)", "medium"),
    Parameter("dropout_weeks", 2.0, (0.01, 1000), (1, 4), "weeks",
              "time over which the early hazard fades", "Jordan 2015 (the first two weeks decide)", "medium"),
    # Between sessions
    Parameter("forgetting", 0.19, (0, 1), (0.1, 0.3), "share of certainty per week",
              "how fast people lose hold of what they were told",
              "Stafford, Burggraf & Sharkey 1987: recall falls from 10% to 4% in a month, .031 a day", "medium"),
    Parameter("pull", 0.05, (0, 1), (0, 0.2), "share per week at full conviction",
              "how fast views drift back to those that people came with"),
    # Optional mechanisms (sim/extensions), off at 0; plausible is 0, so that no study switches one on by itself
    Parameter("creativity", 0.0, (0, 1), (0, 0), "share of the minutes of dialogue",
              "how much of dialogue goes into looking for what goes beyond the views on record",
              "judgement; named by Palmer et al. 2019, doi:10.1136/medhum-2017-011398, without a rule"),
    Parameter("mobilisation", 0.0, (0, 1), (0, 0), "share of the gap per session",
              "how far word from those who came moves the absent of their group, if the whole group came and is engaged",
              "judgement; named by Palmer et al. 2019, doi:10.1136/medhum-2017-011398, without a rule"),
    Parameter("enactment", 0.0, (0, 1), (0, 0), "chance per issue agreed on",
              "chance that what was agreed is acted on before the next session; at 0 nobody waits for it",
              "judgement; named by Palmer et al. 2019, doi:10.1136/medhum-2017-011398, without a rule"),
    # Measuring
    Parameter("same_view", 0.1, (0, 2), (0.05, 0.25), "view units",
              "distance within which an entry on the record stands for a view held"),
    Parameter("moved", 0.01, (0, 2), (0.005, 0.05), "view units",
              "change of the draft from which somebody's entries count as having moved it"),
    Parameter("learnable", 0.05, (0.001, 1), (0.02, 0.1), "view units",
              "mean error of projection, or distance between views, below which there is nothing to learn or to share, and "
              "understanding, learning, alignment and convergence are undefined"),
)  # fmt: skip

BY_NAME: Final[Mapping[str, Parameter]] = {parameter.name: parameter for parameter in PARAMETERS}

# What switches an optional mechanism on, each by its name.
OPTIONAL: Final = tuple(parameter.name for parameter in PARAMETERS if not parameter.sampled)

# What the kernel reads: the values by name. Dynamic, so that the table stays the only place that names them.
Values: Any = namedtuple("Values", [parameter.name for parameter in PARAMETERS])  # type: ignore[misc]


def values(overrides: Mapping[str, float] | None = None) -> Any:
    """The constants of one scenario: the defaults, with what it overrides; a named tuple of floats."""
    chosen = dict(overrides or {})
    return Values(**{p.name: float(chosen.get(p.name, p.default)) for p in PARAMETERS})
