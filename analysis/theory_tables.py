"""What `coprod test` and `coprod contest` print for people: plans, verdicts with their uncertainty, and sentences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from rich.table import Table
from rich.text import Text

from analysis import statistics

if TYPE_CHECKING:
    from analysis.contests import Contest
    from analysis.examination import Examination, Plan, Robustness
    from analysis.experiments import Experiment
    from analysis.verdicts import Finding
    from scenarios import Claim

STYLES: Final = {
    "supported": "bold green",
    "refuted": "bold red",
    "equivalent": "bold blue",
    "undecided": "dim",
    "different": "bold",
    "verified": "green",
    "violated": "bold red",
    "fits": "green",
    "contradicted": "red",
    "open": "dim",
    "silent": "dim",
}
WHOM: Final = {"all": "everybody"}


def plan(made: Plan) -> Iterator[str]:
    """What a test takes, in sentences, before it starts."""
    most = max(one.worlds for one in made.claims.values())
    least = min(one.worlds for one in made.claims.values())
    worlds = f"{least:,} to {most:,} worlds" if least < most else f"{most:,} worlds"
    many = len(made.claims)
    time = f", about {_duration(made.seconds)}" if made.seconds is not None else ""
    yield (
        f"{many} experiment{'s' if many > 1 else ''}, {len(made.designs)} designs, {worlds} for each: "
        f"{made.runs:,} runs in all{time}."
    )
    for name, one in made.claims.items():
        if one.needed > one.worlds:
            yield (
                f"{name}: it would take {one.needed:,} worlds to be sure about an effect of {one.experiment.smallest:g}; "
                f"{one.worlds:,} are run, and it may stay undecided."
            )


def of_examination(examination: Examination, title: str) -> Iterator[Any]:
    """What a test says, in reading order."""
    yield Text(title, style="bold")
    yield _verdicts(examination)
    for name in examination.findings:
        yield sentence(name, examination)
    yield Text("\n" + footnote(examination), style="dim")


def of_contest(contest: Contest) -> Iterator[Any]:
    """What a contest says: patterns by theories, then which theories cannot be told apart."""
    names = [theory.name for theory in contest.theories]
    yield Text(f"{' against '.join(names)}: {contest.patterns.title}", style="bold")
    table = _table("pattern", "the model shows", "reported", *names)
    for pattern, what in contest.patterns.patterns.items():
        finding = contest.examination.findings[pattern]
        cells = []
        for theory in contest.theories:
            fit = contest.fit(theory, pattern)
            predicted = theory.predictions.get(pattern)
            cells.append(Text(f"{predicted}: {fit}" if predicted else fit, style=STYLES[fit]))
        table.add_row(
            words(pattern), f"{contest.shown(pattern)} ({_effect(finding)})", what.reported or "-", *cells
        )
    yield table
    yield Text("")
    for line in of_pairs(contest):
        yield Text(f"- {line}")
    yield Text(
        "\nA theory fits a pattern if the model shows what it predicts. `Reported` is what studies of other settings say, and "
        "nothing was fitted to it.",
        style="dim",
    )


def sentence(name: str, examination: Examination) -> Text:
    """What one claim came to, in words."""
    verdict = examination.findings[name].verdict
    says = examination.plan.claims[name].experiment.says
    head = Text(f"\n{words(name)}: ", style="bold")
    return Text.assemble(head, (verdict, STYLES[verdict]), f". {ended(says)} {told(name, examination)}")


def told(name: str, examination: Examination) -> str:
    """The effect of one claim in words, with all that qualifies it."""
    finding = examination.findings[name]
    experiment = examination.plan.claims[name].experiment
    said = [_reading(experiment, finding)]
    robust = examination.robustness.get(name)
    if robust is not None and robust.holds["mean"] is not None:
        said.append(_plausible(experiment, robust))
    said += [
        f"Somewhere the outcome stands near its {edge}, which can make or hide a difference."
        for edge in examination.edges[name]
    ]
    if experiment.interaction:
        said.append("An interaction, on the additive scale.")
    if finding.n and finding.low == finding.high == 0:
        said.append("Nothing was moved in any world: do the levels reach what they should?")
    missing = finding.worlds - finding.n
    if missing:
        said.append(f"In {missing:,} of {finding.worlds:,} worlds it is undefined or was not run.")
    return " ".join(said)


def of_pairs(contest: Contest) -> list[str]:
    """How each theory fares, and which cannot be told apart, in sentences."""
    said = [_score(contest, theory.name) for theory in contest.theories]
    said += [
        f"{one} and {other} are equifinal here: they predict the same wherever both speak ({_patterns(len(contest.shared(one, other)))})."
        for one, other in contest.equifinal()
    ]
    known = contest.patterns.patterns
    said += [
        f"{theory.name} predicts {', '.join(other)} as well, which is not among these patterns."
        for theory in contest.theories
        if (other := [name for name in theory.predictions if name not in known])
    ]
    return said + [
        f"{one} and {other} speak about no pattern in common; nothing here could tell them apart."
        for one, other in contest.unmet()
    ]


def expected(experiment: Experiment | Claim) -> str:
    """What a claim expects, in a few words; empty for a pattern, which expects nothing."""
    outcome = statistics.words(experiment.outcome)
    whom = "" if experiment.whom == "all" else f" of {experiment.whom}"
    how = {"more": f"more {outcome}", "less": f"less {outcome}", "same": f"no difference in {outcome}"}
    return how[experiment.expected] + whom if experiment.expected else ""


def ended(says: str) -> str:
    """A sentence with its full stop, if whoever wrote it left it out."""
    return says if says.endswith((".", "?", "!")) else f"{says}."


def _patterns(count: int) -> str:
    return "one pattern" if count == 1 else f"{count} patterns"


def _plausible(experiment: Experiment, robust: Robustness) -> str:
    """In what share of the plausible worlds a claim holds, with its interval."""
    share, low, high = (robust.holds[key] for key in ("mean", "low", "high"))
    interval = f" ({low:.0%} to {high:.0%})" if low is not None and high is not None else ""
    reverse = "a difference that matters shows" if experiment.expected == "same" else "the reverse holds"
    return f"It holds in {share:.0%} of the plausible worlds{interval}; in {robust.opposite:.0%} {reverse}."


def _reading(experiment: Experiment, finding: Finding) -> str:
    outcome = statistics.words(experiment.outcome)
    whom = "" if experiment.whom == "all" else f" of {experiment.whom}"
    if finding.effect is None:
        return f"{outcome.capitalize()}{whom} is not defined in any of these worlds."
    size = f"{signed(finding.effect)} {outcome}{whom}"
    interval = f", 95% interval {between(finding)}" if finding.low is not None else ""
    smallest = f"{experiment.smallest:g}"
    match finding.verdict:
        case "equivalent":
            expected = ", as expected" if experiment.expected == "same" else ""
            return f"No effect that matters{expected}: {size}{interval}, within {smallest} either way."
        case "undecided":
            return f"These worlds cannot tell: {size}{interval}; an effect of {smallest} would matter."
        case "verified":
            return f"The rule does what it says: {size}{interval}."
        case "violated":
            return f"The rule does not do what it says: {size}{interval}."
    enough = {
        True: f"more than the {smallest} that would matter",
        False: f"less than the {smallest} that would matter",
        None: f"a difference, but not shown to reach the {smallest} that would matter",
    }[finding.matters]
    return f"{size[:1].upper()}{size[1:]}{interval}: {enough}."


def _verdicts(examination: Examination) -> Table:
    robust = bool(examination.robustness)
    headings = ["claim", "verdict", "effect", "95% interval", "worlds", *(["holds in"] if robust else [])]
    table = _table(*headings)
    for name, finding in examination.findings.items():
        row: list[Any] = [
            Text(words(name)),
            Text(finding.verdict, style=STYLES[finding.verdict]),
            "-" if finding.effect is None else signed(finding.effect),
            between(finding),
            f"{finding.worlds:,}",
        ]
        if robust:
            share = examination.robustness[name].holds["mean"]
            row.append("-" if share is None else f"{share:.0%}")
        table.add_row(*row)
    return table


def footnote(examination: Examination) -> str:
    """What intervals, verdicts and plausible worlds mean."""
    emergent = sum(one.experiment.kind == "emergent" for one in examination.plan.claims.values())
    many = f"Intervals are adjusted for {emergent} claims (Holm), worlds" if emergent > 1 else "Worlds"
    said = (
        f"{many} are paired by common random numbers. "
        "Equivalent: the 90% interval lies within the smallest effect of interest. "
    )
    if examination.robustness:
        points = len(next(iter(examination.robustness.values())).effects)
        said += f"Plausible worlds: {points:,} points of the parameters' ranges, each under three readings of the grid. "
    return (
        said
        + "They tell what the model says under its assumptions; whether the world agrees is another study."
    )


def _score(contest: Contest, theory: str) -> str:
    fits = [
        contest.fit(one, p)
        for one in contest.theories
        if one.name == theory
        for p in contest.patterns.patterns
    ]
    spoken = len(fits) - fits.count("silent")
    said = f"{theory} predicts {spoken} of {len(fits)} patterns: {fits.count('fits')} fit, {fits.count('contradicted')} do not"
    still = fits.count("open")
    return said + (f", {still} {'is' if still == 1 else 'are'} open." if still else ".")


def _effect(finding: Finding) -> str:
    if finding.effect is None:
        return "undefined"
    return signed(finding.effect) + (f", {between(finding)}" if finding.low is not None else "")


def between(finding: Finding) -> str:
    """The interval of a finding; a dash if there is none."""
    if finding.low is None or finding.high is None:
        return "-"
    return f"{signed(finding.low)} to {signed(finding.high)}"


def signed(value: float) -> str:
    """A difference with its sign, and three decimals where two would hide it."""
    text = statistics.number(abs(value), 3 if abs(value) < 0.1 else 2)
    return (
        f"+{text}"
        if value > 0 and text.strip("0.")
        else f"-{text}"
        if value < 0 and text.strip("0.")
        else text
    )


def words(name: str) -> str:
    """A name as people read it."""
    return name.replace("_", " ").replace("-", " ")


def _duration(seconds: float) -> str:
    if seconds < 1:
        return "a second"
    if seconds < 90:
        return f"{seconds:.0f} second{'s' if round(seconds) != 1 else ''}"
    return f"{seconds / 60:.0f} minutes" if seconds < 5400 else f"{seconds / 3600:.1f} hours"


def _table(*headings: str) -> Table:
    table = Table(
        box=None, padding=(0, 1), pad_edge=False, header_style="bold", title=" ", title_justify="left"
    )
    table.add_column(headings[0], overflow="fold", ratio=1, min_width=16)
    for heading in headings[1:]:
        table.add_column(heading, overflow="fold")
    return table
