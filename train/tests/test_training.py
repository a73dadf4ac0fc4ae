"""Runs: the loss falls, a resumed run equals an uninterrupted one, two processes equal one, the command line."""

import csv
import json
import os
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

from conftest import SMALL
from itnet_train import cli, data, engine, losses, product, progress, samples
from itnet_train.augment import VOID
from itnet_train.errors import BadInput
from itnet_train.model import ItNet, up8
from itnet_train.model_file import load_quantised, save_model
from itnet_train.quant import Bits, QuantItNet
from itnet_train.settings import Settings
from itnet_train.weights_file import save_weights

TRAIN = Path(__file__).parent.parent
NETWORK = ["--width", "4", "--scales", "2", "--iterations", "3", "--outputs", "1,3", "--expansion", "2", "--image", "44x36"]


def trainer(camvid, folder, settings, network=None):
    torch.manual_seed(settings.seed)
    size = SMALL.image
    return engine.Trainer(network or ItNet(SMALL), data.open_dataset("camvid", camvid, "train", size),
                          {"val": data.open_dataset("camvid", camvid, "val", size)}, settings, folder)


def test_loss_falls_and_log_is_written(camvid, tmp_path):
    settings = Settings(epochs=25, batch=4, lr=5e-3, evaluate_every=25)
    trainer(camvid, tmp_path / "run", settings).run()
    rows = list(csv.DictReader((tmp_path / "run" / "log.csv").open()))
    assert len(rows) == 25 and float(rows[-1]["loss"]) < 0.5 * float(rows[0]["loss"])
    assert float(rows[-1]["val_3"]) > 0.4 and rows[0]["val_3"] == ""


def test_lovasz_loss_of_sure_predictions_is_one_minus_the_mean_iou():
    torch.manual_seed(1)
    labels, predicted = torch.randint(0, 5, (2, 2, 9, 7))
    labels[0, :2] = VOID
    logits = torch.nn.functional.one_hot(predicted, 5).movedim(3, 1).float() * 200
    expected = 1 - losses.mean_iou(losses.confusion(predicted, labels, 5))
    assert float(losses.lovasz_softmax(logits, labels)) == pytest.approx(expected, abs=1e-6)
    assert float(losses.lovasz_softmax(logits, torch.full_like(labels, VOID))) == 0.0


def test_lovasz_loss_falls(camvid, tmp_path):
    settings = Settings(epochs=12, batch=4, lr=5e-3, evaluate_every=12, lovasz=1.0)
    trainer(camvid, tmp_path / "run", settings).run()
    rows = list(csv.DictReader((tmp_path / "run" / "log.csv").open()))
    assert float(rows[-1]["loss"]) < 0.7 * float(rows[0]["loss"])


def test_resumed_run_equals_uninterrupted(camvid, tmp_path):
    settings = Settings(epochs=4, batch=4, curriculum=((0, 1), (3, 3)), pointwise="conv2d")
    whole = trainer(camvid, tmp_path / "a", settings)
    whole.run()
    trainer(camvid, tmp_path / "b", settings).run(stop_after=2)
    second = trainer(camvid, tmp_path / "b", settings)
    second.resume(tmp_path / "b" / "checkpoint.pt")
    second.run()
    for name, tensor in whole.network.state_dict().items():
        assert torch.equal(tensor, second.network.state_dict()[name]), name
    for name, tensor in whole.averaged.state_dict().items():
        assert torch.equal(tensor, second.averaged.state_dict()[name]), name
    a, b = (list(csv.DictReader((tmp_path / x / "log.csv").open())) for x in "ab")
    assert [r["loss"] for r in a] == [r["loss"] for r in b]


def losses_of(folder):
    return [float(row["loss"]) for row in csv.DictReader((folder / "log.csv").open())]


def test_bf16_follows_float32(camvid, tmp_path):
    for precision in ("fp32", "bf16"):
        settings = Settings(epochs=8, batch=4, lr=2e-3, evaluate_every=8, precision=precision, pointwise="conv2d")
        trainer(camvid, tmp_path / precision, settings).run()
    single, half = losses_of(tmp_path / "fp32"), losses_of(tmp_path / "bf16")
    assert single[-1] < 0.8 * single[0], "nothing was learnt that could be followed"
    assert half == pytest.approx(single, rel=0.03) and half != single


def test_bf16_is_refused_in_fine_tuning(camvid, tmp_path):
    net = QuantItNet(SMALL, Bits())
    with pytest.raises(BadInput, match="precision: bf16 with fine-tuning, expected fp32: the integers"):
        trainer(camvid, tmp_path, Settings(precision="bf16"), net)


def test_both_products_compute_the_same_and_a_run_keeps_to_one(camvid, tmp_path, monkeypatch, capsys):
    network, pixels = ItNet(SMALL).eval(), torch.rand(2, 3, SMALL.image[1], SMALL.image[0])
    found = []
    for product in ("conv2d", "matmul"):
        network.use_product(product)
        found.append(network(pixels)[3])
    assert torch.allclose(*found, atol=1e-4)
    monkeypatch.setattr(engine, "faster_product", lambda *_: ("matmul", "tried"))
    trainer(camvid, tmp_path, Settings(epochs=1)).run()
    assert "tried" in capsys.readouterr().err
    monkeypatch.setattr(engine, "faster_product", None)  # a resumed run may not ask again
    again = trainer(camvid, tmp_path, Settings(epochs=2))
    again.resume(tmp_path / "checkpoint.pt")
    again.run()
    assert again.product == "matmul" and again.network.iter[0][0][0].product == "matmul"


def test_the_trial_of_products_leaves_the_network_alone():
    network = ItNet(SMALL)
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    chosen, text = product.faster_product(network, 2, autocast=False)
    assert chosen in ("conv2d", "matmul") and text.endswith(chosen)
    assert all(torch.equal(before[name], tensor) for name, tensor in network.state_dict().items())


def test_a_run_out_of_time_stops_after_a_checkpoint_and_goes_on(camvid, tmp_path, capsys):
    settings = Settings(epochs=3, pointwise="conv2d")
    trainer(camvid, tmp_path / "whole", settings).run()
    limited = trainer(camvid, tmp_path / "parts", replace(settings, minutes=1e-6))
    limited.run()
    assert limited.epoch == 1 and "stopped after epoch 1 of 3: the next would take" in capsys.readouterr().err
    last = trainer(camvid, tmp_path / "parts", settings)
    last.resume(tmp_path / "parts" / "checkpoint.pt")
    last.run()
    assert losses_of(tmp_path / "parts") == losses_of(tmp_path / "whole")


def test_a_compiled_network_trains_alike(camvid, tmp_path, monkeypatch):
    """Traced and cut into graphs as for a GPU; without the code generation, which takes minutes."""
    used = []
    compile_ = torch.compile
    monkeypatch.setattr(torch, "compile", lambda network: used.append(network) or compile_(network, backend="aot_eager"))
    small = replace(SMALL, iterations=1, outputs=(1,))
    for name in ("plain", "compiled"):
        settings = Settings(epochs=2, batch=4, pointwise="conv2d", compile=name == "compiled")
        torch.manual_seed(1)
        trainer(camvid, tmp_path / name, settings, ItNet(small)).run()
    assert used and losses_of(tmp_path / "compiled") == pytest.approx(losses_of(tmp_path / "plain"), rel=1e-3)


def test_a_schedule_by_time_goes_through_rates_and_iterations_and_on(camvid, tmp_path, monkeypatch):
    clock = [0.0]
    monkeypatch.setattr(engine.time, "monotonic", lambda: clock.__setitem__(0, clock[0] + 0.5) or clock[0])
    settings = Settings(epochs=10, warmup=1, minutes=3.0, schedule="time", curriculum=((0, 1), (5, 3)), pointwise="conv2d")
    trainer(camvid, tmp_path, settings).run(stop_after=2)
    rest = trainer(camvid, tmp_path, settings)
    rest.resume(tmp_path / "checkpoint.pt")
    rest.run()
    rows = list(csv.DictReader((tmp_path / "log.csv").open()))
    assert [row["iterations"] for row in rows] == sorted(row["iterations"] for row in rows) and rows[-1]["iterations"] == "3"
    assert rows[0]["iterations"] == "1" and float(rows[-1]["lr"]) < 0.3 * settings.lr and len(rows) > 4
    with pytest.raises(BadInput, match="schedule: time with minutes 0"):
        Settings(schedule="time")


def test_choices_are_made_on_a_fold(camvid, tmp_path, capsys):
    common = ["--data-set", "camvid", "--data", str(camvid)]
    train = ["train", *common, *NETWORK, "--output", str(tmp_path / "run"), "--fold", "006,007"]
    assert cli.main([*train, "--epochs", "1"]) == 0
    assert "6 training, 2 fold images" in capsys.readouterr().err
    (row,) = csv.DictReader((tmp_path / "run" / "log.csv").open())
    assert row["fold_3"] and not row["val_3"]
    for arguments, message in (
        ([*train[:-2], "--epochs", "2", "--resume"], "holds back the training images 006,007, now (none); expected the same"),
        ([*train[:-4], "--output", str(tmp_path / "x"), "--evaluate-on", "fold"], "--evaluate-on fold: without --fold"),
        ([*train[:-4], "--output", str(tmp_path / "x"), "--fold", "0016"], "no training image's name begins with '0016', expected"),
        ([*train[:-4], "--output", str(tmp_path / "x"), "--fold", "0"], "fold: '0' is 8 of 8 training images, expected a part"),
        (["evaluate", *common, "--checkpoint", str(tmp_path / "run/checkpoint.pt"), "--split", "fold"], "--split fold: without"),
    ):
        assert cli.main(arguments) == 2
        assert message in capsys.readouterr().err.splitlines()[-1]
    assert cli.main(["evaluate", *common, "--checkpoint", str(tmp_path / "run/checkpoint.pt"), "--split", "fold", "--fold",
                     "006,007", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["images"] == 2 and document["miou"]["3"] == pytest.approx(float(row["fold_3"]), abs=1e-4)


def test_quantising_without_training_writes_a_model(camvid, tmp_path):
    torch.manual_seed(0)
    save_weights(ItNet(SMALL), tmp_path / "w.safetensors")
    common = ["quantize", "--data-set", "camvid", "--data", str(camvid), "--weights", str(tmp_path / "w.safetensors"),
              "--head-bits", "6"]
    for name, flags in (("matched", []), ("plain", ["--no-match"])):
        assert cli.main([*common, *flags, "--output", str(tmp_path / name)]) == 0
    matched, plain = (load_quantised(tmp_path / name) for name in ("matched", "plain"))
    assert matched.bits == replace(Bits(), head=6) and torch.equal(matched.fixed["data_0"].weights, plain.fixed["data_0"].weights)
    assert not torch.equal(matched.fixed["affine_2_0"].mul, plain.fixed["affine_2_0"].mul)


def test_distillation_is_a_divergence():
    logits = torch.randn(2, 5, 4, 3, generator=torch.Generator().manual_seed(1))
    assert float(losses.distillation(logits, logits.softmax(1))) == pytest.approx(0, abs=1e-6)
    sure = torch.nn.functional.one_hot(logits.argmax(1), 5).movedim(3, 1).float()  # then it is the cross-entropy
    expected = torch.nn.functional.cross_entropy(logits, logits.argmax(1))
    assert float(losses.distillation(logits, sure)) == pytest.approx(float(expected), abs=1e-6)


def test_fine_tuning_learns_from_teachers(camvid, tmp_path, capsys):
    weights, other = tmp_path / "w.safetensors", tmp_path / "other.safetensors"
    save_weights(ItNet(SMALL), weights)
    save_weights(ItNet(replace(SMALL, outputs=(3,))), other)
    tune = ["finetune", "--data-set", "camvid", "--data", str(camvid), "--weights", str(weights), "--class-weights", "none",
            "--epochs", "6", "--lr", "3e-3", "--norm-lr", "4", "--output"]
    assert cli.main([*tune, str(tmp_path / "taught"), "--teacher", str(weights), str(weights), "--distill", "1"]) == 0
    assert cli.main([*tune, str(tmp_path / "alone")]) == 0
    capsys.readouterr()

    def divergence(folder):
        student, teacher = cli.checkpoint_model(folder / "checkpoint.pt"), cli.load_model(weights)
        batch, _ = next(samples.evaluation_batches(data.open_dataset("camvid", camvid, "val", SMALL.image), SMALL.image))
        with torch.no_grad():
            found, wanted = (net(net.normalise(batch))[3] for net in (student, teacher))
        return float(losses.distillation(found, wanted.softmax(1)))

    assert divergence(tmp_path / "taught") < 0.8 * divergence(tmp_path / "alone")
    for flags, message in ((["--distill", "1"], "distill: 1.0 with 0 teachers, expected a weight above 0 with a teacher"),
                           (["--teacher", str(weights)], "distill: 0.0 with 1 teachers"),
                           (["--teacher", str(other), "--distill", "1"], "teacher: 11 classes, outputs [3]")):
        assert cli.main([*tune, str(tmp_path / "x"), *flags]) == 2
        assert message in capsys.readouterr().err.splitlines()[-1]


def test_a_teacher_of_twice_the_size_sees_samples_at_its_own(camvid, tmp_path):
    """Samples are drawn at the teacher's size; the network sees them as if its images had been made smaller."""
    width, height = SMALL.image
    twice = replace(SMALL, image=(2 * width, 2 * height))
    dataset = data.open_dataset("camvid", camvid, "train", twice.image)
    image, label = dataset.load(0)
    image, label = image.resize(twice.image), label.resize(twice.image, Image.NEAREST)
    pixels, labels = samples.reduced(*samples.to_batch([(np.asarray(image), np.asarray(label))]), 2)
    wanted_pixels, wanted_labels = samples.to_batch([samples.resized(image, label, SMALL.image)])
    assert torch.equal(labels, wanted_labels)
    assert (pixels - wanted_pixels).abs().max() <= 1  # a half is rounded otherwise

    student, teacher = ItNet(SMALL), ItNet(twice)
    trainer = engine.Trainer(student, dataset, {}, Settings(batch=2, distill=1), tmp_path, [teacher])
    batch, _ = next(trainer.samples.epoch(0))
    assert tuple(batch.shape[2:]) == (2 * height, 2 * width)
    # At the centre of every pixel of the network, which lies between four of the teacher's.
    with torch.no_grad():
        logits = trainer.teachers[0](teacher.normalise(batch), 3)[3]
        at = [(torch.arange(size) + 0.5) * 2 - 0.5 for size in (height, width)]
        found = trainer.taught(batch, 3, 1, 0)[3]
        assert torch.allclose(found, up8(logits, *at)[:, :, 1::2, ::2].softmax(1), atol=1e-6)

    for other, message in (((width, 2 * height), f"teacher: images of {width}x{2 * height}, expected {width}x{height} as the network"),
                           ((width + 8, height), f"teacher: images of {width + 8}x{height}")):
        with pytest.raises(BadInput, match=message):
            engine.Trainer(student, dataset, {}, Settings(batch=2, distill=1), tmp_path, [ItNet(replace(SMALL, image=other))])
    with pytest.raises(BadInput, match="expected one size"):
        engine.Trainer(student, dataset, {}, Settings(batch=2, distill=1), tmp_path, [student, teacher])


def test_finetuning_lowers_the_loss_and_resumes(camvid, tmp_path):
    torch.manual_seed(0)
    net = QuantItNet(SMALL, Bits())
    pixels = torch.rand(2, 3, SMALL.image[1], SMALL.image[0]) * 255
    net.calibrate(ItNet(SMALL), [pixels])
    settings = Settings(epochs=12, batch=4, lr=3e-3, evaluate_every=50)
    run = trainer(camvid, tmp_path / "q", settings, net)
    run.run()
    rows = list(csv.DictReader((tmp_path / "q" / "log.csv").open()))
    assert float(rows[-1]["loss"]) < 0.7 * float(rows[0]["loss"])
    again = cli.checkpoint_model(tmp_path / "q" / "checkpoint.pt")
    assert isinstance(again, QuantItNet) and again.bits == Bits()
    assert cli.main(["export", "--checkpoint", str(tmp_path / "q" / "checkpoint.pt"), "--output",
                     str(tmp_path / "q.model")]) == 0


def command(*arguments, processes=1, **environment):
    launcher = [sys.executable, "-m"]
    if processes > 1:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        launcher += ["torch.distributed.run", f"--nproc-per-node={processes}", "--master-addr=127.0.0.1",
                     f"--master-port={port}", "-m"]
    return subprocess.run([*launcher, "itnet_train", *arguments], cwd=TRAIN, capture_output=True, text=True, timeout=300,
                          env={**os.environ, "OMP_NUM_THREADS": "1", **environment})


def test_two_processes_equal_one_with_the_doubled_batch(camvid, tmp_path):
    common = ["train", "--data-set", "camvid", "--data", str(camvid), *NETWORK, "--epochs", "2", "--threads", "1"]
    one = command(*common, "--batch", "4", "--output", str(tmp_path / "one"))
    two = command(*common, "--batch", "2", "--output", str(tmp_path / "two"), processes=2)
    assert one.returncode == 0 and two.returncode == 0, one.stderr + two.stderr
    a, b = (list(csv.DictReader((tmp_path / x / "log.csv").open())) for x in ("one", "two"))
    assert [float(r["loss"]) for r in a] == pytest.approx([float(r["loss"]) for r in b], rel=2e-3)
    assert float(a[0]["loss"]) == pytest.approx(float(b[0]["loss"]), rel=2e-4)


def test_command_line(camvid, tmp_path, capsys):
    run, weights = tmp_path / "run", tmp_path / "w.safetensors"
    common = ["--data-set", "camvid", "--data", str(camvid)]
    train = ["train", *common, *NETWORK, "--epochs", "1", "--output", str(run)]
    assert cli.main(train) == 0
    assert cli.main(["export", "--checkpoint", str(run / "checkpoint.pt"), "--output", str(weights)]) == 0
    capsys.readouterr()
    assert cli.main(["evaluate", *common, "--weights", str(weights), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["schema_version"] == 1 and set(document["miou"]) == {"1", "3"} and document["images"] == 3
    assert cli.main(["finetune", *common, "--weights", str(weights), "--epochs", "1", "--output", str(tmp_path / "q")]) == 0
    assert cli.main(["scenes", "--output", str(tmp_path / "s"), "--count", "2", "--labels"]) == 0
    assert len(list((tmp_path / "s").iterdir())) == 4

    for arguments, message in (
        (train, "exists; continue with --resume"),
        (["evaluate", *common, "--weights", str(tmp_path / "no.safetensors")], "no.safetensors: no such file"),
        (["evaluate", "--data-set", "scenes", "--weights", str(weights)], "9 classes, the network 11"),
        (["export", "--checkpoint", str(weights), "--output", "x"], "not a checkpoint of version 1"),
        (["train", "--data-set", "camvid", "--data", str(tmp_path / "nowhere"), "--output", str(tmp_path / "x")],
         "nowhere/train: no such folder"),
        (["train", *common, "--width", "0", "--output", str(tmp_path / "x")], "width: 0 is not an integer in 1..256"),
        (["finetune", *common, "--weights", str(weights), "--weight-bits", "9", "--output", str(tmp_path / "x")],
         "9, expected 2..8"),
    ):
        capsys.readouterr()
        assert cli.main(arguments) == 2
        error = capsys.readouterr().err
        assert error.count("\n") == 1 and message in error, error


def test_average_weighs_each_file(tmp_path, capsys):
    files = [tmp_path / "a.safetensors", tmp_path / "b.safetensors"]
    for seed, file in enumerate(files):
        torch.manual_seed(seed)
        save_weights(ItNet(SMALL), file)
    mean = tmp_path / "mean.safetensors"
    assert cli.main(["average", f"{files[0]}:3", str(files[1]), "--output", str(mean)]) == 0
    a, b, found = (load_file(file) for file in (*files, mean))
    assert found.keys() == a.keys()
    assert all(torch.allclose(found[name], 0.75 * a[name] + 0.25 * b[name]) for name in found)
    assert any(not torch.equal(a[name], b[name]) for name in found)

    other = tmp_path / "other.safetensors"
    save_weights(ItNet(replace(SMALL, width=SMALL.width + 1)), other)
    assert cli.main(["average", str(files[0]), str(other), "--output", str(mean)]) == 2
    assert str(other) in capsys.readouterr().err


def test_flags_beside_weights_count_or_are_refused(camvid, tmp_path, capsys):
    weights, common = tmp_path / "w.safetensors", ["--data-set", "camvid", "--data", str(camvid), "--epochs", "1"]
    save_weights(ItNet(SMALL), weights)
    train = ["train", *common, "--weights", str(weights), "--output"]
    assert cli.main([*train, str(tmp_path / "large"), "--image", "88x72", "--width", str(SMALL.width)]) == 0
    assert "88x72" in capsys.readouterr().err
    assert cli.checkpoint_model(tmp_path / "large" / "checkpoint.pt").description == replace(SMALL, image=(88, 72))
    for flags, message in ((["--width", "9"], f"--width: 9, but {weights} has {SMALL.width}; with --weights only"),
                           (["--preset", "tiny"], "--width: 8, but"),
                           (["--outputs", "1,2"], "--outputs: (1, 2), but"),
                           (["--lr", "-1"], "lr: -1.0, expected more than 0"), (["--lr", "nan"], "lr: nan, expected"),
                           (["--warmup", "-2"], "warmup: -2.0, expected at least 0"),
                           (["--cutmix", "3"], "cutmix: 3.0, expected 0 to 1")):
        assert cli.main([*train, str(tmp_path / "x"), *flags]) == 2
        error = capsys.readouterr().err
        assert error.count("\n") == 1 and message in error, error
    for flags in (["--image", "480"], ["--crop-scale", "1"], ["--curriculum", "4"], ["--threads", "0"]):
        with pytest.raises(SystemExit) as caught:
            cli.main([*train, str(tmp_path / "x"), *flags])
        assert caught.value.code == 2 and "expected" in capsys.readouterr().err


def test_a_file_of_another_kind_is_named(camvid, tmp_path, capsys):
    net = QuantItNet(SMALL, Bits())
    net.calibrate(ItNet(SMALL), [torch.rand(1, 3, SMALL.image[1], SMALL.image[0]) * 255])
    model, weights, archive = tmp_path / "q.safetensors", tmp_path / "w.safetensors", tmp_path / "w.pt"
    save_model(net.eval(), model)
    save_weights(ItNet(SMALL), weights)
    torch.save({}, archive)
    common = ["--data-set", "camvid", "--data", str(camvid)]
    for arguments, message in (
        (["finetune", *common, "--weights", str(model), "--output", str(tmp_path / "x")], "q.safetensors: a quantised model, "
         "expected float weights"),
        (["train", *common, "--weights", str(model), "--output", str(tmp_path / "x")], "expected float weights"),
        (["average", str(weights), str(model), "--output", str(tmp_path / "x")], "q.safetensors: a quantised model, expected"),
        (["evaluate", *common, "--weights", str(model)], "a quantised model, expected float weights; give it as --model"),
        (["evaluate", *common, "--model", str(weights)], "float weights are given as --weights"),
        (["evaluate", *common, "--weights", str(archive)], "w.pt: a PyTorch or NumPy archive, expected a safetensors file"),
    ):
        assert cli.main(arguments) == 2
        error = capsys.readouterr().err
        assert error.count("\n") == 1 and message in error, error
    assert cli.main(["evaluate", *common, "--model", str(model), "--limit", "2"]) == 0
    assert "4-bit weights" in capsys.readouterr().err


def test_resuming_another_run_says_what_differs(camvid, tmp_path, capsys):
    weights, run = tmp_path / "w.safetensors", tmp_path / "q"
    save_weights(ItNet(SMALL), weights)
    tune = ["finetune", "--data-set", "camvid", "--data", str(camvid), "--weights", str(weights), "--output", str(run)]
    assert cli.main([*tune, "--epochs", "1"]) == 0
    capsys.readouterr()
    assert cli.main([*tune, "--epochs", "2", "--resume", "--weight-bits", "3"]) == 2
    error = capsys.readouterr().err.splitlines()[-1]
    assert "checkpoint.pt: of another network: bits.data 4, now 3; bits.expand 4, now 3" in error and "{" not in error
    assert cli.main([*tune, "--epochs", "2", "--resume", "--expand-bits", "3"]) == 2
    assert "of another network: bits.expand 4, now 3\n" in capsys.readouterr().err
    assert cli.main([*tune, "--epochs", "2", "--resume"]) == 0
    assert "goes on after epoch 1 of 2" in capsys.readouterr().err


def test_long_loops_speak_without_a_terminal(capsys, monkeypatch):
    monkeypatch.setattr(progress, "SECONDS", 0.0)
    bar = progress.Progress(range(2), 2, "epoch 1/9")
    for item in bar:
        bar.note(f"loss {item}")
    assert capsys.readouterr().err.splitlines() == ["epoch 1/9: 1 of 2, loss 0", "epoch 1/9: 2 of 2, loss 1"]
