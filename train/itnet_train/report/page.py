"""The text of docs/accuracy.md from what was measured."""

from __future__ import annotations

import csv
from pathlib import Path

from ..description import Description


def percent(value: float) -> str:
    return f"{100 * value:.1f}"


def table(rows: list[tuple[str, dict[str, float]]], outputs: tuple[int, ...]) -> list[str]:
    lines = ["| version | " + " | ".join(f"output {n}" for n in outputs) + " |", "|---" * (len(outputs) + 1) + "|"]
    for name, scores in rows:
        lines.append(f"| {name} | " + " | ".join(percent(scores[str(n)]) if str(n) in scores else "" for n in outputs) + " |")
    return lines


def section(title: str, measured: dict) -> list[str]:
    """What was measured of one network."""
    d, found = Description.from_json(measured["description"], title), measured["versions"]
    last = d.outputs[-1]
    by_golden = [(v["name"], v["golden"]) for v in found if "golden" in v]
    apart = [golden for _, golden in by_golden if golden["compared"] < golden["images"]]
    whose = "PyTorch, integers by hwgen's golden model" if apart else "PyTorch"
    lines = [f"## {title}", "",
             f"f = {d.width}, L = {d.scales}, N = {d.iterations}, K = {d.blocks}, t = {d.expansion}, {d.classes} classes, "
             f"{d.image[0]}×{d.image[1]}; {measured['images']} images, labels at that size. mIoU in percent, {whose}:", "",
             *table([(v["name"], v["miou"]) for v in found], d.outputs), ""]
    if by_golden:
        if not apart:
            lines += [f"The same by hwgen's golden model (integers), {by_golden[0][1]['images']} images:", "",
                      *table([(name, golden["miou"]) for name, golden in by_golden], d.outputs), ""]
        lines += ["Pixels whose class is that of the exact PyTorch forward (quant.py) of the same integers, in percent"
                  + (f", {apart[0]['compared']} images" if apart else "") + ": " + "; ".join(
                      f"{name}: " + ", ".join(f"{n}: {100 * v:.3f}" for n, v in golden["equal"].items())
                      for name, golden in by_golden) + ".", ""]
    lines += [f"Intersection over union of each class at output {last}, in percent:", "",
              "| version | " + " | ".join(measured["classes"]) + " |", "|---" * (len(measured["classes"]) + 1) + "|"]
    for version in found:
        lines.append(f"| {version['name']} | " + " | ".join(percent(v) for v in version["iou"]) + " |")
    return [*lines, ""]


def early_exit(path: Path) -> list[str]:
    """What a threshold for each output gives: `exit.csv` of `hwgen evaluate --exit`, as kept beside the page."""
    with path.open(newline="") as file:
        points = [point for point in csv.DictReader(file) if point["kind"] == "adaptive"]
    lines = ["### Early exit", "",
             "A threshold of the confidence for each output, chosen on the 367 training images for sixteen budgets of cycles, "
             "shown on the 101 validation images: `hwgen evaluate --exit` with the shipped 4-bit weights and the core of 284 "
             "multipliers ([evaluate.md](evaluate.md)). The line is that between fixed stops: every frame ends at one of two "
             "outputs, whatever it shows. Other criteria that were tried: [adr/0024](adr/0024-a-threshold-for-each-output.md).", "",
             "| mean cycles, 10⁶ | mIoU, % | line, % | gain, points |", "|---|---|---|---|"]
    for cycles, miou, line in dict.fromkeys((p["cycles"], p["miou"], p["line"]) for p in points):
        gain = 100 * (float(miou) - float(line))
        lines.append(f"| {float(cycles) / 1e6:.2f} | {100 * float(miou):.2f} | {100 * float(line):.2f} | {gain:+.2f} |")
    return [*lines, "", "![mIoU over mean cycles](accuracy/early_exit.svg)", ""]
