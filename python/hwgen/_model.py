"""Quantised models: making them, running them, writing them as ONNX."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path as File
from typing import Any, Unpack

import numpy
from numpy.typing import NDArray

from . import _native
from ._command import Description, Path, execute

Image = Path | NDArray[numpy.uint8]


@dataclass(frozen=True)
class Frame:
    """What a model gives for one image. H, W: the image's sides in pixels; h, w: those of a scale; C: classes.

    Attributes:
        maps: class of every pixel, uint8 ``[H, W]``, by output (from 1).
        confidences: confidence register of every output (docs/arithmetic.md), by output.
        states: int32 ``[h, w, f]`` by (iteration from 1, scale from 0), in units of Δs; empty unless asked for.
        logits: int32 ``[h, w, C]`` by (output, scale), in units of that output's Δ; empty unless asked for.
        totals: int32 ``[h, w, C]`` by output, the sum of the logits on the finest scale; empty unless asked for.
    """

    maps: dict[int, NDArray[numpy.uint8]]
    confidences: dict[int, int]
    states: dict[tuple[int, int], NDArray[numpy.int32]]
    logits: dict[tuple[int, int], NDArray[numpy.int32]]
    totals: dict[int, NDArray[numpy.int32]]


class Model:
    """A quantised network (docs/model.md). Cannot be changed."""

    def __init__(self, native: _native.Model) -> None:
        self._native = native

    @classmethod
    def load(cls, path: Path) -> Model:
        """Reads and checks a model file."""
        return cls(_native.Model.load(os.fspath(path)))

    def save(self, path: Path) -> None:
        """Writes the model file, whole or not at all."""
        self._native.save(os.fspath(path))

    @property
    def description(self) -> dict[str, Any]:
        """The network (docs/model.md)."""
        return json.loads(self._native.description)

    @property
    def bits(self) -> dict[str, int]:
        """Bits of weights and activations (docs/model.md)."""
        return json.loads(self._native.bits)

    @property
    def sha256(self) -> str:
        """Hash of the model's content, hexadecimal."""
        return self._native.sha256

    def run(
        self, image: Image, *, iterations: int | None = None, intermediates: bool = False, resize: bool = False
    ) -> Frame:
        """Runs the integer golden model.

        Args:
            image: PNG or JPEG file, or uint8 ``[H, W, 3]``, red first, of the network's size.
            iterations: stop after so many, 1…N.
            intermediates: fill `Frame.states`, `Frame.logits` and `Frame.totals`.
            resize: scale a file of another size (area average in integers).
        """
        pixels = self.pixels(image, resize=resize)
        height, width = pixels.shape[:2]
        maps, confidences, tensors = self._native.run(pixels.tobytes(), iterations, intermediates)
        frame = Frame(
            maps={n: numpy.frombuffer(data, numpy.uint8).reshape(height, width) for n, data in maps},
            confidences=dict(confidences), states={}, logits={}, totals={},
        )
        last = self.description["blocks"] - 1
        for kind, n, scale, block, shape, data in tensors:
            values = numpy.frombuffer(data, numpy.int32).reshape(shape)
            if kind == "state" and block == last:
                frame.states[n + 1, scale] = values
            elif kind == "logits":
                frame.logits[n + 1, scale] = values
            elif kind == "total":
                frame.totals[n + 1] = values
        return frame

    def pixels(self, image: Image, *, resize: bool = False) -> NDArray[numpy.uint8]:
        """The image that `run` sees, uint8 ``[H, W, 3]``, red first."""
        size = self.description["image"]
        height, width = size["height"], size["width"]
        if isinstance(image, (str, os.PathLike)):
            data = _native.read_image(os.fspath(image), width, height, resize)
            return numpy.frombuffer(data, numpy.uint8).reshape(height, width, 3)
        array = numpy.asarray(image)
        if array.dtype != numpy.uint8 or array.shape != (height, width, 3):
            raise ValueError(f"image is {array.dtype} {list(array.shape)}, wanted uint8 {[height, width, 3]}")
        return numpy.ascontiguousarray(array)

    def export(self, path: Path, *, unrolled: bool = False, intermediates: bool = False) -> None:
        """Writes the network as ONNX (docs/export.md)."""
        with self._file() as file:
            execute("export", model=file, output=path, unrolled=unrolled, intermediates=intermediates)

    def _file(self) -> _ModelFile:
        return _ModelFile(self)

    def __repr__(self) -> str:
        d = self.description
        size = d["image"]
        return (
            f"<hwgen.Model f={d['width']} L={d['scales']} N={d['iterations']} C={d['classes']} "
            f"{size['width']}x{size['height']} sha256={self.sha256[:12]}>"
        )


class _ModelFile:
    """The model as a file for as long as a command needs one."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.folder = tempfile.TemporaryDirectory(prefix="hwgen-")

    def __enter__(self) -> File:
        path = File(self.folder.__enter__()) / "model.safetensors"
        self.model.save(path)
        return path

    def __exit__(self, *exception: object) -> None:
        self.folder.__exit__(*exception)


def quantize(
    weights: Any,
    calib: Any,
    *,
    resize: bool = False,
    calib_images: int | None = None,
    match: bool = True,
    messages: bool = False,
    **description: Unpack[Description],
) -> Model:
    """Quantises float weights after training (docs/weights.md).

    Args:
        weights: safetensors file; or a state dict, names to float arrays or tensors; or a module that has one
            (``itnet_train``'s ``ItNet``).
        calib: folder of PNG or JPEG images from which the activations' ranges are taken; or images as uint8
            ``[H, W, 3]``, red first, of the network's size.
        resize: scale images of another size.
        calib_images: use so many of them at most (32).
        match: bring the statistics of every iteration back to those of the float network.
        messages: print the command's messages on standard error.
        description: network and bits, where the weights' file does not say them.
    """
    with tempfile.TemporaryDirectory(prefix="hwgen-") as folder:
        output = File(folder) / "model.safetensors"
        execute(
            "quantize",
            messages=messages,
            weights=_weights(weights, File(folder)),
            calib=_images(calib, File(folder)),
            resize=resize,
            calib_images=calib_images,
            no_match=not match,
            compare_images=0,
            output=output,
            **description,
        )
        return Model.load(output)


def _weights(weights: Any, folder: File) -> Path:
    if isinstance(weights, (str, os.PathLike)):
        return weights
    if hasattr(weights, "state_dict"):
        weights = weights.state_dict()
    if not isinstance(weights, Mapping):
        raise TypeError(f"weights are {type(weights).__name__}, wanted a path, a state dict or a module")
    from safetensors.numpy import save_file

    path = folder / "weights.safetensors"
    save_file({name: _array(value) for name, value in weights.items()}, path)
    return path


def _array(value: Any) -> NDArray[Any]:
    if hasattr(value, "detach"):  # a tensor of PyTorch
        value = value.detach().cpu()
        value = (value.float() if value.is_floating_point() else value).numpy()
    array = numpy.asarray(value)
    return numpy.ascontiguousarray(array, numpy.float32 if array.dtype.kind == "f" else array.dtype)


def _images(images: Any, folder: File) -> Path:
    if isinstance(images, (str, os.PathLike)):
        return images
    place = folder / "calib"
    place.mkdir()
    for index, image in enumerate(images):
        write_png(place / f"{index:06}.png", image)
    return place


def write_png(path: Path, image: NDArray[numpy.uint8]) -> None:
    """Writes uint8 ``[H, W, 3]``, red first."""
    array = numpy.asarray(image)
    if array.dtype != numpy.uint8 or array.ndim != 3 or array.shape[2] != 3:
        raise ValueError(f"image is {array.dtype} {list(array.shape)}, wanted uint8 [H, W, 3]")
    _native.write_png(os.fspath(path), array.tobytes(), array.shape[1], array.shape[0])
