"""What hwgen computes: the maps of its golden model, and its quantisation after training.

By hwgen's Python package where that is installed, or by its binary where one is named. Neither shares anything with
quant.py but the model file."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
from PIL import Image

from .errors import BadInput

#: uint8 [H, W, 3] to uint8 [H, W] by output.
Maps = Callable[[np.ndarray], dict[int, np.ndarray]]


class Package:
    """`import hwgen`."""

    def __init__(self) -> None:
        import hwgen

        self.hwgen = hwgen

    def model(self, path: Path) -> Maps:
        """The golden model of a model file."""
        model = self._checked(self.hwgen.Model.load, path)
        return lambda pixels: self._checked(model.run, pixels).maps

    def quantize(self, weights: Path, images: Iterable[np.ndarray], bits: int, output: Path) -> None:
        """Quantises a weights file, calibrated on uint8 [H, W, 3] images of the network's size."""
        self._checked(self.hwgen.quantize, weights, images, weight_bits=bits).save(output)

    def _checked(self, function, *arguments, **keywords):
        try:
            return function(*arguments, **keywords)
        except self.hwgen.HwgenError as error:
            raise BadInput(f"hwgen: {error}") from error


class Binary:
    """The program, started for every question."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def model(self, path: Path) -> Maps:
        """The golden model of a model file."""

        def maps(pixels: np.ndarray) -> dict[int, np.ndarray]:
            with tempfile.TemporaryDirectory() as folder:
                folder = Path(folder)
                Image.fromarray(np.ascontiguousarray(pixels)).save(folder / "image.png")
                self._run("run", "--model", path, "--image", folder / "image.png", "--maps", folder)
                return {int(p.stem[2:]): np.array(Image.open(p)) for p in sorted(folder.glob("m_*.png"))}

        return maps

    def quantize(self, weights: Path, images: Iterable[np.ndarray], bits: int, output: Path) -> None:
        """Quantises a weights file, calibrated on uint8 [H, W, 3] images of the network's size."""
        with tempfile.TemporaryDirectory() as folder:
            folder = Path(folder)
            for i, pixels in enumerate(images):
                Image.fromarray(np.ascontiguousarray(pixels)).save(folder / f"{i:05}.png")
            self._run("quantize", "--weights", weights, "--calib", folder, "--weight-bits", str(bits), "--compare-images", "0",
                      "-o", output)

    def _run(self, command: str, *arguments) -> None:
        result = subprocess.run([self.path, command, *arguments], capture_output=True, text=True)
        if result.returncode:
            raise BadInput(f"{self.path} {command}: exit status {result.returncode}: {result.stderr.strip()[:300]}")


def find(binary: Path | None) -> Package | Binary | None:
    """The named binary; without a name the package, if it is installed."""
    if binary is not None:
        return Binary(binary)
    try:
        return Package()
    except ModuleNotFoundError:
        return None
