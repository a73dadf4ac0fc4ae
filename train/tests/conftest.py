"""Shared: a network and a data set small enough for seconds."""

import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

sys.path.insert(0, str(Path(__file__).parent.parent))
torch.set_num_threads(1)

from itnet_train.description import Description  # noqa: E402
from itnet_train.model import ItNet  # noqa: E402

SMALL = Description(width=5, scales=3, iterations=3, blocks=1, expansion=2, classes=11, image=(44, 36), outputs=(1, 3))
VARIANTS = [
    SMALL,
    Description(width=4, scales=2, iterations=3, blocks=2, expansion=3, classes=11, image=(37, 50), outputs=(2, 3),
                weight_sets="independent", mixing="bidirectional", pixels="symmetric"),
    Description(width=3, scales=1, iterations=2, blocks=3, expansion=1, classes=11, image=(16, 33), outputs=(1, 2),
                weight_sets=(0, 1)),
    Description(width=5, scales=2, iterations=3, blocks=2, expansion=2, classes=11, image=(39, 26), outputs=(1, 3),
                normalisation="convolutions"),
]


def randomised(description: Description, seed: int = 0) -> ItNet:
    """A network whose batch norms are not the identity."""
    torch.manual_seed(seed)
    network = ItNet(description).eval()
    for name, tensor in network.state_dict().items():
        if name.endswith("running_var"):
            tensor.uniform_(0.5, 2.0)
        elif name.endswith("running_mean") or name.endswith(".bias"):
            tensor.normal_(0, 0.2)
        elif tensor.dim() == 1 and name.endswith(".weight"):
            tensor.uniform_(0.4, 1.1)
            tensor[0] *= -1
    return network


@pytest.fixture
def camvid(tmp_path):
    """A made-up folder in the SegNet layout: 8 training and 3 validation images of 48×40."""
    rng = np.random.default_rng(3)
    for split, count in (("train", 8), ("val", 3)):
        for folder in (split, f"{split}annot"):
            (tmp_path / folder).mkdir()
        for i in range(count):
            label = np.zeros((40, 48), np.uint8)
            label[20:] = 3
            label[10:30, 10 + i: 25 + i] = 8
            label[:, :2] = 11
            colours = np.array([[200, 220, 250], [0] * 3, [0] * 3, [90, 90, 95]] + [[0] * 3] * 4 + [[180, 30, 30]] +
                               [[0] * 3] * 3, np.float32)
            pixels = np.clip(colours[label] + rng.normal(0, 12, (40, 48, 3)), 0, 255).astype(np.uint8)
            Image.fromarray(pixels).save(tmp_path / split / f"{i:03}.png")
            Image.fromarray(label).save(tmp_path / f"{split}annot" / f"{i:03}.png")
    return tmp_path
