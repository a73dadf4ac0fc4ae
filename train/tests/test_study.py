"""Studies: files, expansion, the table, ranking, and two jobs through Snakemake."""

import csv
import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from itnet_train.errors import BadInput
from itnet_train.study import cli, results, study_file, workflow
from itnet_train.study.config import Config, from_text, make
from itnet_train.study.curves import gathered
from itnet_train.study.rank import area_under, ranks, winner
from itnet_train.study.references import references

TRAIN = Path(__file__).parent.parent
EFFORTS = """default: trial
levels:
  trial:
    about: seconds
    set: {data_set: camvid, image: 48x40, epochs: 1, batch: 4, width: 4, scales: 2, iterations: 2, expansion: 2}
    seeds: [1]
"""
STUDY = """title: Two
paper: none
question: Does it run?
curves:
  - name: float
    set: {weight_sets: shared}
  - name: six
    set: {method: post, weight_bits: 6, act_bits: 8}
figures:
  - kind: outputs
"""


@pytest.fixture
def folder(tmp_path):
    """A folder with one study."""
    made = tmp_path / "studies"
    made.mkdir()
    (made / "efforts.yaml").write_text(EFFORTS)
    (made / "two.yaml").write_text(STUDY)
    return made


def test_the_projects_own_studies_are_whole():
    efforts, studies = study_file.read_all()
    assert {s.name for s in studies} == {"grid", "normalisation", "width", "losses", "sharing", "bits", "cityscapes", "ingredients"}
    for study in studies:
        assert set(study.points) <= set(efforts.levels) and "paper" in study.points
    by_name = {s.name: s for s in studies}
    assert "hour" not in by_name["cityscapes"].points
    sharing = {p.curve: p.config for p in by_name["sharing"].points["paper"]}
    assert sharing["2 sets"].weight_sets == (0,) * 8 + (1,) * 8 and sharing["shared, wide"].width == 51
    grid = {(p.config.scales, p.config.iterations, p.config.blocks): p.config for p in by_name["grid"].points["paper"]
            if p.curve == "shared"}
    assert len(grid) == 60
    assert 28 <= grid[3, 16, 1].width <= 30  # the paper's own choice is 29
    for name in ("ENet", "CGNet", "ESPNetv2, not pre-trained"):
        assert name in [r.name for r in references(study_file.FOLDER, "cityscapes")]


def test_every_field_goes_through_text_and_back():
    for config in (Config(), make({"weight_sets": 4, "crop_scale": [1, 2], "flip": False, "outputs": "thinned4"}),
                   make({"method": "finetune", "weight_bits": 3, "act_bits": 6, "tune_epochs": 2, "data_set": "scenes"})):
        assert Config(**{name: from_text(name, text) for name, text in config.texts().items()}) == config
    assert make({"method": "post", "weight_bits": 3, "act_bits": 6}).float_run() == make({})
    assert len({make({"seed": seed}).run for seed in range(5)}) == 5


@pytest.mark.parametrize(("old", "new", "message"), [
    ("weight_sets: shared", "weight_set: shared", "two.yaml:6: curve float: set: unknown field 'weight_set', expected one of"),
    ("    set: {weight_sets: shared}", "    vary: {width: []}", "two.yaml:6: curve float: vary: width: an empty range"),
    ("    set: {weight_sets: shared}", "    vary: {width: 8}", "two.yaml:6: curve float: vary: width: found 8, expected a list"),
    ("weight_sets: shared", "width: wide", "two.yaml:5: curve float: width: found 'wide', expected a whole number"),
    ("weight_sets: shared", "width: 300", "two.yaml:5: curve float: network description: width: 300 is not an integer in 1..256"),
    ("weight_sets: shared", "lr: -1", "two.yaml:5: curve float: lr: -1.0, expected more than 0"),
    ("weight_sets: shared", "max_macs: 5", "two.yaml:5: curve float: max_macs: 5 is too few"),
    ("weight_bits: 6", "weight_bits: 9", "two.yaml:7: curve six: bits.data: 9, expected 2..8"),
    ("name: six", "name: float", "two.yaml:7: curve: name 'float', expected a text that no other curve has"),
    ("kind: outputs", "kind: pie", "two.yaml:10: figure: kind 'pie', expected one of"),
    ("title: Two\n", "title: Two\ntitle: Three\n", "two.yaml:2: title: a second time, expected once"),
    ("title: Two", "title: [", "two.yaml:"),
    ("    set: {weight_sets: shared}", "    vary: {" + ", ".join(
        f"{name}: [{', '.join(map(str, range(2, 33)))}]" for name in ("width", "batch", "epochs", "loss_stride")) + "}",
     "923522 runs, expected at most"),
])
def test_bad_studies_name_file_and_line(folder, old, new, message, monkeypatch):
    monkeypatch.setattr(study_file, "POINT_LIMIT", 900_000)
    (folder / "two.yaml").write_text(STUDY.replace(old, new, 1))
    with pytest.raises(BadInput) as caught:
        study_file.read_all(folder)
    assert message in str(caught.value) and "\n" not in str(caught.value)


def test_area_and_the_rank_rule():
    assert area_under([(10.0, 0.5)]) == pytest.approx((0.00828 + 0.5) / 2)
    assert area_under([(10.0, 0.5), (20.0, 0.7)]) == pytest.approx((10 * (0.00828 + 0.5) / 2 + 10 * 0.6) / 20)
    first = ranks({"a": 0.5, "b": 0.6, "c": 0.9}, {"a": 0.70, "b": 0.69, "c": 0.67})  # c's peak is too low
    second = ranks({"a": 0.7, "b": 0.5, "c": 0.6}, {"a": 0.70, "b": 0.70, "c": 0.70})
    assert first == {"b": 1, "a": 2} and second == {"a": 1, "c": 2, "b": 3}
    assert winner([first, second]) == "a"
    assert winner([{"a": 1}, {"b": 1}]) is None


@pytest.fixture
def table(folder, tmp_path):
    """A results table with the float run of the study."""
    config = study_file.read_all(folder)[1][0].points["trial"][0].config
    run = tmp_path / "runs" / config.run
    run.mkdir(parents=True)
    measured = {"miou": 0.25, "pixel_accuracy": 0.5}
    (run / "result.json").write_text(json.dumps({"config": config.texts(), "train_images": 8, "val_images": 3, "seconds": 1,
                                                 "outputs": {"1": measured, "2": measured}}))
    path = tmp_path / "results.csv"
    assert results.gather(path, tmp_path / "runs", [config.run]) == 1
    return path


@pytest.mark.parametrize(("edit", "message"), [
    (lambda t: t.replace("miou", "iou", 1), ":1: columns ['iou'] are unknown, ['miou'] missing, expected in this order"),
    (lambda t: t.replace("0.25000", "1.5", 1), ":2: miou: '1.5', expected a number from 0 to 1"),
    (lambda t: t.replace(",48x40,", ",48x48,"), ":2: run "),
    (lambda t: t.replace(",shared,", ",independent,", 1), ":2: run "),
    (lambda t: t.replace("\n", ",7\n", 2), ":1: columns ['7']"),
    (lambda t: t[: t.rindex(",")] + "\n", ":3: found another number of values, expected"),
    (lambda t: t + t.splitlines()[1] + "\n", ":4: output 1 of run "),
    (lambda t: "\n".join(t.splitlines()[:2]) + "\n", "has the outputs [1], expected [1, 2]"),
])
def test_a_table_that_does_not_match_is_refused(table, edit, message):
    before = results.read(table)
    assert len(before) == 1
    table.write_text(edit(table.read_text()))
    with pytest.raises(BadInput) as caught:
        results.read(table)
    assert message in str(caught.value) and str(table) in str(caught.value)


def test_a_cost_that_is_not_the_networks_is_refused(table):
    rows = list(csv.reader(table.open()))
    rows[2][rows[0].index("macs")] = "12"
    table.write_text("".join(",".join(row) + "\n" for row in rows))
    with pytest.raises(BadInput, match=r":3: macs 12, expected \d+, which its network takes"):
        results.read(table)


def test_report_draws_what_there_is(folder, table, tmp_path):
    out = tmp_path / "report"
    arguments = ["report", "--folder", str(folder), "--results", str(table), "--output", str(out)]
    assert cli.main(arguments) == 0
    page = (out / "results.md").read_text()
    assert "Effort `trial`: 1 of 2 runs." in page and "1 epochs, 8 images of camvid at 48×40, 1 seed" in page
    first = (out / "two.svg").read_bytes()
    assert cli.main(arguments) == 0 and (out / "two.svg").read_bytes() == first


def test_quantised_runs_wait_for_their_float_run(folder, tmp_path):
    points = study_file.read_all(folder)[1][0].points["trial"]
    plain, six = (p.config for p in points)
    assert workflow.order([six], {}, tmp_path)[six.run]["after"] == [plain.run]
    assert list(workflow.order([plain, six], {plain.run: None}, tmp_path)) == [plain.run, six.run]  # its checkpoint is missing
    assert workflow.order([plain], {plain.run: None}, tmp_path) == {}
    assert [c.label for c in gathered(points, {})] == []


def snakemake_or_skip():
    try:
        return workflow.snakemake()
    except BadInput:
        pytest.skip("snakemake is not installed (train/deps.sh study)")


def test_two_jobs_through_snakemake(folder, camvid, tmp_path):
    snakemake_or_skip()
    common = ["--folder", str(folder), "--results", str(tmp_path / "results" / "r.csv")]
    command = [sys.executable, "-m", "itnet_train.study", "run", *common, "--data", f"camvid={camvid}", "--runs",
               str(tmp_path / "runs"), "--cores", "2"]
    done = subprocess.run([*command, "--", "--latency-wait", "9"], cwd=TRAIN, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    table = results.read(tmp_path / "results" / "r.csv")
    assert {r.config.method for r in table.values()} == {"float", "post"} and len(table) == 2
    again = subprocess.run(command, cwd=TRAIN, capture_output=True, text=True, timeout=300)
    assert again.returncode == 0 and "0 of them to be made" in again.stderr, again.stderr


def test_two_jobs_through_slurm(folder, camvid, tmp_path):
    """On a node of a cluster, or on a machine that is one by itself (docs/studies.md)."""
    snakemake_or_skip()
    if shutil.which("sbatch") is None or subprocess.run(["sinfo"], capture_output=True).returncode != 0:
        pytest.skip("no Slurm answers here")
    table = tmp_path / "results" / "r.csv"
    command = [sys.executable, "-m", "itnet_train.study", "run", "--folder", str(folder), "--results", str(table), "--data",
               f"camvid={camvid}", "--runs", str(tmp_path / "runs"), "--executor", "slurm", "--", "--jobs", "2",
               "--latency-wait", "30", "--slurm-status-command", "squeue", "--slurm-init-seconds-before-status-checks", "5"]
    done = subprocess.run(command, cwd=TRAIN, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    assert {row.config.method for row in results.read(table).values()} == {"float", "post"}


def test_a_run_goes_on_from_its_checkpoint(folder, camvid, tmp_path):
    from itnet_train.study import job
    config = make({"image": "48x40", "epochs": 2, "width": 4, "scales": 2, "iterations": 2, "expansion": 2})
    whole = tmp_path / "whole"
    job.perform(config, whole, {"camvid": camvid})
    stopped = tmp_path / "stopped" / config.run
    stopped.mkdir(parents=True)
    original = job.engine.Trainer.run
    try:
        job.engine.Trainer.run = lambda self, stop_after=None: original(self, 1)
        job.perform(config, tmp_path / "stopped", {"camvid": camvid})
    finally:
        job.engine.Trainer.run = original
    job.perform(config, tmp_path / "stopped", {"camvid": camvid})
    a, b = (json.loads((path / config.run / "result.json").read_text())["outputs"] for path in (whole, tmp_path / "stopped"))
    assert a == b


def test_cityscapes_study_on_a_made_up_folder(tmp_path):
    """One image a split in the data set's layout, through job, table, report and reference points."""
    from itnet_train.study import job
    rng = np.random.default_rng(1)
    for split in ("train", "val"):
        for base, suffix in (("leftImg8bit", "leftImg8bit"), ("gtFine", "gtFine_labelIds")):
            city = tmp_path / "data" / base / split / "ulm"
            city.mkdir(parents=True)
            for i in range(2):
                shape = (32, 64, 3) if base == "leftImg8bit" else (32, 64)
                pixels = rng.integers(0, 256, shape) if len(shape) == 3 else rng.choice([7, 11, 23, 26, 3], shape)
                Image.fromarray(pixels.astype(np.uint8)).save(city / f"ulm_{i}_{suffix}.png")
    folder = tmp_path / "studies"
    folder.mkdir()
    shutil.copy(study_file.FOLDER / "references.yaml", folder)
    text = (study_file.FOLDER / "cityscapes.yaml").read_text()
    (folder / "cityscapes.yaml").write_text(text[: text.index("effort:")] + text[text.index("figures:"):])
    (folder / "efforts.yaml").write_text(EFFORTS.replace("camvid, image: 48x40", "cityscapes, image: 64x32").replace(
        "batch: 4", "batch: 2"))
    (point,) = study_file.read_all(folder)[1][0].points["trial"]
    assert point.config.description().classes == 19
    job.perform(point.config, tmp_path / "runs", {"cityscapes": tmp_path / "data"})
    results.gather(tmp_path / "r.csv", tmp_path / "runs", [point.config.run])
    assert cli.main(["report", "--folder", str(folder), "--results", str(tmp_path / "r.csv"), "--output",
                     str(tmp_path / "out")]) == 0
    figure = (tmp_path / "out" / "cityscapes.svg").read_text()
    assert "ESPNetv2" in figure and "ENet (MACs unchecked)" in figure


def test_bad_command_lines(folder, tmp_path, capsys):
    common = ["--folder", str(folder), "--results", str(tmp_path / "r.csv")]
    for arguments, message in (
        (["run", *common], "--data camvid=FOLDER: missing, expected for study two at effort trial"),
        (["run", *common, "--data", "camvid=/nowhere"], "/nowhere: no such folder"),
        (["run", *common, "--data", "imagenet=x"], "'imagenet=x', expected SET=FOLDER with one of camvid"),
        (["list", *common, "--effort", "week"], "'week', expected one of trial"),
        (["list", "three", *common], "no study 'three'"),
    ):
        assert cli.main(arguments) == 2
        error = capsys.readouterr().err
        assert error.count("\n") == 1 and message in error, error
    assert cli.main(["list", "--json", *common]) == 0
    assert json.loads(capsys.readouterr().out)["studies"][0]["runs"] == 2
