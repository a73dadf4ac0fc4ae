"""Emitted cores, what networks cost, and how good they are."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path as File
from typing import Any, Unpack

from ._command import Network, Path, execute
from ._model import Image, Model, write_png


@dataclass(frozen=True)
class Simulation:
    """What `Core.cosim` found.

    Attributes:
        bit_exact: whether every value that was compared is the golden model's.
        cycles: clock cycles of each frame, from its first pixel to its last class word; None where it sent none.
        document: all of it: what ``hwgen cosim --json`` prints.
    """

    bit_exact: bool
    cycles: list[int | None]
    document: dict[str, Any]


class Core:
    """An emitted folder (docs/manifest.md).

    Attributes:
        folder: where it lies.
    """

    def __init__(self, folder: Path, *, _keep: Any = None) -> None:
        self.folder = File(folder)
        self._keep = _keep

    @property
    def report(self) -> dict[str, Any]:
        """``report.json``: cycles, utilisation, memories, estimates."""
        return json.loads((self.folder / "report.json").read_text())

    @property
    def manifest(self) -> dict[str, Any]:
        """``manifest.json``: files, ports, predicted cycles (docs/manifest.md)."""
        return json.loads((self.folder / "manifest.json").read_text())

    def cosim(
        self,
        image: Image | None = None,
        *,
        stall: int = 0,
        gap: int = 0,
        frames: int | None = None,
        iterations: int | Sequence[int] | None = None,
        seed: int = 1,
        deep: bool = False,
        resize: bool = False,
        build: str | None = None,
        maps: Path | None = None,
        messages: bool = False,
        **flags: Any,
    ) -> Simulation:
        """Simulates the core with Verilator and compares it with the golden model, bit by bit.

        Args:
            image: PNG or JPEG file, or uint8 ``[H, W, 3]``, red first; without one, a random image.
            stall, gap: percent of the cycles in which no class word is taken, no pixel is offered, 0…97.
            frames: frames back to back.
            iterations: run-time register, 1…N: one number for all frames, or one for each.
            seed: of stalls, gaps and random images.
            deep: compare data-block, expand and depthwise words too.
            resize: scale a file of another size.
            build: how to compile: auto, quick, fast, guided.
            maps: folder for the received maps as PNG.
            messages: print the command's messages on standard error.
            flags: further flags of ``hwgen cosim``, such as ``trace``, ``threshold``, ``latency``.
        """
        with tempfile.TemporaryDirectory(prefix="hwgen-") as folder:
            if image is not None and not isinstance(image, (str, os.PathLike)):
                path = File(folder) / "image.png"
                write_png(path, image)
                image = path
            document = execute(
                "cosim", [os.fspath(self.folder)], messages=messages, image=image, stall=stall, gap=gap, frames=frames,
                iterations=iterations, seed=seed, deep=deep, resize=resize, build=build, maps=maps, **flags,
            )
        return Simulation(document["bit_exact"], [frame["cycles"] for frame in document["frames"]], document)

    def __repr__(self) -> str:
        return f"<hwgen.Core {self.folder}>"


def emit(
    model: Model,
    folder: Path | None = None,
    *,
    multipliers: int | None = None,
    device: str | None = None,
    feedback: str | None = None,
    messages: bool = False,
    **flags: Any,
) -> Core:
    """Emits a core: Verilog, memory files, manifest, report.

    Args:
        model: the network.
        folder: where to; without it, a temporary folder that goes away with the core.
        multipliers: budget of all arrays together (342, or what the device has).
        device: what the core must fit and fill, such as ``ecp5-85k``.
        feedback: where the state goes between iterations: onchip, stream, axi.
        messages: print the command's messages on standard error.
        flags: further flags of ``hwgen emit``.
    """
    keep = None
    if folder is None:
        keep = tempfile.TemporaryDirectory(prefix="hwgen-core-")
        folder = File(keep.name) / "core"
    with model._file() as file:
        execute(
            "emit", messages=messages, model=file, output=folder, multipliers=multipliers, device=device,
            feedback=feedback, **flags,
        )
    return Core(folder, _keep=keep)


def cost(**network: Unpack[Network]) -> dict[str, Any]:
    """MACs, parameters, bytes and depth of a network, by the paper's counting rules (``hwgen cost``)."""
    return execute("cost", **network)


def evaluate(
    network: Model | Path,
    images: Path,
    labels: Path,
    *,
    data_set: str = "plain",
    resize: bool = False,
    core: Core | None = None,
    folder: Path | None = None,
    messages: bool = False,
    **flags: Any,
) -> dict[str, Any]:
    """Measures a network on a folder of images and labels: mIoU of every output (``hwgen evaluate``, docs/evaluate.md).

    Args:
        network: a model, computed by the integer golden model; or a file of float weights, by the float reference.
        images: folder of PNG or JPEG images.
        labels: folder of PNG files of a class index a pixel.
        data_set: how files are laid out and what label values mean: plain, camvid, cityscapes.
        resize: scale images of another size.
        core: an emitted core of this network, for cycles and frames a second.
        folder: where to leave the tables and the page; without it, nowhere.
        messages: print the command's messages on standard error.
        flags: further flags of ``hwgen evaluate``.
    """
    words = dict(
        images=images, labels=labels, data_set=data_set, resize=resize, output=folder,
        core=None if core is None else core.folder, **flags,
    )
    if not isinstance(network, Model):
        return execute("evaluate", messages=messages, weights=network, **words)
    with network._file() as file:
        return execute("evaluate", messages=messages, model=file, **words)
