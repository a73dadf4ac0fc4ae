"""results.md: of every study what was run, how much each curve was trained, its tables and its figures.

Owns: the text of the page. Leaves alone: drawing (figures.py), which runs belong to a study (study_file.py).
"""

from __future__ import annotations

from pathlib import Path
from statistics import mean

from ..weights_file import write_atomically
from . import figures
from .curves import Curve, gathered
from .rank import area_under, grid_ranks
from .references import references
from .study_file import Efforts, Study


def best_effort(study: Study, done: dict, wanted: str | None) -> str | None:
    """The wanted level, or the one with the largest share of finished runs; of equals the later, larger one."""
    if wanted is not None:
        return wanted if wanted in study.points else None
    shares = {level: mean(p.config.run in done for p in points) for level, points in study.points.items() if points}
    best = max(shares, key=lambda level: (shares[level], list(shares).index(level)), default=None)
    return best if best is not None and shares[best] > 0 else None


def write(folder: Path, efforts: Efforts, studies: list[Study], done: dict, wanted: str | None, source: Path) -> None:
    lines = ["# Results of the studies", "",
             "Written by `python -m itnet_train.study report` from the table of all results; not edited by hand. What the "
             "studies are, and what their results say: [studies.md](../studies.md).", ""]
    strangers = set(done)
    for study in studies:
        for points in study.points.values():
            strangers -= {p.config.run for p in points} | {p.config.float_run().run for p in points}
        lines += section(folder, study, best_effort(study, done, wanted), done, source)
    if strangers:
        lines += ["## Other runs", "", f"{len(strangers)} runs of the table belong to none of these studies as they are now.", ""]
    write_atomically(folder / "results.md", ("\n".join(lines).rstrip() + "\n").encode())


def section(folder: Path, study: Study, level: str | None, done: dict, source: Path) -> list[str]:
    lines = [f"## {study.title}", "", f"{study.question} ({study.paper}; `{study.name}.yaml`)", ""]
    if level is None:
        return [*lines, "Not run yet.", ""]
    points = study.points[level]
    made = sum(p.config.run in done for p in points)
    curves = gathered(points, done)
    lines += [f"Effort `{level}`: {made} of {len(points)} runs.", ""]
    if not curves:
        return lines
    for index, figure in enumerate(study.figures):
        name = study.name + (f"_{index}" if len(study.figures) > 1 else "")
        marks = [m for set_name in figure.get("references", ()) for m in references(source, set_name)]
        figures.draw(folder / f"{name}.svg", figure["kind"], figure.get("x", ["macs"]), curves, marks)
        lines += [f"![{study.title}]({name}.svg)", ""]
    kinds = {figure["kind"] for figure in study.figures}
    lines += grid_table(curves, whole=made == len(points)) if "grid" in kinds else curve_table(curves)
    return lines


def trained(curve: Curve) -> str:
    """How much stands behind a curve."""
    config, result = curve.results[0].config, curve.results[0]
    seeds = sorted({r.config.seed for r in curve.results})
    tuned = f" + {config.tune_epochs}" if config.method == "finetune" else ""
    return (f"{config.epochs}{tuned} epochs, {result.train_images} images of {config.data_set} at "
            f"{config.image.replace('x', '×')}, {len(seeds)} seed{'s' if len(seeds) > 1 else ''}")


def percent(values: list[float]) -> str:
    """Mean, with the extremes where there are several."""
    spread = f" ({100 * min(values):.1f}…{100 * max(values):.1f})" if len(values) > 1 else ""
    return f"{100 * mean(values):.1f}{spread}"


def curve_table(curves: list[Curve]) -> list[str]:
    lines = ["mIoU in percent, on all validation images; of several seeds mean and extremes.", "",
             "| curve | f | 10⁶ MACs | parameters | mIoU by output | peak | AUC | trained |", "|---" * 8 + "|"]
    for curve in curves:
        config, spent = curve.results[0].config, curve.costs()
        last = config.outputs[-1]
        by_output = "; ".join(f"{n}: {percent(curve.values(n))}" for n in config.outputs)
        area = mean(area_under([(spent[n].macs, r.miou[n]) for n in config.outputs]) for r in curve.results)
        lines.append(f"| {curve.label} | {config.width} | {spent[last].macs / 1e6:.1f} | {spent[last].params} | {by_output} | "
                     f"{percent([max(r.miou.values()) for r in curve.results])} | {area:.3f} | {trained(curve)} |")
    return [*lines, ""]


def grid_table(curves: list[Curve], whole: bool) -> list[str]:
    """All networks of the grid; a winner is named only where every one of them was run."""
    kinds, ranked, best = grid_ranks(curves)
    budget = max(curve.costs()[curve.results[0].config.outputs[-1]].macs for curve in curves)
    lines = [f"Each network is the widest below one budget of MACs; the greatest has {budget / 1e6:.1f}·10⁶. Rank by AUC; "
             "— : discarded, its peak is not above the best peak less 0.02.", "",
             "| L | N | K | " + " | ".join(f"{kind}: f | AUC | peak mIoU, % | rank" for kind in kinds) + " |",
             "|---" * (3 + 4 * len(kinds)) + "|"]
    keys = sorted({key for areas, _ in kinds.values() for key in areas})
    for key in keys:
        cells = []
        for kind, (areas, peaks) in kinds.items():
            if key not in areas:
                cells += [""] * 4
                continue
            width = next(c.results[0].config.width for c in curves if c.name == kind and (
                c.results[0].config.scales, c.results[0].config.iterations, c.results[0].config.blocks) == key)
            cells += [str(width), f"{areas[key]:.3f}", f"{100 * peaks[key]:.1f}", str(ranked[kind].get(key, "—"))]
        mark = "**" if whole and key == best else ""
        lines.append("| " + " | ".join([*(f"{mark}{v}{mark}" for v in key), *cells]) + " |")
    chosen = (f"The lowest mean rank over {' and '.join(kinds)}: L = {best[0]}, N = {best[1]}, K = {best[2]}."
              if best else "No network is kept in every kind.")
    if not whole:
        chosen = "Ranks are among what has been run; the rule names a network when all have."
    return [*lines, "", chosen, "", f"Each: {trained(curves[0])}.", ""]


