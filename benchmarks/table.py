"""The results in words: rows for the screen and for the README, ratios first."""

from __future__ import annotations

from pathlib import Path
from typing import Any

README = Path(__file__).parent.parent / "README.md"
BEGIN, END = "<!-- bench -->", "<!-- /bench -->"
HEADING = "## How fast"
BEFORE = "## Where things are"


def times(ratio: float) -> str:
    """How many times, to two figures that mean something."""
    return f"{ratio:,.0f}x" if ratio >= 10 else f"{ratio:.1f}x" if ratio >= 2 else f"{ratio:.2f}x"


def duration(seconds: float) -> str:
    """Seconds, or thousandths of them."""
    if seconds >= 1:
        return f"{seconds:.0f} s" if seconds >= 10 else f"{seconds:.1f} s"
    return f"{1e3 * seconds:.0f} ms" if seconds >= 0.01 else f"{1e3 * seconds:.1f} ms"


def rows(found: dict[str, Any]) -> list[tuple[str, str]]:
    """What was compared, and the figure."""
    return [
        *_against_others(found),
        *_against_the_machine(found),
        *_growing(found["scaling"]),
        _starting(found["starts"]),
        *([_kept(found["studies"])] if "studies" in found else []),
    ]


def _against_others(found: dict[str, Any]) -> list[tuple[str, str]]:
    twin, dialogue, pairs = found["twin"], found["dialogue"], found["pairs"]
    six, many = dialogue["circles_of_six"], dialogue["circle_of_200"]
    rivals = ", ".join(
        f"{name} {times(ratio)}" for name, ratio in pairs["ratio"].items() if name != "coprod, whole run"
    )
    whole = times(pairs["ratio"]["coprod, whole run"])
    return [
        (
            "A whole run of `citizens-blended` in the readable twin (plain Mesa, same rules, same events), against coprod",
            f"**{times(twin['ratio'])}** the time ({duration(twin['twin_seconds'])}, {duration(twin['kernel_seconds'])}); "
            f"{times(twin['ratio_observed'])} with all outcomes at the end",
        ),
        (
            "Its dialogue in vectorised numpy (same draws, same numbers), against coprod",
            f"**{times(six['ratio'])}** in circles of six, {times(many['ratio'])} in a circle of 200",
        ),
        (
            f"Meeting two by two (Deffuant), {pairs['people']:,} people, {pairs['encounters']:,} encounters, against the same "
            f"part of coprod ({pairs['nanoseconds']['coprod']:.0f} ns)",
            f"{rivals}; coprod with all that it does besides {whole}",
        ),
    ]


def _against_the_machine(found: dict[str, Any]) -> list[tuple[str, str]]:
    hearing, workers = found["hearing"], found["workers"]
    six, room, many = (hearing[name] for name in ("six_on_video", "six_in_a_room", "two_hundred_on_video"))
    if "ratio" in six:
        beside = f"**{times(six['ratio'])}** ({times(room['ratio'])} without mishearing, {times(many['ratio'])} in a circle of 200)"
    else:
        beside = hearing["compiler"]
    blocks, usual = workers["overhead_of_blocks_of_seconds"], str(workers["block_seconds"])
    smallest = min(blocks, key=float)
    return [
        (
            f"One person hearing one contribution, {six['kernel_ns']:.0f} ns, against the same loop in C",
            beside,
        ),
        (
            "Two workers against one",
            f"**{times(workers['ratio'])}** ({workers['runs_per_second_one']:,.0f} and "
            f"{workers['runs_per_second_two']:,.0f} runs a second; the two need {times(workers['processor_time_of_two_to_one'])} the "
            f"processor time of one; blocks of {usual} s, as in use, cost {max(0, blocks[usual]):.0%}, of {smallest} s {blocks[smallest]:.0%})",
        ),
    ]


def _growing(scaling: dict[str, Any]) -> list[tuple[str, str]]:
    live, later = scaling["people_live"], scaling["people_later"]
    least, most = min(live["seconds"], key=int), max(live["seconds"], key=int)

    def each(among: str, times: dict[str, Any]) -> str:
        return f"{1e6 * times['seconds'][among] / int(among):.0f}"

    memory, others = scaling["bytes_live"], ("sessions", "issues", "groups")
    return [
        (
            f"Time against people, {int(min(live['seconds'], key=int)):,} to {int(most):,}",
            f"exponent {live['exponent']:.2f} live, {later['exponent']:.2f} later; one session of {int(most):,} takes "
            f"{duration(live['seconds'][most])} live, {duration(later['seconds'][most])} later. A person costs {each(least, live)} to "
            f"{each(most, live)} microseconds live, {each(least, later)} to {each(most, later)} later: the work is the same, memory is farther away",
        ),
        _on_platforms(scaling),
        (
            f"Time against {', '.join(others)}, {min(scaling['issues']['seconds'], key=int)} to "
            f"{max(scaling['issues']['seconds'], key=int)}",
            "exponents "
            + ", ".join(f"{scaling[name]['exponent']:.2f}" for name in others)
            + "; over the last doubling "
            + ", ".join(f"{scaling[name]['last_slope']:.2f}" for name in others),
        ),
        (
            f"Memory per person (5 issues, 4 groups; {scaling['memory_people']:,} people)",
            f"{memory['foreseen']:,.0f} bytes foreseen, {memory['measured']:,.0f} taken",
        ),
    ]


def _on_platforms(scaling: dict[str, Any]) -> tuple[str, str]:
    forum, microblog = scaling["people_on_forum"], scaling["people_on_microblog"]
    most = max(forum["seconds"], key=int)
    return (
        f"{int(most):,} people on a platform, {scaling['visits']} visits each",
        f"{duration(forum['seconds'][most])} on a forum whose feed is ranked, {duration(microblog['seconds'][most])} on a microblog where each follows "
        f"twelve; exponents over people, from {int(min(forum['seconds'], key=int)):,} on, {forum['exponent']:.2f} and {microblog['exponent']:.2f}",
    )


def _starting(starts: dict[str, Any]) -> tuple[str, str]:
    first = duration(starts["first_seconds"]) if "first_seconds" in starts else "not measured"
    waits = starts["seconds"]
    return (
        "First start (compiles), later ones; `coprod --help`",
        f"{first}, {duration(starts['second_seconds'])}; {duration(waits['coprod --help'])}",
    )


def _kept(studies: dict[str, Any]) -> tuple[str, str]:
    cost, million, (few, many) = studies["overhead"], studies["million"], studies["memory"].items()
    return (
        f"Keeping {cost['replicates']:,} runs of `citizens-blended` with every session, against the bare kernel",
        f"**{cost['waiting']:+.0%}** time, {cost['processor']:+.0%} processor; memory {many[1] / 1e6:,.0f} MB at {int(many[0]):,} runs, "
        f"{few[1] / 1e6:,.0f} MB at {int(few[0]):,}; a million runs, as measured on {million['measured_on']:,}: "
        f"{million['hours'] * 60:.0f} min, {million['gigabytes']:.1f} GB, {million['files']} files",
    )


def conditions(found: dict[str, Any]) -> str:
    """On what, and how it was timed."""
    machine, busy = found["machine"], found["load"]
    return (
        f"{machine['cores']} cores ({machine['processor']}), {machine['year']}, Python {machine['python']}, "
        f"numba {machine['numba']}; load {min(busy.values()):.1f} to {max(busy.values()):.1f}. Contestants take turns in one "
        "run; a ratio is the median over rounds, a time the least."
    )


def for_readme(found: dict[str, Any]) -> str:
    """The part of README.md between the markers."""
    lines = [f"| {what} | {figure} |" for what, figure in rows(found)]
    return "\n".join(
        [
            BEGIN,
            "| what | figure |",
            "|---|---|",
            *lines,
            "",
            f"{conditions(found)} `make bench` makes these figures.",
            END,
        ]
    )


def write_readme(found: dict[str, Any]) -> None:
    """Put the table into the README: between the markers, which are made if they are not there."""
    text = README.read_text(encoding="utf-8")
    if BEGIN in text:
        start, end = text.index(BEGIN), text.index(END) + len(END)
        text = text[:start] + for_readme(found) + text[end:]
    else:
        text = text.replace(BEFORE, f"{HEADING}\n\n{for_readme(found)}\n\n{BEFORE}", 1)
    README.write_text(text, encoding="utf-8")
