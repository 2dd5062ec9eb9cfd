"""Draw the picture of the README from a real result: `.venv/bin/python docs/make_picture.py`.

The runs are those of `make run`: three designs of one process, 500 worlds each, seed 1. Each dot stands for one world in
fifty (a quantile dot plot).
"""

from pathlib import Path

import altair as alt
import numpy as np
import pandas as pd

import scenarios
import sim

DESIGNS = {
    "around-the-table": "around the table",
    "citizens-blended": "blended",
    "citizens-online": "fully online",
}
WHEELS = {"engagement": "#0b7285", "alignment": "#5f3dc4", "agreement": "#c2410c"}
DOTS, STEP = 50, 0.0125


def dots(design: str, label: str) -> pd.DataFrame:
    """Where the dots of one design stand: value, and height in the stack of its bin."""
    runs = sim.simulate(scenarios.load(design), replicates=500, seed=1, series=False)
    rows = []
    for wheel in WHEELS:
        quantiles = np.quantile(runs.final(wheel), (np.arange(DOTS) + 0.5) / DOTS)
        stacks: dict[float, int] = {}
        for value in np.round(quantiles / STEP) * STEP:
            stacks[value] = stacks.get(value, 0) + 1
            rows.append({"wheel": wheel, "design": label, "value": value, "height": stacks[value]})
    return pd.DataFrame(rows)


def picture() -> alt.FacetChart:
    """A row for each design, a column for each outcome, all on one scale."""
    data = pd.concat([dots(design, label) for design, label in DESIGNS.items()])
    colour = alt.Color(
        "wheel:N", scale=alt.Scale(domain=list(WHEELS), range=list(WHEELS.values())), legend=None
    )
    points = (
        alt.Chart(data, width=245, height=105)
        .mark_circle(size=22, opacity=1)
        .encode(
            x=alt.X(
                "value:Q",
                title=None,
                scale=alt.Scale(domain=[0.2, 1.0]),
                axis=alt.Axis(values=[0.2, 0.4, 0.6, 0.8, 1]),
            ),
            y=alt.Y("height:Q", axis=None, scale=alt.Scale(domain=[0, 14])),
            color=colour,
            row=alt.Row(
                "design:N",
                title=None,
                sort=list(DESIGNS.values()),
                spacing=4,
                header=alt.Header(labelAngle=0, labelAlign="left"),
            ),
            column=alt.Column("wheel:N", title=None, sort=list(WHEELS), spacing=18),
        )
    )
    ink, line = "#1f2a37", "#e3dfd6"
    return (
        points.configure(background="#fbfaf7", font="sans-serif", padding=12)
        .configure_view(stroke=None)
        .configure_axis(grid=False, labelColor=ink, domainColor=line, tickColor=line, labelFontSize=12)
        .configure_header(labelFontSize=15, labelColor=ink)
    )


if __name__ == "__main__":
    picture().save(str(Path(__file__).parent / "three-designs.svg"))
