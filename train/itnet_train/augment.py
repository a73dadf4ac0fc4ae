"""How a training image and its label are varied.

A variation depends on the random generator that it is given only.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PIL import Image

from .errors import BadInput

VOID = 255


@dataclass(frozen=True)
class Augment:
    """How a training sample is varied; `scale` is relative to the network's image size."""

    flip: bool = True
    scale: tuple[float, float] = (0.8, 1.7)
    aspect: float = 0.12
    colour: float = 0.35
    rotate: float = 0.0  # degrees either way
    cutmix: float = 0.0  # chance that a rectangle of another image is pasted in, labels and all

    def __post_init__(self) -> None:
        low, high = self.scale
        if not 0 < low <= high < math.inf:
            raise BadInput(f"crop_scale: {low},{high}, expected 0 < LOW <= HIGH")
        for name, value, most in (("crop_aspect", self.aspect, 4), ("colour", self.colour, 4), ("rotate", self.rotate, 180),
                                  ("cutmix", self.cutmix, 1)):
            if not 0 <= value <= most:
                raise BadInput(f"{name}: {value}, expected 0 to {most}")


def augmented(image: Image.Image, label: Image.Image, size: tuple[int, int], how: Augment,
              rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A random crop of random scale and aspect, flipped or not, with changed colours, at the network's size."""
    width, height = size
    if how.rotate > 0:
        image, label = rotated(image, label, rng.uniform(-how.rotate, how.rotate))
    scale = np.exp(rng.uniform(*np.log(how.scale)))
    stretch = np.exp(rng.uniform(-how.aspect, how.aspect) / 2)
    # The window in the source image that becomes the network's image; larger than the image where scale < 1.
    window = (image.size[0] / scale * stretch, image.size[1] / scale / stretch)
    left, top = (rng.uniform(min(0, s - w), max(0, s - w)) for s, w in zip(image.size, window))
    inside = (max(left, 0), max(top, 0), min(left + window[0], image.size[0]), min(top + window[1], image.size[1]))
    target = [round((inside[0] - left) / window[0] * width), round((inside[1] - top) / window[1] * height),
              round((inside[2] - left) / window[0] * width), round((inside[3] - top) / window[1] * height)]
    target[2], target[3] = max(target[2], target[0] + 1), max(target[3], target[1] + 1)
    part = (target[2] - target[0], target[3] - target[1])
    filter_ = (Image.BOX, Image.BILINEAR)[int(rng.integers(2))]
    piece = np.asarray(image.resize(part, filter_, box=inside)).astype(np.float32)
    piece_label = np.asarray(label.resize(part, Image.NEAREST, box=inside))
    piece = recoloured(piece, how.colour, rng)
    pixels, labels = np.zeros((height, width, 3), np.uint8), np.full((height, width), VOID, np.uint8)
    pixels[target[1]:target[3], target[0]:target[2]] = piece
    labels[target[1]:target[3], target[0]:target[2]] = piece_label
    if how.flip and rng.random() < 0.5:
        pixels, labels = pixels[:, ::-1], labels[:, ::-1]
    return pixels, labels


def rotated(image: Image.Image, label: Image.Image, degrees: float) -> tuple[Image.Image, Image.Image]:
    """Both turned about the centre, at the same size; what comes from outside is black and void."""
    return (image.rotate(degrees, Image.BILINEAR),
            label.rotate(degrees, Image.NEAREST, fillcolor=VOID))


def pasted(onto: tuple[np.ndarray, np.ndarray], other: tuple[np.ndarray, np.ndarray],
           rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """`onto` with a random rectangle, a quarter to a half of each side, of `other` at the same place (CutMix)."""
    (pixels, labels), (height, width) = (part.copy() for part in onto), onto[1].shape
    part_height, part_width = (int(side * rng.uniform(0.25, 0.5)) for side in (height, width))
    top, left = int(rng.integers(height - part_height + 1)), int(rng.integers(width - part_width + 1))
    window = np.s_[top:top + part_height, left:left + part_width]
    pixels[window], labels[window] = other[0][window], other[1][window]
    return pixels, labels


def recoloured(pixels: np.ndarray, strength: float, rng: np.random.Generator) -> np.ndarray:
    """Random brightness, contrast, saturation, gain of each channel, gamma and noise."""
    gain, contrast, saturation = np.exp(rng.uniform(-strength, strength, 3))
    tint = np.exp(rng.uniform(-strength / 4, strength / 4, 3)).astype(np.float32)
    grey = pixels.mean(2, keepdims=True)
    pixels = grey + (pixels - grey) * np.float32(saturation)
    pixels = grey.mean() + (pixels - grey.mean()) * np.float32(contrast)
    pixels = pixels * tint * np.float32(gain)
    pixels = 255 * (np.clip(pixels, 0, 255) / 255) ** np.float32(np.exp(rng.uniform(-strength, strength)))
    if rng.random() < 0.3:
        pixels = pixels + rng.normal(0, rng.uniform(0, 8), pixels.shape).astype(np.float32)
    return np.clip(np.floor(pixels + 0.5), 0, 255).astype(np.uint8)
