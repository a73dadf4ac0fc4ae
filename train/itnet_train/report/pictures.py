"""Pictures of docs/accuracy.md: class maps side by side, mIoU over MACs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from .. import cost, samples
from ..description import Description
from ..evaluation import class_maps

GAP = 4


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
    """A line of maps for each image; with image and label before them if wanted."""
    lines = []
    for i in indices:
        pixels, label = samples.resized(*dataset.load(i), network.description.image)
        maps = class_maps(network, samples.to_batch([(pixels, label)])[0])
        pieces = [np.asarray(pixels), coloured(label, colours)] if with_source else []
        lines.append(strip([*pieces, *(coloured(m[0].numpy(), colours) for m in maps.values())], scale))
        lines.append(np.full((GAP, lines[0].shape[1], 3), 255, np.uint8))
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.concatenate(lines[:-1])).save(path, optimize=True)


def plot(path: Path, networks: dict[str, dict]) -> None:
    """mIoU of every output over its MACs, a curve for each version of each network."""
    import matplotlib
    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "hwgen"
    import matplotlib.pyplot as plt
    figure, axes = plt.subplots(figsize=(6.4, 4.4))
    for (network, measured), marker in zip(networks.items(), "os^v"):
        description = Description.from_json(measured["description"], network)
        for version in measured["versions"]:
            scores = {int(n): score for n, score in version["miou"].items()}
            axes.plot([cost.up_to(description, n).macs / 1e9 for n in scores], [100 * s for s in scores.values()],
                      marker=marker, label=f"{network}, {version['name']}".replace("`", ""))
    axes.set_xscale("log")
    axes.set_xlabel("10⁹ MACs up to the output")
    axes.set_ylabel("mIoU, %")
    axes.grid(alpha=0.3)
    axes.legend(fontsize="x-small")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Date": None}, bbox_inches="tight")
    plt.close(figure)
