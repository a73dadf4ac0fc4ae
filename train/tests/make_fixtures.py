"""Writes tests/fixtures: small networks with weights, pixels and PyTorch's logits, for hwgen's float reference.

`NAME.safetensors` is a weights file (docs/weights.md); `NAME.io.safetensors` has `pixels` [H, W, 3] and, for each output
n from 0, `total.{n}` [C, h, w], the logits at scale 0. network/tests/pytorch.rs compares.
"""

import sys
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save

sys.path.insert(0, str(Path(__file__).parent))
from conftest import VARIANTS, randomised  # noqa: E402
from itnet_train.weights_file import save_weights, write_atomically  # noqa: E402

FOLDER = Path(__file__).parent / "fixtures"
NAMES = ("shared", "independent", "map")


def make(folder: Path) -> None:
    for name, description in zip(NAMES, VARIANTS):
        network = randomised(description, 4)
        width, height = description.image
        pixels = torch.from_numpy(np.random.default_rng(5).integers(0, 256, (height, width, 3), np.uint8))
        with torch.no_grad():
            logits = network(network.normalise(pixels.permute(2, 0, 1)[None].float()))
        save_weights(network, folder / f"{name}.safetensors")
        tensors = {"pixels": pixels, **{f"total.{n - 1}": t[0].contiguous() for n, t in logits.items()}}
        write_atomically(folder / f"{name}.io.safetensors", save(tensors))


if __name__ == "__main__":
    make(FOLDER)
