"""NDlib's AlgorithmicBiasModel without bias (gamma 0) on a complete graph, which is Deffuant's model; influence is 1/2."""

from __future__ import annotations

import networkx
import numpy as np
from ndlib.models import ModelConfig
from ndlib.models.opinions import AlgorithmicBiasModel
from told import tell, told


def main() -> None:
    """Hold the encounters: as many per iteration as there are people. Views are in [0, 1] here."""
    people, encounters, tolerance, _, seed = told()
    np.random.seed(seed)  # noqa: NPY002 - NDlib draws from there
    model = AlgorithmicBiasModel(networkx.complete_graph(people), seed=seed)
    settings = ModelConfig.Configuration()
    settings.add_model_parameter("epsilon", tolerance / 2)
    settings.add_model_parameter("gamma", 0)
    model.set_initial_status(settings)
    model.iteration()  # the first only tells where people start

    def hold() -> int:
        for _ in range(encounters // people):
            model.iteration(node_status=False)
        return encounters // people * people

    tell(hold)


main()
