"""The paper's figures as SVG, from curves; the same results give the same bytes."""

from __future__ import annotations

import io
from pathlib import Path
from statistics import mean

from ..weights_file import write_atomically
from .curves import Curve
from .rank import grid_ranks
from .references import Reference
from .study_file import COSTS

LABELS = {"macs": ("10⁶ MACs", 1e-6), "params": ("10³ parameters", 1e-3), "graph_bytes": ("computational graph, MB", 1e-6),
          "traffic_bytes": ("memory traffic, MB", 1e-6), "state_bytes": ("state, kB", 1e-3),
          "depth": ("latency, convolutions", 1.0), "weight_bits": ("bits of weights", 1.0),
          "act_bits": ("bits of activations", 1.0)}


def pyplot():
    import matplotlib
    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "hwgen"
    import matplotlib.pyplot as plt
    return plt


def draw(path: Path, kind: str, xs: list[str], curves: list[Curve], marks: list[Reference]) -> None:
    plt = pyplot()
    kinds = {"outputs": outputs, "peaks": peaks, "bits": bits}
    if kind == "grid":
        figure = grid(plt, curves)
    else:
        figure, rows = plt.subplots(1, len(xs), figsize=(4.6 * len(xs) + (2 if len(xs) == 1 else 0), 4), squeeze=False,
                                    sharey=True)
        for axes, x in zip(rows[0], xs):
            kinds[kind](axes, x, curves)
            for mark in marks:
                if x in mark.costs:
                    place = (mark.costs[x] * LABELS[x][1], 100 * mark.miou)
                    doubtful = x in mark.unchecked
                    axes.plot(*place, "k*", fillstyle="none" if doubtful else "full")
                    axes.annotate(mark.name + (" (MACs unchecked)" if doubtful else ""), place, fontsize=7)
            axes.set_xlabel(LABELS.get(x, (x, 1.0))[0])
            axes.grid(alpha=0.3)
        rows[0][0].set_ylabel("mIoU, %")
        rows[0][-1].legend(fontsize=7)
    content = io.BytesIO()
    figure.savefig(content, format="svg", metadata={"Date": None}, bbox_inches="tight")
    plt.close(figure)
    write_atomically(path, content.getvalue())


def outputs(axes, x: str, curves: list[Curve]) -> None:
    """mIoU of every output over what it costs; networks with one output make one curve together."""
    single: dict[str, list[tuple[float, list[float]]]] = {}
    for curve in curves:
        spent, scale = curve.costs(), LABELS[x][1]
        points = [(getattr(spent[n], x) * scale, curve.values(n)) for n in sorted(spent)]
        if len(points) == 1:
            rest = ", ".join(f"{name} {value}" for name, value in curve.varied if name != "iterations")
            single.setdefault(curve.name + (f": {rest}" if rest else ""), []).extend(points)
        else:
            line(axes, points, curve.label)
    for name, points in single.items():
        line(axes, sorted(points), name, "--")


def line(axes, points: list[tuple[float, list[float]]], label: str, style: str = "-") -> None:
    """Means, with bars to the extremes of the seeds."""
    means = [100 * mean(values) for _, values in points]
    bars = [[m - 100 * min(v) for m, (_, v) in zip(means, points)], [100 * max(v) - m for m, (_, v) in zip(means, points)]]
    axes.errorbar([x for x, _ in points], means, yerr=bars if any(bars[0]) else None, marker="o", markersize=3, capsize=2,
                  linestyle=style, label=label)


def peaks(axes, x: str, curves: list[Curve]) -> None:
    """The best output of every network, over what that output costs or over the field that is varied."""
    by_name: dict[str, list[tuple[float, list[float]]]] = {}
    for curve in curves:
        config, spent = curve.results[0].config, curve.costs()
        best = max(config.outputs, key=lambda n: mean(curve.values(n)))
        place = getattr(spent[best], x) * LABELS[x][1] if x in COSTS else getattr(config, x)
        by_name.setdefault(curve.name, []).append((place, curve.values(best)))
    for name, points in by_name.items():
        line(axes, sorted(points), name)


def bits(axes, x: str, curves: list[Curve]) -> None:
    """Peak mIoU over bits, for the curves that vary them; the float network is a level line."""
    for curve in curves:
        if curve.results[0].config.method == "float":
            axes.axhline(100 * max(mean(curve.values(n)) for n in curve.results[0].config.outputs), color="k", linewidth=0.8,
                         label=curve.label)
    peaks(axes, x, [c for c in curves if any(name == x for name, _ in c.varied)])


def grid(plt, curves: list[Curve]):
    """A panel for each kind of weights and number of iterations; the winner is red."""
    _, _, best = grid_ranks(curves)
    names = list(dict.fromkeys(c.name for c in curves))
    iterations = sorted({c.results[0].config.iterations for c in curves})
    figure, rows = plt.subplots(len(names), len(iterations), figsize=(3.4 * len(iterations) + 1, 3.2 * len(names)),
                                squeeze=False, sharex=True, sharey=True)
    for row, name in zip(rows, names):
        for axes, n in zip(row, iterations):
            for curve in curves:
                config, spent = curve.results[0].config, curve.costs()
                if curve.name != name or config.iterations != n:
                    continue
                key = (config.scales, config.iterations, config.blocks)
                axes.plot([spent[o].macs / 1e6 for o in config.outputs], [100 * mean(curve.values(o)) for o in config.outputs],
                          marker="o", markersize=3, label=f"L {key[0]}, K {key[2]}, f {config.width}",
                          **({"color": "red", "linewidth": 2} if key == best else {"linewidth": 1}))
            axes.set_title(f"{name}, N = {n}", fontsize=9)
            axes.grid(alpha=0.3)
            axes.legend(fontsize=6)
    for axes in rows[-1]:
        axes.set_xlabel("10⁶ MACs")
    for row in rows:
        row[0].set_ylabel("mIoU, %")
    return figure
