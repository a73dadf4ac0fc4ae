"""The network description: the same JSON as `network/src/description.rs`, with the same ranges.

Owns: symbols, ranges and geometry. Leaves alone: tensors (model.py), number formats (quant.py).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from .errors import BadInput

RANGES = {
    "width": (1, 256), "scales": (1, 5), "iterations": (1, 64), "blocks": (1, 8), "expansion": (1, 8),
    "classes": (1, 256),
}
IMAGE_RANGE = (16, 8192)
NORMALISATIONS = ("iterations", "convolutions")


@dataclass(frozen=True)
class Description:
    """One ItNet; every field has the symbol of the paper (docs/network.md, docs/weights.md)."""

    width: int = 51
    scales: int = 3
    iterations: int = 16
    blocks: int = 1
    expansion: int = 6
    classes: int = 11
    image: tuple[int, int] = (240, 180)  # width, height
    outputs: tuple[int, ...] = (1, 2, 4, 8, 16)
    weight_sets: Any = "shared"  # "shared", "independent" or a tuple: iteration -> set
    mixing: str = "coarse_to_fine"
    pixels: str = "unit"
    normalisation: str = "iterations"  # batch norm between iterations, or after all "convolutions" in their place

    def __post_init__(self) -> None:
        problems = []
        for name, (low, high) in RANGES.items():
            value = getattr(self, name)
            if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
                problems.append(f"{name}: {value!r} is not an integer in {low}..{high}")
        for name, value in zip(("image.width", "image.height"), self.image):
            if not isinstance(value, int) or not IMAGE_RANGE[0] <= value <= IMAGE_RANGE[1]:
                problems.append(f"{name}: {value!r} is not an integer in {IMAGE_RANGE[0]}..{IMAGE_RANGE[1]}")
        if not self.outputs or list(self.outputs) != sorted(set(self.outputs)):
            problems.append(f"outputs: {list(self.outputs)} is not an ascending list without repetition")
        elif self.outputs[0] < 1 or self.outputs[-1] > self.iterations:
            problems.append(f"outputs: {list(self.outputs)} is not within 1..{self.iterations} (iterations)")
        if self.mixing not in ("coarse_to_fine", "bidirectional"):
            problems.append(f"mixing: {self.mixing!r} is neither coarse_to_fine nor bidirectional")
        if self.pixels not in ("unit", "symmetric"):
            problems.append(f"pixels: {self.pixels!r} is neither unit nor symmetric")
        if self.normalisation not in NORMALISATIONS:
            problems.append(f"normalisation: {self.normalisation!r} is neither iterations nor convolutions")
        if isinstance(self.weight_sets, (tuple, list)):
            sets = list(self.weight_sets)
            if len(sets) != self.iterations:
                problems.append(f"weight_sets: a map of {len(sets)} entries for {self.iterations} iterations")
            elif sorted(set(sets)) != list(range(len(set(sets)))):
                problems.append(f"weight_sets: the sets {sorted(set(sets))} are not 0, 1, 2, … without holes")
        elif self.weight_sets not in ("shared", "independent"):
            problems.append(f"weight_sets: {self.weight_sets!r} is neither shared, independent nor a map")
        if problems:
            raise BadInput("network description: " + "; ".join(problems))

    # -- geometry ---------------------------------------------------------------------------------------------------

    def scale_size(self, scale: int) -> tuple[int, int]:
        """(height, width) of a scale; scale 0 is 1/8 of the image."""
        width, height = self.image
        for _ in range(3 + scale):
            width, height = -(-width // 2), -(-height // 2)
        return height, width

    @property
    def data_layers(self) -> int:
        return 2 + self.scales

    def has_coarser(self, scale: int) -> bool:
        return scale + 1 < self.scales

    def has_finer(self, scale: int) -> bool:
        return self.mixing == "bidirectional" and scale > 0

    def block_inputs(self, scale: int, block: int) -> int:
        parts = 1 + (self.has_coarser(scale) + self.has_finer(scale) if block == 0 else 0)
        return parts * self.width

    @property
    def set_count(self) -> int:
        if self.weight_sets == "shared":
            return 1
        if self.weight_sets == "independent":
            return self.iterations
        return max(self.weight_sets) + 1

    def set_of(self, iteration: int) -> int:
        """The weight set of an iteration, counted from 0."""
        if self.weight_sets == "shared":
            return 0
        if self.weight_sets == "independent":
            return iteration
        return self.weight_sets[iteration]

    # -- JSON -------------------------------------------------------------------------------------------------------

    def to_json(self) -> str:
        sets = self.weight_sets if isinstance(self.weight_sets, str) else {"map": list(self.weight_sets)}
        fields = {
            "width": self.width, "scales": self.scales, "iterations": self.iterations, "blocks": self.blocks,
            "expansion": self.expansion, "classes": self.classes,
            "image": {"width": self.image[0], "height": self.image[1]}, "outputs": list(self.outputs),
            "weight_sets": sets, "mixing": self.mixing, "pixels": self.pixels,
        }
        if self.normalisation != "iterations":  # the paper's choice is not named
            fields["normalisation"] = self.normalisation
        return json.dumps(fields)

    @staticmethod
    def from_json(text: str, source: str = "description") -> "Description":
        try:
            fields = json.loads(text)
        except json.JSONDecodeError as error:
            raise BadInput(f"{source}: not JSON: {error}") from None
        if not isinstance(fields, dict):
            raise BadInput(f"{source}: found {type(fields).__name__}, expected a JSON object")
        known = set(Description.__dataclass_fields__)
        unknown, missing = set(fields) - known, (known - {"weight_sets", "mixing", "pixels", "normalisation"}) - set(fields)
        if unknown or missing:
            raise BadInput(f"{source}: unknown fields {sorted(unknown)}, missing fields {sorted(missing)}")
        image = fields["image"]
        if not isinstance(image, dict) or set(image) != {"width", "height"}:
            raise BadInput(f"{source}: image: found {image!r}, expected {{width, height}}")
        fields["image"] = (image["width"], image["height"])
        if not isinstance(fields["outputs"], list):
            raise BadInput(f"{source}: outputs: found {fields['outputs']!r}, expected a list")
        fields["outputs"] = tuple(fields["outputs"])
        sets = fields.get("weight_sets", "shared")
        if isinstance(sets, dict):
            if set(sets) != {"map"} or not isinstance(sets["map"], list):
                raise BadInput(f"{source}: weight_sets: found {sets!r}, expected {{\"map\": [...]}}")
            fields["weight_sets"] = tuple(sets["map"])
        return Description(**fields)


PRESETS = {
    "camvid-240": Description(),
    "camvid-480": Description(image=(480, 360)),
    "paper": Description(image=(480, 360), outputs=tuple(range(1, 17))),
    "tiny": Description(width=8, iterations=4, classes=9, image=(96, 64), outputs=(1, 2, 3, 4)),
    "cityscapes": Description(classes=19, image=(1024, 512), pixels="symmetric"),
}
