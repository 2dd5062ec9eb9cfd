"""The account as a file: one HTML page that needs nothing else, or plain text."""

from __future__ import annotations

from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from analysis import look, statistics
from analysis.report import words
from analysis.whole import write_whole
from sim import CoprodError

if TYPE_CHECKING:
    from analysis.explaining import Explanation

PAGES: Final = (".html", ".htm")
TEXTS: Final = (".txt", ".md", "")


def can_be_written(path: Path) -> None:
    """Refuse a file that could not be written, before anything is computed.

    Raises
    ------
    sim.CoprodError
        If it is a folder, stands in something that is none, or has an ending that says it is something else.
    """
    if path.is_dir():
        raise CoprodError(f"--out {path}: this is a folder; name a file, as in {path / 'why.html'}")
    if path.suffix.lower() not in (*PAGES, *TEXTS):
        raise CoprodError(
            f"--out {path}: the account is a page (.html) or plain text (.txt), found {path.suffix}"
        )
    if not path.absolute().parent.is_dir():
        raise CoprodError(f"--out {path}: there is no folder {path.parent}")


def write(why: Explanation, path: str | Path) -> None:
    """Write an explanation: a complete file under its name, or nothing.

    Raises
    ------
    sim.CoprodError
        If the file cannot be written.
    """
    path = Path(path)
    can_be_written(path)
    try:
        write_whole(path, render(why) if path.suffix.lower() in PAGES else text(why))
    except OSError as error:
        raise CoprodError(
            f"--out {path}: it cannot be written ({(error.strerror or str(error)).lower()})"
        ) from None


def title(why: Explanation) -> str:
    """What is explained."""
    name = words.called(why.scenario.title, why.design)
    if why.findings.has_line:
        return f"{name}: {'what agreement hung on' if why.consensus else 'why agreement did not emerge'}"
    return f"{name}: why {statistics.words(why.outcome)} is what it is"


def run_of(why: Explanation) -> str:
    """Which run it is."""
    return f"{why.design}, seed {why.seed}, world {why.replicate}; each switch tried in {words.count(why.replicates, 'world')}"


def text(why: Explanation) -> str:
    """The explanation as plain text: the account with what each sentence rests on, then the switches and the notes."""
    names, lines = words.Names(why.scenario), [title(why), run_of(why), ""]
    for number, sentence in enumerate(why.account, start=1):
        lines += [
            f"{number}. {sentence.says}",
            *(f"     [{proof}]" for proof in (rests_on(proof, names) for proof in sentence.evidence)),
        ]
    lines += ["", "Switches: this run, difference; in the worlds (95% interval)"]
    for row in rows(why):
        lines.append(f"  {row['label']}: {row['value']}, {row['difference']}; {row['worlds']}")
    if why.shapley is not None:
        lines += ["", "What each mechanism carries (Shapley shares over the worlds, 95% interval)"]
        lines += [f"  {name}: {share}" for name, share in carried(why)]
    return "\n".join([*lines, "", *(f"- {note}" for note in why.notes), ""])


def rests_on(proof: dict[str, Any], names: words.Names) -> str:
    """What a sentence rests on, in a few words."""
    if "events" in proof:
        return _lines(proof, names)
    if "replay" in proof:
        change = f" (--set {' --set '.join(proof['set'])})" if proof.get("set") else ""
        return f"replay {proof['replay']}{change}"
    if "scenario" in proof:
        return f"scenario: {proof['scenario']} = {proof['value']}"
    if "shapley" in proof:
        return f"Shapley share of {proof['shapley']}, {words.count(proof['n'], 'world')}"
    if "interaction" in proof:
        return (
            f"Shapley interaction of {words.listed(proof['interaction'])}, {words.count(proof['n'], 'world')}"
        )
    if "coalition" in proof:
        return f"runs with {proof['coalition']} of the mechanisms, {words.count(proof['n'], 'world')}"
    return f"all {proof['switches']:,} switches"


def _lines(proof: dict[str, Any], names: words.Names) -> str:
    where = proof["events"]
    parts = ["/".join(where["kind"])]
    parts += [
        f"{column} {', '.join(map(str, values))}" for column, values in where.items() if column != "kind"
    ]
    lines, count = proof["lines"], proof["count"]
    if not count:
        return f"events {'; '.join(parts)}: no line"
    more = f" and {count - len(lines):,} more" if count > len(lines) else ""
    return f"events {'; '.join(parts)}: {'lines' if count > 1 else 'line'} {', '.join(map(str, lines))}{more}"


def rows(why: Explanation) -> list[dict[str, Any]]:
    """The switches as a table shows them, those that do most in the worlds first."""
    replays = sorted(why.findings.replays, key=lambda r: -abs(r.worlds["mean"] or 0.0))
    return [
        {
            "label": r.switch.label,
            "set": " ".join(f"--set {change}" for change in r.switch.changes),
            "value": "not tried" if r.refused else _value(r.value),
            "difference": "-" if r.difference is None else _signed(r.difference),
            "told": r.shows
            or r.consensus != why.consensus
            or abs(r.difference or 0.0) >= 0.005
            or bool(r.refused),
            "consensus": {None: "-", True: "yes", False: "no"}[r.consensus],
            "worlds": "-" if r.worlds["mean"] is None else with_interval(r.worlds),
            "likewise": "-" if r.difference is None else f"{r.likewise:,} of {r.worlds['n']:,}",
            "shows": r.shows,
            "same": r.same_as,
        }
        for r in replays
    ]


def carried(why: Explanation) -> list[tuple[str, str]]:
    """Each mechanism with its share, the largest first."""
    shares = why.shapley
    if shares is None:
        return []
    sizes = {name: abs(found["mean"] or 0.0) for name, found in shares.share.items()}
    return [
        (name, with_interval(shares.share[name]) if shares.share[name]["n"] else "not defined")
        for name in sorted(sizes, key=lambda k: -sizes[k])
    ]


def with_interval(found: statistics.Estimate) -> str:
    """A difference with its sign and its interval."""
    interval = statistics.between(found)
    return _signed(found["mean"] or 0.0) + (words.minus(f" ({interval})") if interval else "")


def _value(value: float | None) -> str:
    return "-" if value is None else words.minus(statistics.number(value))


def _signed(value: float) -> str:
    text = words.minus(f"{value:+,.{2 if abs(value) < 10 else 1 if abs(value) < 1000 else 0}f}")
    return text if text.strip(f"+{words.MINUS}0.") else "0.00"


def render(why: Explanation) -> str:
    """The explanation as one HTML page that needs nothing else."""
    names = words.Names(why.scenario)
    return _template().render(
        title=title(why),
        run=run_of(why),
        description=why.scenario.description,
        account=[(one.says, [rests_on(proof, names) for proof in one.evidence]) for one in why.account],
        rows=rows(why),
        has_line=why.findings.has_line,
        carried=carried(why),
        outcome=statistics.words(why.outcome),
        notes=why.notes,
        events=why.cited,
        command=f"coprod explain {why.design} --seed {why.seed} --replicate {why.replicate} --outcome {why.outcome} --replicates {why.replicates}",
        coprod=version("coprod"),
    )


@cache
def _template() -> Any:
    from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=ChoiceLoader([PackageLoader("analysis.explaining"), PackageLoader("analysis.report")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["css"] = Markup(look.css() + environment.get_template("report.css").render())
    return environment.get_template("explanation.html.j2")
