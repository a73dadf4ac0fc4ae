"""`python -m itnet_train.report`: docs/accuracy.md from the shipped weights, measured anew, never typed.

Owns: the table, the plot and the strips of docs/accuracy.md. Leaves alone: training.
The strip of CamVid pictures shows the network's maps only: the data set's images and labels stay out of the project;
`--private-strip FILE` writes the full one, with image and label, elsewhere.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import tempfile
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from . import cost, data, golden, losses, samples, scenes
from .arguments import parse_count
from .cli import CALIBRATION_IMAGES, post_training
from .errors import BadInput
from .evaluation import class_maps, evaluate
from .golden import Binary, Package
from .model_file import load_quantised, save_model
from .progress import Progress
from .quant import Bits
from .weights_file import load_model

GAP = 4


def hwgen_post_training(hwgen: Package | Binary, weights: Path, bits: int, dataset, size: tuple[int, int]):
    """The quantised model that `hwgen quantize` makes, calibrated on images of the training set."""
    indices = np.linspace(0, len(dataset) - 1, CALIBRATION_IMAGES).astype(int)
    images = [np.asarray(samples.resized(*dataset.load(int(i)), size)[0]) for i in indices]
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "model.safetensors"
        hwgen.quantize(weights, images, bits, output)
        return load_quantised(output)


def golden_evaluation(hwgen: Package | Binary, network, dataset, limit: int | None) -> tuple[dict, dict, int]:
    """Confusion matrices by the golden model, and its share of pixels equal to the exact forward's of quant.py."""
    d = network.description
    matrices: dict[int, torch.Tensor] = {}
    equal: dict[int, list[float]] = {}
    count = min(len(dataset), limit or len(dataset))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "model.safetensors"
        save_model(network, file)
        golden_maps = hwgen.model(file)
        for i in Progress(range(count), count, "golden model"):
            pixels, label = samples.resized(*dataset.load(i), d.image)
            batch, labels = samples.to_batch([(pixels, label)])
            own = class_maps(network, batch)
            for n, classes in golden_maps(np.asarray(pixels)).items():
                classes = torch.from_numpy(classes.astype(np.int64))[None]
                matrices[n] = matrices.get(n, 0) + losses.confusion(classes, labels, d.classes)
                equal.setdefault(n, []).append(float((classes == own[n]).float().mean()))
    return matrices, {n: float(np.mean(v)) for n, v in equal.items()}, count


def percent(value: float) -> str:
    return f"{100 * value:.1f}"


def table(rows: list[tuple[str, dict[int, float]]], outputs: tuple[int, ...]) -> list[str]:
    lines = ["| version | " + " | ".join(f"output {n}" for n in outputs) + " |", "|---" * (len(outputs) + 1) + "|"]
    for name, scores in rows:
        lines.append(f"| {name} | " + " | ".join(percent(scores[n]) if n in scores else "" for n in outputs) + " |")
    return lines


def strip(pieces: list[np.ndarray], scale: int) -> np.ndarray:
    """Pictures of one size side by side."""
    pieces = [np.repeat(np.repeat(p, scale, 0), scale, 1) for p in pieces]
    bar = np.full((pieces[0].shape[0], GAP, 3), 255, np.uint8)
    return np.concatenate([x for p in pieces for x in (p, bar)][:-1], 1)


def coloured(classes: np.ndarray, colours) -> np.ndarray:
    palette = np.zeros((256, 3), np.uint8)
    palette[: len(colours)] = colours
    return palette[classes]


def write_strip(path: Path, network, dataset, indices, colours, scale: int, with_source: bool) -> None:
    lines = []
    for i in indices:
        pixels, label = samples.resized(*dataset.load(i), network.description.image)
        maps = class_maps(network, samples.to_batch([(pixels, label)])[0])
        pieces = [np.asarray(pixels), coloured(label, colours)] if with_source else []
        lines.append(strip([*pieces, *(coloured(m[0].numpy(), colours) for m in maps.values())], scale))
        lines.append(np.full((GAP, lines[0].shape[1], 3), 255, np.uint8))
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.concatenate(lines[:-1])).save(path, optimize=True)


def plot(path: Path, rows, description) -> None:
    import matplotlib
    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "hwgen"
    import matplotlib.pyplot as plt
    figure, axes = plt.subplots(figsize=(6.4, 4))
    for name, scores in rows:
        axes.plot([cost.up_to(description, n).macs / 1e9 for n in scores], [100 * s for s in scores.values()], marker="o",
                  label=name.replace("`", ""))
    axes.set_xlabel("10⁹ MACs up to the output")
    axes.set_ylabel("mIoU, %")
    axes.grid(alpha=0.3)
    axes.legend()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Date": None}, bbox_inches="tight")
    plt.close(figure)


def measure(float_path: Path, tuned_path: Path | None, dataset, training, hwgen: Package | Binary | None, limit, golden_limit):
    """Rows of the table: (name, mIoU by output), the confusion matrices of float, and agreement with the golden model."""
    float_net = load_model(float_path)
    networks = [("float", float_net)]
    for bits in (8, 4):
        if hwgen is None:
            networks.append((f"{bits}-bit weights, post-training", post_training(float_net, Bits.of(bits), training)))
        else:
            quantised = hwgen_post_training(hwgen, float_path, bits, training, float_net.description.image)
            networks.append((f"{bits}-bit weights, post-training (`hwgen quantize`)", quantised))
    if tuned_path is not None and tuned_path.is_file():
        networks.append(("4-bit weights, fine-tuned", load_quantised(tuned_path)))
    rows, golden_rows, agreement, matrices = [], [], [], {}
    for name, network in networks:
        print(f"evaluating {name}", file=sys.stderr, flush=True)
        matrices[name] = evaluate(network, dataset, limit=limit)
        rows.append((name, {n: losses.mean_iou(m) for n, m in matrices[name].items()}))
        if hwgen is not None and name != "float":
            summed, equal, count = golden_evaluation(hwgen, network, dataset, golden_limit)
            golden_rows.append((name, {n: losses.mean_iou(m) for n, m in summed.items()}))
            agreement.append((name, equal, count))
    return networks, rows, golden_rows, agreement, matrices


def section(title: str, networks, rows, golden_rows, agreement, matrices, dataset, count: int) -> list[str]:
    d = networks[0][1].description
    last = d.outputs[-1]
    lines = [f"## {title}", "",
             f"f = {d.width}, L = {d.scales}, N = {d.iterations}, K = {d.blocks}, t = {d.expansion}, {d.classes} classes, "
             f"{d.image[0]}×{d.image[1]}; {count} images, labels at that size. mIoU in percent, PyTorch:", "",
             *table(rows, d.outputs), ""]
    if golden_rows:
        lines += [f"The same by hwgen's golden model (integers), {agreement[0][2]} images:", "",
                  *table(golden_rows, d.outputs), "",
                  "Pixels whose class is that of the exact PyTorch forward (quant.py) of the same integers, in percent: " + "; ".join(
                      f"{name}: " + ", ".join(f"{n}: {100 * v:.3f}" for n, v in equal.items())
                      for name, equal, _ in agreement) + ".", ""]
    lines += [f"Intersection over union of each class at output {last}, in percent:", "",
              "| version | " + " | ".join(dataset.classes) + " |", "|---" * (len(dataset.classes) + 1) + "|"]
    for name, by_output in matrices.items():
        ious = losses.class_ious(by_output[last]).tolist()
        lines.append(f"| {name} | " + " | ".join(percent(v) for v in ious) + " |")
    return [*lines, ""]


def early_exit(table: Path) -> list[str]:
    """What a threshold for each output gives: `exit.csv` of `hwgen evaluate --exit`, as kept beside the page."""
    with table.open(newline="") as file:
        points = [point for point in csv.DictReader(file) if point["kind"] == "adaptive"]
    lines = ["### Early exit", "",
             "A threshold of the confidence for each output, chosen on the 367 training images for sixteen budgets of cycles, "
             "shown on the 101 validation images: `hwgen evaluate --exit` with the shipped 4-bit weights and the core of 284 "
             "multipliers ([evaluate.md](evaluate.md)). The line is that between fixed stops: every frame ends at one of two "
             "outputs, whatever it shows. Other criteria that were tried: [adr/0024](adr/0024-a-threshold-for-each-output.md).", "",
             "| mean cycles, 10⁶ | mIoU, % | line, % | gain, points |", "|---|---|---|---|"]
    for cycles, miou, line in dict.fromkeys((p["cycles"], p["miou"], p["line"]) for p in points):
        gain = 100 * (float(miou) - float(line))
        lines.append(f"| {float(cycles) / 1e6:.2f} | {percent2(miou)} | {percent2(line)} | {gain:+.2f} |")
    return [*lines, "", "![mIoU over mean cycles](accuracy/early_exit.svg)", ""]


def percent2(share: str) -> str:
    return f"{100 * float(share):.2f}"


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m itnet_train.report", description="Write docs/accuracy.md.")
    parser.add_argument("--root", type=Path, default=Path("."), help="the project's root: weights/ is read, docs/ written")
    parser.add_argument("--data", type=Path, required=True, help="CamVid folder, SegNet layout")
    parser.add_argument("--hwgen", type=Path, help="the hwgen binary, for the golden model; without it hwgen's Python package, if installed")
    parser.add_argument("--limit", type=parse_count, help="only the first LIMIT images (a trial; says so in the page)")
    parser.add_argument("--golden-limit", type=parse_count, help="fewer still for the golden model")
    parser.add_argument("--private-strip", type=Path, help="CamVid strip with images and labels, outside the project")
    parser.add_argument("--threads", type=int, default=1)
    return parser.parse_args()


def main() -> int:
    arguments = parse_arguments()
    torch.set_num_threads(arguments.threads)
    try:
        write(arguments)
    except BadInput as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted; run it again, the pages may be of two runs", file=sys.stderr)
        return 130
    return 0


def write(arguments) -> None:
    root: Path = arguments.root
    hwgen = golden.find(arguments.hwgen)
    lines = ["# Accuracy", "",
             "Written by `python -m itnet_train.report` from the shipped weights; not edited by hand. Pixels and activations "
             "have 8 bits throughout, the first convolution 8-bit weights.", ""]
    if arguments.limit:
        lines += [f"**A trial on the first {arguments.limit} images only.**", ""]
    folder = root / "weights" / "camvid-240"
    val, train = (data.open_dataset("camvid", arguments.data, s, (240, 180)) for s in ("val", "train"))
    golden_limit = min((n for n in (arguments.limit, arguments.golden_limit) if n is not None), default=None)
    results = measure(folder / "camvid-240.safetensors", folder / "camvid-240-w4.model.safetensors", val, train,
                      hwgen, arguments.limit, golden_limit)
    networks, rows = results[:2]
    lines += section("camvid-240, CamVid validation set", *results, val, min(len(val), arguments.limit or len(val)))
    plot(root / "docs" / "accuracy" / "miou_over_macs.svg", rows, networks[0][1].description)
    indices = [int(i) for i in np.linspace(10, len(val) - 10, 3)]
    write_strip(root / "docs" / "accuracy" / "camvid_maps.png", networks[-1][1], val, indices, data.CAMVID_COLOURS, 1, False)
    if arguments.private_strip:
        write_strip(arguments.private_strip, networks[-1][1], val, indices, data.CAMVID_COLOURS, 1, True)
    lines += ["![mIoU over MACs](accuracy/miou_over_macs.svg)", "",
              f"Maps of the outputs, from left to right, of the last version above on validation images "
              f"{', '.join(val.name(i) for i in indices)} (the images and labels themselves stay with the data set):", "",
              "![maps](accuracy/camvid_maps.png)", ""]
    folder = root / "weights" / "tiny"
    fresh = data.Scenes(200, 1000, (96, 64))
    results = measure(folder / "tiny.safetensors", folder / "tiny-w4.model.safetensors", fresh,
                      data.open_dataset("scenes", None, "train", (96, 64)), hwgen, arguments.limit, golden_limit)
    lines += early_exit(root / "docs" / "accuracy" / "early_exit.csv")
    lines += section("tiny, fresh procedural scenes", *results, fresh, min(len(fresh), arguments.limit or len(fresh)))
    write_strip(root / "docs" / "accuracy" / "tiny_strip.png", results[0][-1][1], fresh, range(3), scenes.COLOURS, 2, True)
    lines += ["Image, label, outputs 1, 2, 3, 4 of the last version above:", "", "![tiny](accuracy/tiny_strip.png)", ""]
    (root / "docs" / "accuracy.md").write_text("\n".join(lines))
    (root / "docs" / "accuracy" / "accuracy.json").write_text(json.dumps(
        {"camvid-240": {name: scores for name, scores in rows}, "tiny": {name: scores for name, scores in results[1]}},
        indent=1) + "\n")


if __name__ == "__main__":
    sys.exit(main())
