"""Samples made where the network is, on the CPU here; train/gpu.sh with a tiny network."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from conftest import SMALL
from itnet_train import data
from itnet_train.augment import VOID, Augment
from itnet_train.device_samples import DeviceSamples
from itnet_train.errors import BadInput
from itnet_train.model import ItNet
from itnet_train.model_file import load_quantised
from itnet_train.settings import Settings
from itnet_train.weights_file import load_model, save_weights

TRAIN = Path(__file__).parent.parent
SIZE = (48, 40)  # the images' own
PLAIN = Augment(flip=False, scale=(1.0, 1.0), aspect=0.0, colour=0.0)


def samples(camvid, how, size=SIZE, **share):
    dataset = data.open_dataset("camvid", camvid, "train", size)
    return DeviceSamples(dataset, size, how, torch.device("cpu"), **{"batch": 4, "seed": 5, **share})


def test_without_variation_it_is_the_data_set(camvid):
    made = samples(camvid, PLAIN)
    indices = np.array([3, 1])
    pixels, labels = made.batch(indices, 0)
    image, label = data.open_dataset("camvid", camvid, "train", SIZE).load(3)
    # Some images get noise: of this seed neither.
    assert pixels.is_contiguous(memory_format=torch.channels_last) and torch.equal(labels[0], torch.from_numpy(np.array(label)).long())
    assert (pixels[0].permute(1, 2, 0).numpy() - np.asarray(image)).std() < 9


def test_image_and_label_move_alike(camvid):
    made = samples(camvid, Augment(colour=0.0, rotate=8.0, cutmix=0.7), (44, 36))
    seen = 0
    for epoch in range(6):
        for pixels, labels in made.epoch(epoch):
            again = samples(camvid, Augment(colour=0.0, rotate=8.0, cutmix=0.7), (44, 36)) if epoch == 0 and not seen else None
            assert pixels.shape == (4, 3, 36, 44) and labels.shape == (4, 36, 44) and 0 <= pixels.min() and pixels.max() <= 255
            assert set(labels.unique().tolist()) <= {0, 3, 8, VOID}
            red = labels == 8
            if red.sum() > 60:  # the red box stays red under its label
                values = pixels.permute(0, 2, 3, 1)[red]
                assert values[:, 0].mean() > values[:, 1].mean() + 80
                seen += 1
            if again is not None:
                assert torch.equal(pixels, next(again.epoch(epoch))[0])
    assert seen > 6


def test_two_processes_see_the_doubled_batch(camvid):
    how = Augment(rotate=5.0, cutmix=0.7)
    whole = list(samples(camvid, how).epoch(3))
    parts = [list(samples(camvid, how, batch=2, rank=r, world=2).epoch(3)) for r in (0, 1)]
    for step, (_, labels) in enumerate(whole):
        assert torch.equal(labels, torch.cat([parts[0][step][1], parts[1][step][1]]))


def test_workers_have_nothing_to_do():
    with pytest.raises(BadInput, match="workers: 2 with augment_on device, expected 0"):
        Settings(augment_on="device", workers=2)


def test_gpu_script_with_a_tiny_network(camvid, tmp_path):
    """All but the compiling, which takes minutes on a CPU."""
    save_weights(ItNet(SMALL), tmp_path / "start.safetensors")
    flags = ["--weights", tmp_path / "start.safetensors", "--threads", "1", "--set", "batch=4", "--set", "float.minutes=0.03",
             "--set", "w4.minutes=0.02", "--set", "float.compile=false"]
    out = tmp_path / "out"
    program = ["sh", TRAIN / "gpu.sh", camvid, out, *flags, "--set", "float.image=44x36"]
    environment = {**os.environ, "PYTHON": sys.executable}
    run = subprocess.run(program, capture_output=True, text=True, timeout=300, env=environment)
    assert run.returncode == 0, run.stderr
    assert load_model(out / "camvid-480.safetensors").description.image == SMALL.image
    assert load_quantised(out / "camvid-480-w4.model.safetensors").bits.data == 4
    assert "| w4 |" in run.stdout and (out / "report.md").read_text() == run.stdout
    assert subprocess.run(["sh", TRAIN / "gpu.sh", camvid], capture_output=True, env=environment).returncode == 2
