"""The runs of a study as curves: those that differ in their seed only belong together."""

from __future__ import annotations

from dataclasses import dataclass, replace

from .. import cost
from .results import Result
from .study_file import Point


@dataclass
class Curve:
    """All seeds of one network and training."""

    name: str  # of the study's curve
    varied: tuple[tuple[str, object], ...]  # what distinguishes it within the study's curve
    label: str
    results: list[Result]

    def values(self, output: int) -> list[float]:
        return [result.miou[output] for result in self.results]

    def costs(self) -> dict[int, cost.Cost]:
        config = self.results[0].config
        return {n: cost.up_to(config.description(), n) for n in config.outputs}


def gathered(points: tuple[Point, ...], done: dict[str, Result]) -> list[Curve]:
    """The finished runs of a study, in its order."""
    curves: dict[tuple, Curve] = {}
    for point in points:
        result = done.get(point.config.run)
        if result is None:
            continue
        key = (point.curve, replace(point.config, seed=0))
        if key not in curves:
            siblings = [{name: str(value) for name, value in p.varied} for p in points if p.curve == point.curve]
            differing = [(name, value) for name, value in point.varied
                         if len({sibling.get(name) for sibling in siblings}) > 1]
            shown = ", ".join(f"{name} {value}" for name, value in differing)
            curves[key] = Curve(point.curve, tuple(differing), point.curve + (f": {shown}" if shown else ""), [])
        curves[key].results.append(result)
    return list(curves.values())
