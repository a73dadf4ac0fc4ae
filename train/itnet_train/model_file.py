"""The quantised-model file that hwgen reads: integers of every layer, written and read without hwgen.

Owns: the layout of `quantize/src/file.rs` (version 1) and its hash. Leaves alone: which integers (quant.py).
Writing it here, rather than letting `hwgen quantize` choose scales again, is what makes the tuned network and the
hardware compute the same.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import save

from .description import Description
from .errors import BadInput
from .quant import Bits, Layer, QuantItNet, signed
from .weights_file import MODEL_KEY, opened, write_atomically

VERSION = 1
BIAS_LIMIT = 1 << 47


def signed_bits(value: int) -> int:
    """The narrowest signed width, at least 2 bits, that holds a value."""
    return max((~value if value < 0 else value).bit_length() + 1, 2)


def accumulator_bits(weights: np.ndarray, low: int, high: int) -> int:
    """Width that holds the worst case of every output channel, 0 always allowed at each tap."""
    rows = weights.reshape(weights.shape[0], -1).astype(np.int64)
    low, high = min(low, 0), max(high, 0)
    greatest = (np.maximum(rows * low, rows * high)).sum(1).max()
    least = (np.minimum(rows * low, rows * high)).sum(1).min()
    return max(signed_bits(int(least)), signed_bits(int(greatest)), 2)


def confidence_shift(model: QuantItNet) -> int:
    """The least shift at which no confidence saturates."""
    low, high = signed(model.bits.act_logit)
    rows, columns = model.description.scale_size(0)
    return max(((high - low) * model.description.scales * rows * columns).bit_length() - 32, 0)


def input_range(model: QuantItNet, name: str) -> tuple[int, int]:
    """Range of what a layer reads."""
    bits, parts = model.bits, name.split(".")
    if name == "data.0":
        return (0, 255) if model.description.pixels == "unit" else (-255, 255)
    if parts[0] == "data" and int(parts[1]) <= 2:
        return 0, (1 << bits.act_data) - 1
    if parts[-1] == "depthwise":
        return 0, (1 << bits.act_expand) - 1
    if parts[-1] == "project":
        return 0, (1 << bits.act_depthwise) - 1
    return signed(bits.act_state)


def compact(value) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def model_bytes(model: QuantItNet) -> bytes:
    """The file's content; the same model gives the same bytes."""
    d: Description = model.description
    tensors: dict[str, np.ndarray] = {}
    constants: dict[str, dict] = {}
    with torch.no_grad():
        layers = model.layers(d.iterations)
    for key, layer in layers.items():
        name = key.replace("_", ".")
        weights, mul, bias = (t.cpu().numpy() for t in layer.integers())
        if np.abs(mul).max() > 32767 or np.abs(bias).max() >= BIAS_LIMIT:
            raise BadInput(f"{name}: multiplier {int(np.abs(mul).max())} or offset {int(np.abs(bias).max())} does not fit "
                           "16 or 48 bits")
        tensors[f"{name}.mul"] = mul.astype("<i2")
        if layer.bias is not None:
            tensors[f"{name}.bias"] = bias.astype("<i8")
        acc_bits = 0
        if weights.size:
            tensors[f"{name}.weight"] = np.ascontiguousarray(weights, np.int8)  # not channels_last
            acc_bits = accumulator_bits(weights, *input_range(model, name))
        constants[name] = {"shift": layer.shift, "lo": layer.low, "hi": layer.high, "acc_bits": acc_bits}
    document = {
        "version": VERSION, "description": json.loads(d.to_json()), "bits": asdict(model.bits),
        "mid_shift": model.mid_shift if d.blocks > 1 else 0, "confidence_shift": confidence_shift(model),
        "layers": {name: constants[name] for name in sorted(constants)}, "sha256": "",
    }
    document["sha256"] = content_hash(document, tensors)
    return save({name: tensors[name] for name in sorted(tensors)}, metadata={MODEL_KEY: compact(document)})


def content_hash(document: dict, tensors: dict[str, np.ndarray]) -> str:
    """SHA-256 over the document without its hash and every tensor, each part with its length before it."""
    sha = hashlib.sha256()

    def part(content: bytes) -> None:
        sha.update(len(content).to_bytes(8, "little"))
        sha.update(content)

    part(compact(document | {"sha256": ""}).encode())
    for name in sorted(tensors):
        tensor = tensors[name]
        kind = {1: "I8", 2: "I16", 8: "I64"}[tensor.dtype.itemsize]
        part(name.encode())
        part(f"{kind} [{', '.join(str(n) for n in tensor.shape)}]".encode())
        part(tensor.tobytes())
    return sha.hexdigest()


class IntegerItNet(QuantItNet):
    """A network read back from a model file: integers only, exact, for evaluation; logits are in integer units."""

    def __init__(self, description: Description, bits: Bits, mid_shift: int, layers: dict[str, Layer]) -> None:
        super().__init__(description, bits, mid_shift)
        self.fixed = layers

    def layers(self, iterations: int) -> dict[str, Layer]:
        return self.fixed


def load_quantised(path: Path) -> IntegerItNet:
    """Read a model file back; the hash must fit."""
    with opened(path, "np") as file:
        tensors = {name: file.get_tensor(name) for name in file.keys()}
        metadata = file.metadata() or {}
    if MODEL_KEY not in metadata:
        raise BadInput(f"{path}: no {MODEL_KEY} in its metadata, expected a quantised model"
                       + ("; float weights are given as --weights" if "description" in metadata else ""))
    document = json.loads(metadata[MODEL_KEY])
    if document.get("version") != VERSION:
        raise BadInput(f"{path}: version {document.get('version')}, expected {VERSION}")
    if content_hash(document, tensors) != document["sha256"]:
        raise BadInput(f"{path}: the content does not have the hash {document['sha256']}")
    layers = {}
    for name, constants in document["layers"].items():
        one = float(1 << constants["shift"])
        weights = torch.from_numpy(tensors.get(f"{name}.weight", np.zeros(0, np.int8)).astype(np.float32))
        mul = torch.from_numpy(tensors[f"{name}.mul"].astype(np.float64) / one)
        bias = tensors.get(f"{name}.bias")
        bias = None if bias is None else torch.from_numpy(bias.astype(np.float64) / one)
        layers[name.replace(".", "_")] = Layer(weights, mul, bias, constants["shift"], constants["lo"], constants["hi"])
    description = Description.from_json(json.dumps(document["description"]), str(path))
    return IntegerItNet(description, Bits(**document["bits"]), document["mid_shift"], layers).eval()


def save_model(model: QuantItNet, path: Path) -> None:
    write_atomically(path, model_bytes(model))
