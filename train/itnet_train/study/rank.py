"""Figures of merit over all outputs of a network, and the paper's rule that picks a winner of the grid."""

from __future__ import annotations

from statistics import mean

from .curves import Curve

CHANCE = 0.00828  # mIoU at chance level on CamVid, by the paper
PEAK_MARGIN = 0.02


def area_under(points: list[tuple[float, float]]) -> float:
    """Normalised area under mIoU over MACs: from (0, chance) through the outputs, divided by the last output's MACs."""
    points = [(0.0, CHANCE), *sorted(points)]
    area = sum((b[0] - a[0]) * (a[1] + b[1]) / 2 for a, b in zip(points, points[1:]))
    return area / points[-1][0]


def ranks(areas: dict, peaks: dict) -> dict:
    """Rank by area, from 1, of those whose peak is above the best one less 0.02; the others are discarded."""
    best = max(peaks.values())
    kept = [key for key in areas if peaks[key] > best - PEAK_MARGIN]
    return {key: place for place, key in enumerate(sorted(kept, key=lambda key: -areas[key]), 1)}


def winner(kinds: list[dict]):
    """The key with the lowest mean rank over all kinds, or None where no key is in all of them."""
    common = set.intersection(*(set(kind) for kind in kinds)) if kinds else set()
    return min(sorted(common), key=lambda key: sum(kind[key] for kind in kinds), default=None)


def grid_ranks(curves: list[Curve]):
    """By kind of weights: area, peak and rank of every (L, N, K); and the winner of all kinds."""
    kinds: dict[str, tuple[dict, dict]] = {}
    for curve in curves:
        config, spent = curve.results[0].config, curve.costs()
        key = (config.scales, config.iterations, config.blocks)
        areas, peaks = kinds.setdefault(curve.name, ({}, {}))
        areas[key] = mean(area_under([(spent[n].macs, r.miou[n]) for n in config.outputs]) for r in curve.results)
        peaks[key] = mean(max(r.miou.values()) for r in curve.results)
    ranked = {kind: ranks(*found) for kind, found in kinds.items()}
    return kinds, ranked, winner(list(ranked.values()))
