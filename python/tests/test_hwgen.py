"""The package against the command line and against itself."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import hwgen
import numpy
import pytest

ROOT = Path(__file__).parents[2]
TINY = ROOT / "weights/tiny/tiny-w4.model.safetensors"
SCENE = ROOT / "examples/tiny/scene.png"


@pytest.fixture(scope="module")
def model():
    return hwgen.Model.load(TINY)


def command(*arguments):
    program = os.environ.get("HWGEN_BIN") or ROOT / "target/debug/hwgen"
    run = subprocess.run([program, *arguments, "--json"], capture_output=True, check=True)
    return json.loads(run.stdout)


def test_run_is_what_the_command_says(model, tmp_path):
    frame = model.run(SCENE, intermediates=True)
    told = command("run", "--model", TINY, "--image", SCENE, "--maps", tmp_path)
    assert list(frame.maps) == [output["output"] for output in told["outputs"]] == [1, 2, 3, 4]
    assert frame.confidences == {output["output"]: output["confidence"] for output in told["outputs"]}
    for output in told["outputs"]:
        counts = numpy.bincount(frame.maps[output["output"]].ravel(), minlength=9)
        assert counts.tolist() == output["pixels"]
    assert frame.maps[1].shape == (64, 96) and frame.maps[1].dtype == numpy.uint8
    assert frame.states[4, 0].shape == (8, 12, 8)
    # Logits of one scale, brought up and added, give the total where there is one scale only: here they bound it.
    bound = sum(abs(frame.logits[4, scale].astype(int)).max() for scale in range(3))
    assert 0 < abs(frame.totals[4]).max() <= bound
    assert list(model.run(SCENE, iterations=2).maps) == [1, 2]


def test_images_as_arrays(model):
    pixels = model.pixels(SCENE)
    assert (model.run(pixels).maps[4] == model.run(SCENE).maps[4]).all()
    with pytest.raises(ValueError, match="wanted uint8"):
        model.run(pixels[:-1])


def test_quantize_from_a_path_a_state_dict_and_a_module(tmp_path):
    from safetensors.numpy import load_file

    weights, calib = ROOT / "weights/tiny/tiny.safetensors", ROOT / "examples/tiny/calib"
    of_path = hwgen.quantize(weights, calib, weight_bits=4)
    path = tmp_path / "q.safetensors"
    told = command("quantize", "--weights", weights, "--calib", calib, "--weight-bits", "4", "-o", path)
    assert of_path.sha256 == told["sha256"]
    state = load_file(weights)
    assert hwgen.quantize(state, calib, preset="tiny", weight_bits=4).sha256 == of_path.sha256

    class Module:
        def state_dict(self):
            return state

    images = [of_path.pixels(path) for path in sorted(calib.glob("*.png"))]
    assert hwgen.quantize(Module(), images, preset="tiny", weight_bits=4).sha256 == of_path.sha256
    of_path.save(path)
    assert hwgen.Model.load(path).sha256 == of_path.sha256
    assert of_path.bits["expand"] == 4 and of_path.description["width"] == 8


def test_a_core_and_its_simulation(model, tmp_path):
    core = hwgen.emit(model, tmp_path / "core", multipliers=24)
    assert core.manifest["top"] == "itnet_top"
    assert core.report["cycles"] > 0
    if shutil.which("verilator") is None:
        pytest.skip("verilator is not installed (make setup installs it)")
    plain = core.cosim(SCENE, build="quick")
    assert plain.bit_exact and plain.document["timing_as_predicted"]
    stalled = core.cosim(model.pixels(SCENE), stall=50, gap=30, build="quick")
    assert stalled.bit_exact and stalled.cycles[0] > plain.cycles[0]


def test_a_core_without_a_folder_goes_away_with_it(model):
    core = hwgen.emit(model, multipliers=24)
    folder = core.folder
    assert (folder / "itnet_top.sv").exists()
    del core
    assert not folder.exists()


def test_export(model, tmp_path):
    model.export(tmp_path / "tiny.onnx")
    onnxruntime = pytest.importorskip("onnxruntime")
    session = onnxruntime.InferenceSession(tmp_path / "tiny.onnx", providers=["CPUExecutionProvider"])
    maps = session.run(None, {"image": model.pixels(SCENE)[None]})
    assert all((got[0] == wanted).all() for got, wanted in zip(maps, model.run(SCENE).maps.values(), strict=True))


def test_evaluate(model, tmp_path):
    images, labels = tmp_path / "images", tmp_path / "labels"
    images.mkdir(), labels.mkdir()
    shutil.copy(SCENE, images / "scene.png")
    shutil.copy(ROOT / "examples/tiny/scene_label.png", labels / "scene.png")
    document = hwgen.evaluate(model, images, labels)
    told = command("evaluate", "--model", TINY, "--images", images, "--labels", labels)
    assert document["outputs"] == told["outputs"] and len(document["outputs"]) == 4


def test_cost():
    assert hwgen.cost(preset="tiny", iterations=2)["description"]["outputs"] == [1, 2]
    assert hwgen.cost(preset="tiny", image_size=(64, 48), outputs=[1, 4])["description"]["image"]["width"] == 64


def test_errors_have_code_text_and_help(model, tmp_path):
    with pytest.raises(hwgen.HwgenError) as caught:
        hwgen.Model.load(tmp_path / "nowhere")
    assert caught.value.code == "hwgen::container::read" and "nowhere" in caught.value.message
    with pytest.raises(hwgen.HwgenError) as caught:
        hwgen.cost(preset="tiny", width=0, scales=9)
    assert len(caught.value.problems) == 2 and "width" in str(caught.value)
    with pytest.raises(hwgen.HwgenError) as caught:
        model.run(SCENE, iterations=99)
    assert caught.value.code == "hwgen::cli::iterations" and "1…4" in caught.value.help
    with pytest.raises(hwgen.HwgenError) as caught:
        hwgen.emit(model, tmp_path / "core", no_such_flag=1)
    assert caught.value.code == "hwgen::cli::usage" and "no-such-flag" in caught.value.message


def test_long_calls_leave_the_interpreter_free(model):
    import threading

    ticks = 0
    stop = threading.Event()

    def count():
        nonlocal ticks
        while not stop.wait(0.0001):
            ticks += 1

    thread = threading.Thread(target=count)
    thread.start()
    before = ticks
    for _ in range(20):
        model.run(SCENE)
    during = ticks - before
    stop.set()
    thread.join()
    assert during > 0


def test_every_public_name_is_documented():
    for name in hwgen.__all__:
        thing = getattr(hwgen, name)
        assert isinstance(thing, str) or thing.__doc__, name
