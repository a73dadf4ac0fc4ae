"""With hwgen's binary ($HWGEN, or a build in ../target) and with its Python package: its golden model computes what the
exported network computes."""

import os
from pathlib import Path

import numpy as np
import pytest
import torch

from conftest import VARIANTS, randomised
from itnet_train import golden
from itnet_train.evaluation import class_maps
from itnet_train.model_file import load_quantised, save_model
from itnet_train.quant import Bits, QuantItNet
from itnet_train.weights_file import save_weights

ROOT = Path(__file__).parents[2]
CANDIDATES = [Path(p) for p in (os.environ.get("HWGEN"), ROOT / "target/release/hwgen", ROOT / "target/debug/hwgen") if p]
BINARY = next((golden.Binary(p) for p in CANDIDATES if p.is_file()), None)


@pytest.fixture(params=["binary", "package"])
def hwgen(request):
    found = BINARY if request.param == "binary" else golden.find(None)
    if found is None:
        pytest.skip("hwgen is not built" if request.param == "binary" else "hwgen's Python package is not installed")
    return found


def images(d, count):
    rng = np.random.default_rng(8)
    return rng.integers(0, 256, (count, d.image[1], d.image[0], 3)).astype(np.uint8)


@pytest.mark.parametrize("d", VARIANTS)
@pytest.mark.parametrize("bits", [Bits(), Bits.of(8), Bits.of(3, 5, 6, 9)])
def test_golden_model_gives_the_same_maps(d, bits, hwgen, tmp_path):
    pixels = images(d, 2)
    batch = torch.from_numpy(pixels).permute(0, 3, 1, 2).float()
    net = QuantItNet(d, bits).eval()
    net.calibrate(randomised(d, 2), [batch])
    save_model(net, tmp_path / "model.safetensors")
    own = class_maps(net, batch)
    maps = hwgen.model(tmp_path / "model.safetensors")
    for i, picture in enumerate(pixels):
        for n, classes in maps(picture).items():
            assert np.array_equal(classes, own[n][i].numpy()), f"output {n}"


@pytest.mark.parametrize("d", [VARIANTS[1], VARIANTS[3]])
def test_hwgen_quantizes_exported_weights_and_python_reads_them(d, hwgen, tmp_path):
    save_weights(randomised(d), tmp_path / "weights.safetensors")
    pixels = images(d, 2)
    hwgen.quantize(tmp_path / "weights.safetensors", pixels, 8, tmp_path / "model.safetensors")
    net = load_quantised(tmp_path / "model.safetensors")
    maps = hwgen.model(tmp_path / "model.safetensors")(pixels[0])
    own = class_maps(net, torch.from_numpy(pixels[:1]).permute(0, 3, 1, 2).float())
    assert maps and all(np.array_equal(classes, own[n][0].numpy()) for n, classes in maps.items())
