"""With hwgen's binary ($HWGEN, or a build in ../target): its golden model computes what the exported network computes."""

import os
import subprocess
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from conftest import VARIANTS, randomised
from itnet_train import engine
from itnet_train.model_file import load_quantised, save_model
from itnet_train.quant import Bits, QuantItNet
from itnet_train.report import golden_maps
from itnet_train.weights_file import save_weights

ROOT = Path(__file__).parents[2]
CANDIDATES = [Path(p) for p in (os.environ.get("HWGEN"), ROOT / "target/release/hwgen", ROOT / "target/debug/hwgen") if p]
HWGEN = next((p for p in CANDIDATES if p.is_file()), None)
pytestmark = pytest.mark.skipif(HWGEN is None, reason="hwgen is not built")


def images(d, count):
    rng = np.random.default_rng(8)
    return rng.integers(0, 256, (count, d.image[1], d.image[0], 3)).astype(np.uint8)


@pytest.mark.parametrize("d", VARIANTS)
@pytest.mark.parametrize("bits", [Bits(), Bits.of(8), Bits.of(3, 5, 6, 9)])
def test_golden_model_gives_the_same_maps(d, bits, tmp_path):
    pixels = images(d, 2)
    batch = torch.from_numpy(pixels).permute(0, 3, 1, 2).float()
    net = QuantItNet(d, bits).eval()
    net.calibrate(randomised(d, 2), [batch])
    save_model(net, tmp_path / "model.safetensors")
    own = engine.class_maps(net, batch)
    for i, picture in enumerate(pixels):
        Image.fromarray(picture).save(tmp_path / "image.png")
        for n, golden in golden_maps(HWGEN, tmp_path / "model.safetensors", tmp_path / "image.png", tmp_path).items():
            assert np.array_equal(golden, own[n][i].numpy()), f"output {n}"


def test_hwgen_quantizes_exported_weights_and_python_reads_them(tmp_path):
    d = VARIANTS[1]
    save_weights(randomised(d), tmp_path / "weights.safetensors")
    (tmp_path / "calib").mkdir()
    pixels = images(d, 2)
    for i, picture in enumerate(pixels):
        Image.fromarray(picture).save(tmp_path / "calib" / f"{i}.png")
    subprocess.run([HWGEN, "quantize", "--weights", tmp_path / "weights.safetensors", "--calib", tmp_path / "calib", "-o",
                    tmp_path / "model.safetensors"], check=True, capture_output=True)
    net = load_quantised(tmp_path / "model.safetensors")
    maps = golden_maps(HWGEN, tmp_path / "model.safetensors", tmp_path / "calib" / "0.png", tmp_path)
    own = engine.class_maps(net, torch.from_numpy(pixels[:1]).permute(0, 3, 1, 2).float())
    assert all(np.array_equal(golden, own[n][0].numpy()) for n, golden in maps.items())
