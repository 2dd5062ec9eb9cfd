"""`python -m benchmarks.peak PEOPLE SETTING`: memory that a run of its own process really takes, beside what was foreseen."""

from __future__ import annotations

import json
import sys
import threading

import psutil

import sim
from benchmarks.scaling import with_people


class Watched:
    """The most memory that this process holds while something goes on, looked up every millisecond."""

    def __enter__(self) -> Watched:
        self._process, self._over = psutil.Process(), threading.Event()
        self.most = self.before = self._process.memory_info().rss
        self._watcher = threading.Thread(target=self._watch)
        self._watcher.start()
        return self

    def _watch(self) -> None:
        while not self._over.wait(0.001):
            self.most = max(self.most, self._process.memory_info().rss)

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._watcher.join()


def main() -> None:
    """Load everything with a small run, then let the large one come on top."""
    people, setting = int(sys.argv[1]), sys.argv[2]
    sim.simulate(with_people(100, setting), 1, workers=1, series=False)
    scene = with_people(people, setting)
    with Watched() as watched:
        sim.simulate(scene, 1, workers=1, series=False)
    print(json.dumps({"foreseen": sim.memory_needed(scene), "measured": watched.most - watched.before}))


if __name__ == "__main__":
    main()
