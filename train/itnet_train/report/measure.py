"""Accuracy of one network's versions as plain data, which the page is made from.

Owns: which versions there are and what is measured of each. Leaves alone: text and pictures (page.py, pictures.py).
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import numpy as np
import torch

from .. import golden, losses, samples
from ..cli import CALIBRATION_IMAGES, post_training
from ..evaluation import class_maps, evaluate
from ..golden import Binary, Package
from ..model_file import load_quantised, save_model
from ..progress import Progress
from ..quant import Bits
from ..weights_file import load_model

POST_TRAINING_BITS = (8, 4)
TUNED_BITS = range(8, 1, -1)  # weights/NAME/NAME-wB.model.safetensors, as far as they are there


def hwgen_post_training(hwgen: Package | Binary, weights: Path, bits: int, dataset, size: tuple[int, int]):
    """The quantised model that `hwgen quantize` makes, calibrated on images of the training set."""
    indices = np.linspace(0, len(dataset) - 1, CALIBRATION_IMAGES).astype(int)
    images = [np.asarray(samples.resized(*dataset.load(int(i)), size)[0]) for i in indices]
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "model.safetensors"
        hwgen.quantize(weights, images, bits, output)
        return load_quantised(output)


def golden_evaluation(hwgen: Package | Binary, network, dataset, limit: int | None,
                      exact_limit: int | None = None) -> tuple[dict, dict, int]:
    """Confusion matrices by the golden model, and its share of pixels equal to the exact forward's of quant.py, which is
    asked for the first `exact_limit` images."""
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
            own = class_maps(network, batch) if exact_limit is None or i < exact_limit else None
            for n, classes in golden_maps(np.asarray(pixels)).items():
                classes = torch.from_numpy(classes.astype(np.int64))[None]
                matrices[n] = matrices.get(n, 0) + losses.confusion(classes, labels, d.classes)
                if own is not None:
                    equal.setdefault(n, []).append(float((classes == own[n]).float().mean()))
    return matrices, {n: float(np.mean(v)) for n, v in equal.items()}, count


def versions(folder: Path, training, hwgen: Package | Binary | None) -> list[tuple[str, object]]:
    """(name, network) of the float weights, of what post-training quantisation makes of them, and of the tuned models."""
    weights = folder / f"{folder.name}.safetensors"
    float_net = load_model(weights)
    found = [("float", float_net)]
    for bits in POST_TRAINING_BITS:
        if hwgen is None:
            found.append((f"{bits}-bit weights, post-training", post_training(float_net, Bits.of(bits), training)))
        else:
            quantised = hwgen_post_training(hwgen, weights, bits, training, float_net.description.image)
            found.append((f"{bits}-bit weights, post-training (`hwgen quantize`)", quantised))
    for bits in TUNED_BITS:
        tuned = folder / f"{folder.name}-w{bits}.model.safetensors"
        if tuned.is_file():
            network = load_quantised(tuned)
            found.append((f"{bits}-bit weights{exceptions(network.bits, bits)}, fine-tuned", network))
    return found


def exceptions(bits: Bits, most: int) -> str:
    """The kinds of layer behind the first with another width than the name says."""
    kinds = {kind: getattr(bits, kind) for kind in ("data", "expand", "depthwise", "project", "head")}
    others = [f"{kind} {width}" for kind, width in kinds.items() if width != most]
    return f" ({', '.join(others)})" if others else ""


def measure(networks, dataset, hwgen: Package | Binary | None, limit: int | None, golden_limit: int | None,
            exact_limit: int | None = None) -> dict:
    """Everything that the page says of these versions of a network, for JSON.

    With an `exact_limit`, integer versions are measured by the golden model on all images, and PyTorch's exact forward,
    which takes seconds an image at 480×360, is compared on so many of them.
    """
    d = networks[0][1].description
    measured = {"description": d.to_json(), "classes": list(dataset.classes), "images": min(len(dataset), limit or len(dataset)),
                "versions": []}
    for name, network in networks:
        print(f"evaluating {name}", file=sys.stderr, flush=True)
        by_golden = {}
        if hwgen is not None and name != "float":
            summed, equal, count = golden_evaluation(hwgen, network, dataset, golden_limit, exact_limit)
            by_golden = {"golden": {"images": count, "compared": min(count, exact_limit or count), "miou": mious(summed),
                                    "equal": {str(n): v for n, v in equal.items()}}}
        matrices = summed if by_golden and exact_limit is not None else evaluate(network, dataset, limit=limit)
        measured["versions"].append({"name": name, "miou": mious(matrices),
                                     "iou": losses.class_ious(matrices[d.outputs[-1]]).tolist(), **by_golden})
    return measured


def mious(matrices: dict[int, torch.Tensor]) -> dict[str, float]:
    return {str(n): losses.mean_iou(m) for n, m in matrices.items()}
