"""The 3x3 grid of time and space, and the four channels that it is made of.

Four pure channels are the corners of the Blended Social Interaction and Learning Framework (Ockander & Masterson,
sources 000 and 001): people meet live or come later, on site or remotely. A setting offers the product of two
non-empty subsets, which gives exactly the nine cells; "blended" is the union.
"""

from __future__ import annotations

from typing import Final, Literal

import numpy as np

Time = Literal["same", "blended", "different"]
Space = Literal["same", "blended", "distributed"]
Reading = Literal["media", "diagonal", "vertical"]

TIMES: Final = ("same", "blended", "different")
SPACES: Final = ("same", "blended", "distributed")

CHANNELS: Final = ("live-onsite", "live-remote", "later-onsite", "later-remote")
LIVE_ONSITE, LIVE_REMOTE, LATER_ONSITE, LATER_REMOTE = range(4)
NOWHERE: Final = -1

BARRIERS: Final = ("travel", "digital", "schedule", "communication")
TRAVEL, DIGITAL, SCHEDULE, COMMUNICATION = range(4)

# Positions on the scale from `fidelity_low` to `fidelity_high`, in the order of CHANNELS. How human interaction and
# social fidelity depend on space is disputed, so three readings of the grid stand side by side. `media` follows media
# richness (Daft & Lengel 1986; Dennis, Fuller & Valacich 2008, doi:10.2307/25148857), `diagonal` takes the corner
# labels of the published figure as the ends of two diagonals, `vertical` lets time alone count.
HUMAN_INTERACTION: Final[dict[Reading, tuple[float, float, float, float]]] = {
    "media": (1.0, 0.5, 0.5, 0.0),
    "diagonal": (1.0, 0.5, 0.5, 0.0),
    "vertical": (1.0, 1.0, 0.0, 0.0),
}
SOCIAL_FIDELITY: Final[dict[Reading, tuple[float, float, float, float]]] = {
    "media": (1.0, 0.5, 0.5, 0.0),
    "diagonal": (0.5, 1.0, 0.0, 0.5),
    "vertical": (1.0, 1.0, 0.0, 0.0),
}


def cells() -> tuple[str, ...]:
    """The nine cells of the grid, row by row, as `time/space`."""
    return tuple(f"{time}/{space}" for time in TIMES for space in SPACES)


def channels(setting: str, live_share: float = 0.5) -> np.ndarray:
    """Which of the four channels a cell offers.

    Parameters
    ----------
    setting : one of `cells()`, as `time/space`.
    live_share : in blended time, the share of the minutes that is live; a channel without minutes is not on offer.

    Returns
    -------
    bool array of shape (4,), in the order of `CHANNELS`.
    """
    time, space = setting.split("/")
    live = time == "same" or (time == "blended" and live_share > 0)
    later = time == "different" or (time == "blended" and live_share < 1)
    onsite, remote = space != "distributed", space != "same"
    return np.array([live and onsite, live and remote, later and onsite, later and remote])


def levels(positions: tuple[float, float, float, float], low: float, high: float) -> np.ndarray:
    """What the four channels carry, from their positions on the scale between `low` and `high`; shape (4,)."""
    return low + (high - low) * np.array(positions)


def scores(setting: str, reading: Reading, low: float, high: float) -> tuple[float, float]:
    """Human interaction and social fidelity of a cell: the means over the channels that it offers, each in [0, 1]."""
    offered = channels(setting)
    interaction = levels(HUMAN_INTERACTION[reading], low, high)[offered].mean()
    fidelity = levels(SOCIAL_FIDELITY[reading], low, high)[offered].mean()
    return float(interaction), float(fidelity)
