"""Recipes: the project's own are whole; one is made from nothing, stopped, gone on with."""

import json
from pathlib import Path

import pytest

from itnet_train import recipe
from itnet_train.description import PRESETS, Description
from itnet_train.model_file import load_quantised
from itnet_train.weights_file import load_model

RECIPES = Path(__file__).parent.parent / "recipes"
SMALL = """title: small
data_set: camvid
preset: camvid-240
stages:
  - name: float
    command: train
    flags: {epochs: 2, batch: 4, pointwise: conv2d}
  - name: w4
    command: finetune
    flags: {epochs: 1, batch: 4, distill: 1, pointwise: conv2d}
"""


@pytest.fixture
def small(tmp_path, monkeypatch):
    network = Description(width=4, scales=2, iterations=2, blocks=1, expansion=2, classes=11, image=(44, 36), outputs=(1, 2))
    monkeypatch.setitem(PRESETS, "camvid-240", network)
    path = tmp_path / "small.yaml"
    path.write_text(SMALL)
    return path


@pytest.mark.parametrize("path", sorted(RECIPES.glob("*.yaml")), ids=lambda path: path.stem)
def test_the_projects_own_recipes_are_command_lines(path, capsys):
    assert recipe.main([str(path), "--data", "x", "--output", "out", "--set", "float.epochs=7", "--dry-run"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert path.stem.removesuffix("-gpu") in PRESETS and f"--preset {path.stem.removesuffix('-gpu')}" in lines[0]
    assert "--epochs 7" in lines[0]
    assert "--weights out/" in lines[-1] and "--teacher out/" in lines[-1] and lines[-1].startswith("python -m itnet_train finetune")


def test_a_recipe_is_made_from_nothing_and_goes_on(small, camvid, tmp_path, capsys):
    out = tmp_path / "out"
    command = [str(small), "--data", str(camvid), "--output", str(out)]
    assert recipe.main([*command, "--set", "minutes=1e-6"]) == 0  # one epoch of two
    assert "stage float is not finished" in capsys.readouterr().err and not (out / "report.md").exists()
    assert recipe.main(command) == 0
    assert "epoch 1/2" not in capsys.readouterr().err
    assert load_model(out / "small.safetensors").description.width == 4
    assert load_quantised(out / "small-w4.model.safetensors").bits.data == 4
    assert json.loads((out / "w4.model.json").read_text())["images"] == 3
    table = (out / "report.md").read_text()
    assert table.count("\n| ") == 3 and (out / "w4.csv").is_file()
    times = {path: path.stat().st_mtime_ns for path in out.glob("*/checkpoint.pt")}
    assert recipe.main(command) == 0 and times == {path: path.stat().st_mtime_ns for path in times}
    assert recipe.main([*command, "--estimate"]) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("all: ")


@pytest.mark.parametrize(("edit", "flags", "message"), [
    (("command: train", "command: dance"), [], "small.yaml:5: stage float: command 'dance', expected one of train, finetune"),
    (("name: w4", "name: float"), [], "small.yaml:8: stage: name 'float', expected a text that no other stage has"),
    (("preset: camvid-240", "preset: vga"), [], "small.yaml:3: preset: 'vga', expected one of"),
    (("epochs: 2", "epochs: 0"), [], "epochs: 0, expected at least 1"),
    (("", ""), ["--set", "first.epochs=3"], "--set: 'first.epochs=3', expected [STAGE.]FLAG=VALUE with a stage of float, w4"),
])
def test_bad_recipes_are_named_before_any_work(small, tmp_path, edit, flags, message, capsys):
    small.write_text(SMALL.replace(*edit, 1))
    assert recipe.main([str(small), "--data", str(tmp_path), "--output", str(tmp_path / "out"), *flags]) == 2
    error = capsys.readouterr().err
    assert message in error and error.count("\n") == 1 and not (tmp_path / "out").exists()
