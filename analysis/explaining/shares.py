"""Who carries the outcome? Shapley shares over the six mechanisms, in many worlds.

Each of the 64 ways to have some mechanisms and not the others is run in the same worlds. A mechanism's share is what it
adds, averaged over all orders in which the mechanisms could be added; the shares add up to what all six change together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from threading import Event
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from analysis.games import interaction_indices, shapley_values
from sim import MECHANISMS

if TYPE_CHECKING:
    import pandas as pd

    from analysis.explaining.replays import Replays
    from analysis.statistics import Estimate
    from sim import Scenario

COALITIONS: Final = 2 ** len(MECHANISMS)
RESAMPLES: Final = 2000
AT_ONCE: Final = 200  # resamples that are reckoned with at once, so that memory stays small
LARGE: Final = (
    0.1  # a share or interaction is named if it is at least this part of all shares' sizes added up
)
VISIBLE: Final = 0.02  # and an interaction if it is at least this part of the outcome itself


@dataclass(frozen=True, eq=False, repr=False)
class Shares:
    """How much of an outcome each mechanism carries.

    Attributes
    ----------
    outcome : what is shared out.
    seed : of the worlds.
    worlds : (R,), numbers of the worlds in which the outcome is defined for all 64 coalitions.
    undefined : number of worlds left out because it is not.
    values : (R, 64), the outcome in each world with each coalition; bit m is the mechanism at place m of MECHANISMS.
    """

    outcome: str
    seed: int
    worlds: np.ndarray
    undefined: int
    values: np.ndarray

    @cached_property
    def start(self) -> float | None:
        """The mean outcome without any mechanism."""
        return float(self.values[:, 0].mean()) if len(self.worlds) else None

    @cached_property
    def end(self) -> float | None:
        """The mean outcome with all six, as planned."""
        return float(self.values[:, -1].mean()) if len(self.worlds) else None

    @cached_property
    def share(self) -> dict[str, Estimate]:
        """Each mechanism's share, with its 95% bootstrap interval over worlds."""
        return dict(zip(MECHANISMS, _estimates(shapley_values(self.values), self.seed), strict=True))

    @cached_property
    def interaction(self) -> dict[tuple[str, str], Estimate]:
        """How much more two mechanisms add together than each alone, for each pair."""
        indices = interaction_indices(self.values)
        pairs = [(i, j) for j in range(len(MECHANISMS)) for i in range(j)]
        each = np.stack([indices[:, i, j] for i, j in pairs], axis=-1)
        names = [(MECHANISMS[i], MECHANISMS[j]) for i, j in pairs]
        return dict(zip(names, _estimates(each, self.seed), strict=True))

    @property
    def large(self) -> tuple[tuple[str, str], ...]:
        """Pairs worth naming, the largest first: the interval leaves out 0, and it is a tenth of all shares' sizes and a
        fiftieth of the outcome.
        """
        from analysis.explaining.replays import direction

        sizes = sum(abs(found["mean"] or 0.0) for found in self.share.values())
        least = max(LARGE * sizes, VISIBLE * max(abs(self.start or 0.0), abs(self.end or 0.0)))
        named = {
            pair: abs(found["mean"] or 0.0)
            for pair, found in self.interaction.items()
            if direction(found) and abs(found["mean"] or 0.0) >= least
        }
        return tuple(sorted(named, key=lambda pair: -named[pair]))

    @property
    def table(self) -> pd.DataFrame:
        """A row for each mechanism: its share and the ends of the interval."""
        import pandas as pd

        return pd.DataFrame([{"mechanism": name, **found} for name, found in self.share.items()])

    @property
    def interactions(self) -> pd.DataFrame:
        """A row for each pair of mechanisms."""
        import pandas as pd

        return pd.DataFrame(
            [
                {"first": a, "second": b, **found, "large": (a, b) in self.large}
                for (a, b), found in self.interaction.items()
            ]
        )

    @property
    def coalitions(self) -> pd.DataFrame:
        """A row for each of the 64 coalitions: which mechanisms are on, and the mean outcome."""
        import pandas as pd

        on = [
            {name: bool(c >> m & 1) for m, name in enumerate(MECHANISMS)} for c in range(self.values.shape[1])
        ]
        means = self.values.mean(axis=0) if len(self.worlds) else np.full(len(on), np.nan)
        return pd.DataFrame(on).assign(mean=means)


def shapley(
    scenario: Scenario | str,
    outcome: str = "agreement",
    *,
    seed: int = 1,
    replicates: int = 100,
    workers: int | None = None,
    progress: Callable[[str, int], None] | None = None,
    stop: Event | None = None,
) -> Shares:
    """Shapley shares of the six mechanisms in an outcome, over many worlds.

    Parameters
    ----------
    scenario : a design, or its name in the library. A mechanism that is on works as the design has it.
    outcome : see `sim.OUTCOMES`.
    seed, replicates : the worlds: replicates 0, 1, ... of this seed.
    workers, progress, stop : as in `sim.simulate`; progress gets a label and the number of worlds done.

    Returns
    -------
    Shares. Worlds in which the outcome is not defined for all 64 coalitions are left out and counted.
    """
    from analysis.explaining import asked_for
    from analysis.explaining.replays import Replays

    design = asked_for(scenario, outcome, replicates)
    return shares_of(Replays(design, seed, 0, outcome, replicates, workers, progress, stop))


def shares_of(replays: Replays) -> Shares:
    """The 64 coalitions of mechanisms, in the worlds of some replays."""
    values = np.empty((replays.replicates, COALITIONS))
    for coalition in range(COALITIONS):
        off = [name for m, name in enumerate(MECHANISMS) if not coalition >> m & 1]
        worlds, _ = replays.runs(tuple(f"dials.{name}=0" for name in off), f"coalition {coalition + 1} of 64")
        values[:, coalition] = worlds.final(replays.outcome)
    defined = ~np.isnan(values).any(axis=1)
    return Shares(
        replays.outcome, replays.seed, np.flatnonzero(defined), int((~defined).sum()), values[defined]
    )


def _estimates(each: np.ndarray, seed: int) -> list[Estimate]:
    """Means over worlds with percentile bootstrap intervals; the same worlds are drawn again for all columns."""
    n = len(each)
    if n == 0:
        return [{"mean": None, "low": None, "high": None, "n": 0} for _ in range(each.shape[1])]
    means = each.mean(axis=0)
    if n == 1:
        return [{"mean": float(mean), "low": None, "high": None, "n": 1} for mean in means]
    rng = np.random.default_rng([seed, n])
    drawn = np.concatenate(
        [rng.multinomial(n, np.full(n, 1 / n), size=AT_ONCE) @ each / n for _ in range(RESAMPLES // AT_ONCE)]
    )
    low, high = np.percentile(drawn, [2.5, 97.5], axis=0)
    return [_found(n, *ends) for ends in zip(means, low, high, strict=True)]


def _found(n: int, mean: Any, low: Any, high: Any) -> Estimate:
    return {
        "mean": float(mean),
        "low": min(float(low), float(mean)),
        "high": max(float(high), float(mean)),
        "n": n,
    }
