#!/usr/bin/env python3
"""How fast ONNX Runtime computes a network that the golden model computes: what a user would run instead.

    onnxruntime_speed.py [--weights W.safetensors | --paper] [--threads 1,2] [--repetitions 20]

Builds the float network with standard ONNX operators, batch norm folded where it can be, and an int8 model from it by
static quantisation (QDQ, weights by channel), and prints milliseconds a frame of both as JSON. Without
calibration images the ranges are those of noise: they are of no influence on the time. Wall time is the least of all
repetitions, processor time their mean.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process
from safetensors import safe_open

OPSET = 17
EPSILON = 1e-5
PAPER = {"width": 51, "scales": 3, "iterations": 16, "blocks": 1, "expansion": 6, "classes": 11,
         "image": {"width": 480, "height": 360}, "outputs": list(range(1, 17)), "weight_sets": "shared"}


class Builder:
    """Nodes and constants of a graph under construction."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: dict[str, np.ndarray] = {}
        self.count = 0

    def constant(self, name: str, value: np.ndarray) -> str:
        self.constants.setdefault(name, value)
        return name

    def node(self, kind: str, inputs: list[str], **attributes) -> str:
        self.count += 1
        output = f"{kind.lower()}_{self.count}"
        self.nodes.append(helper.make_node(kind, inputs, [output], name=output, **attributes))
        return output

    def conv(self, name: str, value: str, weight: np.ndarray, bias: np.ndarray | None = None, stride: int = 1,
             group: int = 1) -> str:
        inputs = [value, self.constant(f"{name}.weight", weight.astype(np.float32))]
        if bias is not None:
            inputs.append(self.constant(f"{name}.bias", bias.astype(np.float32)))
        pad = weight.shape[2] // 2
        return self.node("Conv", inputs, kernel_shape=list(weight.shape[2:]), strides=[stride] * 2, pads=[pad] * 4,
                         group=group)

    def relu6(self, value: str) -> str:
        bounds = [self.constant("zero", np.float32(0)), self.constant("six", np.float32(6))]
        return self.node("Clip", [value, *bounds])

    def resized(self, value: str, factor: int, channels: int, size: tuple[int, int]) -> str:
        """Bilinear, half-pixel centres, cropped right and bottom to `size` (rows, columns)."""
        scales = self.constant(f"scales_{factor}", np.array([1, 1, factor, factor], np.float32))
        large = self.node("Resize", [value, "", scales], mode="linear", coordinate_transformation_mode="half_pixel")
        ends = self.constant(f"ends_{size[0]}_{size[1]}_{channels}", np.array([1, channels, *size], np.int64))
        starts = self.constant("starts", np.zeros(4, np.int64))
        return self.node("Slice", [large, starts, ends])


def norm(tensors: dict[str, np.ndarray], name: str) -> tuple[np.ndarray, np.ndarray]:
    """Batch norm as factor and offset."""
    factor = tensors[f"{name}.weight"] / np.sqrt(tensors[f"{name}.running_var"] + EPSILON)
    return factor, tensors[f"{name}.bias"] - tensors[f"{name}.running_mean"] * factor


def sizes(d: dict) -> list[tuple[int, int]]:
    """Rows and columns of every scale."""
    rows, columns = d["image"]["height"], d["image"]["width"]
    found = []
    for halvings in range(1, 3 + d["scales"]):
        rows, columns = -(-rows // 2), -(-columns // 2)
        if halvings >= 3:
            found.append((rows, columns))
    return found


def set_of(d: dict, n: int) -> int:
    sets = d["weight_sets"]
    return {"shared": 0, "independent": n}[sets] if isinstance(sets, str) else sets["map"][n]


def network(d: dict, t: dict[str, np.ndarray]) -> onnx.ModelProto:
    """The network: image (0…1, NCHW) to one map of classes for each output."""
    b, scales, maps = Builder(), sizes(d), []
    value, states = "image", []
    for j in range(2 + d["scales"]):
        factor, offset = norm(t, f"data.{j}.bn")
        weight = t[f"data.{j}.conv.weight"] * factor[:, None, None, None]
        value = b.conv(f"data.{j}", value, weight, offset, stride=2)
        if j < 2:
            value = b.relu6(value)
        else:
            states.append(value)
    for n in range(d["iterations"]):
        states = [iteration(b, d, t, n, l, states, scales) for l in range(d["scales"])]
        if n + 1 in d["outputs"]:
            maps.append(classes(b, d, t, n, states, scales))
    initialisers = [numpy_helper.from_array(np.asarray(value), name) for name, value in b.constants.items()]
    shape = [1, 3, d["image"]["height"], d["image"]["width"]]
    graph = helper.make_graph(
        b.nodes, "itnet", [helper.make_tensor_value_info("image", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info(name, TensorProto.INT64, [1, *shape[2:]]) for name in maps], initialisers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8)
    onnx.checker.check_model(model)
    return model


def iteration(b: Builder, d: dict, t: dict, n: int, l: int, states: list[str], scales) -> str:
    """The new state of scale l."""
    f, value = d["width"], states[l]
    mixed = value
    if l + 1 < d["scales"]:
        mixed = b.node("Concat", [value, b.resized(states[l + 1], 2, f, scales[l])], axis=1)
    for k in range(d["blocks"]):
        name = f"iter.{set_of(d, n)}.{l}.{k}"
        expand, depthwise, project = (t[f"{name}.{part}.weight"] for part in ("expand", "depthwise", "project"))
        inner = b.relu6(b.conv(f"{name}.expand", mixed, expand))
        inner = b.relu6(b.conv(f"{name}.depthwise", inner, depthwise, group=depthwise.shape[0]))
        value = b.node("Add", [b.conv(f"{name}.project", inner, project), value])
        mixed = value
    factor, offset = (part.reshape(1, -1, 1, 1).astype(np.float32) for part in norm(t, f"norm.{n}.{l}"))
    scaled = b.node("Mul", [value, b.constant(f"norm.{n}.{l}.factor", factor)])
    return b.node("Add", [scaled, b.constant(f"norm.{n}.{l}.offset", offset)])


def classes(b: Builder, d: dict, t: dict, n: int, states: list[str], scales) -> str:
    """The map after iteration n."""
    total = None
    for l, state in enumerate(states):
        logits = b.conv(f"head.{n}.{l}", state, t[f"head.{n}.{l}.weight"], t[f"head.{n}.{l}.bias"])
        for finer in reversed(range(l)):
            logits = b.resized(logits, 2, d["classes"], scales[finer])
        total = logits if total is None else b.node("Add", [total, logits])
    large = b.resized(total, 8, d["classes"], (d["image"]["height"], d["image"]["width"]))
    return b.node("ArgMax", [large], axis=1, keepdims=0)


def random_tensors(d: dict) -> dict[str, np.ndarray]:
    """Weights whose activations stay in range."""
    rng, f, t = np.random.default_rng(1), d["width"], {}

    def conv(name: str, shape: tuple[int, ...]) -> None:
        t[name] = (rng.standard_normal(shape) / np.sqrt(np.prod(shape[1:]))).astype(np.float32)

    def bn(name: str) -> None:
        for part, value in (("weight", 1), ("bias", 0), ("running_mean", 0), ("running_var", 1)):
            t[f"{name}.{part}"] = np.full(f, value, np.float32)

    for j in range(2 + d["scales"]):
        conv(f"data.{j}.conv.weight", (f, 3 if j == 0 else f, 3, 3))
        bn(f"data.{j}.bn")
    for n in range(d["iterations"]):
        for l in range(d["scales"]):
            bn(f"norm.{n}.{l}")
            conv(f"head.{n}.{l}.weight", (d["classes"], f, 3, 3))
            t[f"head.{n}.{l}.bias"] = np.zeros(d["classes"], np.float32)
    for l in range(d["scales"]):
        inputs = f * (2 if l + 1 < d["scales"] else 1)
        hidden = d["expansion"] * inputs
        conv(f"iter.0.{l}.0.expand.weight", (hidden, inputs, 1, 1))
        conv(f"iter.0.{l}.0.depthwise.weight", (hidden, 1, 3, 3))
        conv(f"iter.0.{l}.0.project.weight", (f, hidden, 1, 1))
    return t


class Noise(CalibrationDataReader):
    """Two images of noise."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        rng = np.random.default_rng(1)
        self.images = iter([{"image": rng.random(shape, np.float32)} for _ in range(2)])

    def get_next(self):
        return next(self.images, None)


def quantised(path: Path, folder: Path, shape: tuple[int, ...]) -> Path:
    prepared, result = folder / "prepared.onnx", folder / "int8.onnx"
    quant_pre_process(path, prepared, skip_symbolic_shape=True)
    quantize_static(prepared, result, Noise(shape), quant_format=QuantFormat.QDQ, per_channel=True,
                    activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8)
    return result


def milliseconds(path: Path, threads: int, repetitions: int, image: np.ndarray) -> dict[str, float]:
    """Least wall time of a frame, and processor time on average: a busy machine leaves that alone. No thread spins."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    session.run(None, {"image": image})
    best, busy = float("inf"), time.process_time()
    for _ in range(repetitions):
        start = time.perf_counter()
        session.run(None, {"image": image})
        best = min(best, time.perf_counter() - start)
    return {"wall": 1e3 * best, "cpu": 1e3 * (time.process_time() - busy) / repetitions}


def main() -> int:
    parser = argparse.ArgumentParser(description="Time ONNX Runtime on an ItNet, float and int8.")
    parser.add_argument("--weights", type=Path, help="weights file (docs/weights.md)")
    parser.add_argument("--paper", action="store_true", help="the paper's network with random weights")
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--repetitions", type=int, default=20)
    arguments = parser.parse_args()
    if bool(arguments.weights) == arguments.paper:
        parser.error("wanted either --weights or --paper")
    if arguments.paper:
        d, tensors = PAPER, random_tensors(PAPER)
    else:
        with safe_open(arguments.weights, framework="numpy") as file:
            d = json.loads((file.metadata() or {})["description"])
            tensors = {name: file.get_tensor(name) for name in file.keys()}
    shape = (1, 3, d["image"]["height"], d["image"]["width"])
    image = np.random.default_rng(2).random(shape, np.float32)
    result = {"onnxruntime": onnxruntime.__version__, "float": {}, "int8": {}}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "float.onnx"
        onnx.save(network(d, tensors), path)
        int8 = quantised(path, Path(folder), shape)
        for threads in map(int, arguments.threads.split(",")):
            result["float"][threads] = milliseconds(path, threads, arguments.repetitions, image)
            result["int8"][threads] = milliseconds(int8, threads, arguments.repetitions, image)
    print(json.dumps(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
