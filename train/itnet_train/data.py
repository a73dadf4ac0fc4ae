"""Images and labels: CamVid (SegNet layout), Cityscapes, procedural scenes; augmentation and batches.

Owns: reading, checking, resizing, augmenting. Leaves alone: normalisation of pixels (model.py), the loss (engine.py).
A sample depends on (seed, epoch, index) only, never on the process that draws it: runs repeat, and two processes
see what one process with the doubled batch sees.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from . import scenes
from .errors import BadInput
from .progress import Progress

VOID = 255
CAMVID_CLASSES = ("sky", "building", "pole", "road", "pavement", "tree", "sign", "fence", "car", "pedestrian",
                  "bicyclist")
CAMVID_COLOURS = ((128, 128, 128), (128, 0, 0), (192, 192, 128), (128, 64, 128), (0, 0, 192), (128, 128, 0),
                  (192, 128, 128), (64, 64, 128), (64, 0, 128), (64, 64, 0), (0, 128, 192))
CITYSCAPES_CLASSES = ("road", "sidewalk", "building", "wall", "fence", "pole", "traffic light", "traffic sign",
                      "vegetation", "terrain", "sky", "person", "rider", "car", "truck", "bus", "train", "motorcycle",
                      "bicycle")
# Label id -> train id, as the data set's own labels.py has it; ids that are not listed are void.
CITYSCAPES_IDS = {7: 0, 8: 1, 11: 2, 12: 3, 13: 4, 17: 5, 19: 6, 20: 7, 21: 8, 22: 9, 23: 10, 24: 11, 25: 12, 26: 13,
                  27: 14, 28: 15, 31: 16, 32: 17, 33: 18}
CITYSCAPES_MAX_ID = 33
EVALUATION_BATCH = 4
IMAGE_SUFFIXES = (".png", ".jpg", ".jpeg")


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


class Folder:
    """Pairs of image and label files with a table from file value to class (or VOID, or -1 for not allowed)."""

    def __init__(self, pairs: list[tuple[Path, Path]], classes: tuple[str, ...], table: np.ndarray, cache: bool) -> None:
        self.pairs, self.classes, self.table = pairs, classes, table
        self.cache: dict[int, tuple[Image.Image, Image.Image]] | None = {} if cache else None

    def __len__(self) -> int:
        return len(self.pairs)

    def name(self, index: int) -> str:
        return self.pairs[index][0].stem

    def load(self, index: int) -> tuple[Image.Image, Image.Image]:
        """RGB image and label image (class indices or VOID) of one size."""
        if self.cache is not None and index in self.cache:
            return self.cache[index]
        image_path, label_path = self.pairs[index]
        image, label = open_image(image_path, "RGB"), open_image(label_path, "L")
        if image.size != label.size:
            raise BadInput(f"{label_path}: label is {label.size[0]}×{label.size[1]}, expected the image's "
                           f"{image.size[0]}×{image.size[1]}")
        values = self.table[np.asarray(label)]
        if (values < 0).any():
            found = int(np.asarray(label)[values < 0].max())
            allowed = int(np.nonzero(self.table >= 0)[0][: len(self.table) - 1].max()) if self.table[VOID] < 0 else \
                int(np.nonzero(self.table[:VOID] >= 0)[0].max())
            raise BadInput(f"{label_path}: label value {found}, expected 0..{allowed}")
        pair = image, Image.fromarray(values.astype(np.uint8))
        if self.cache is not None:
            self.cache[index] = pair
        return pair


class Scenes:
    """Procedurally drawn street scenes; scene i of a seed is always the same."""

    classes = scenes.CLASSES

    def __init__(self, count: int, seed: int, size: tuple[int, int]) -> None:
        self.count, self.seed, self.size = count, seed, size
        self.cache: dict[int, tuple[Image.Image, Image.Image]] = {}

    def __len__(self) -> int:
        return self.count

    def name(self, index: int) -> str:
        return f"scene_{self.seed}_{index}"

    def load(self, index: int) -> tuple[Image.Image, Image.Image]:
        if index not in self.cache:
            image, label = scenes.draw(self.size, (self.seed, index))
            self.cache[index] = Image.fromarray(image), Image.fromarray(label)
        return self.cache[index]


class Subset:
    """Some images of a data set, evenly spread over it."""

    def __init__(self, whole, count: int) -> None:
        if not 1 <= count <= len(whole):
            raise BadInput(f"images: {count}, expected 1 to {len(whole)}, which the data set has")
        self.whole, self.classes = whole, whole.classes
        self.indices = np.linspace(0, len(whole) - 1, count).astype(int)

    def __len__(self) -> int:
        return len(self.indices)

    def name(self, index: int) -> str:
        return self.whole.name(int(self.indices[index]))

    def load(self, index: int) -> tuple[Image.Image, Image.Image]:
        return self.whole.load(int(self.indices[index]))


def open_image(path: Path, mode: str) -> Image.Image:
    try:
        with Image.open(path) as image:
            if mode == "L" and image.mode not in ("L", "P"):
                raise BadInput(f"{path}: label image has mode {image.mode}, expected one 8-bit channel")
            return image.convert(mode) if mode == "RGB" else Image.fromarray(np.asarray(image).astype(np.uint8))
    except OSError as error:
        raise BadInput(f"{path}: not a readable image: {error}") from None


def list_images(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise BadInput(f"{folder}: no such folder")
    found = sorted(p for p in folder.iterdir() if p.suffix.lower() in IMAGE_SUFFIXES)
    if not found:
        raise BadInput(f"{folder}: no images (*.png, *.jpg) in this folder")
    return found


def camvid(root: Path, split: str) -> Folder:
    """SegNet layout: <split>/NAME.* and <split>annot/NAME.png, classes 0…10, 11 void."""
    pairs = []
    for image in list_images(root / split):
        label = root / f"{split}annot" / f"{image.stem}.png"
        if not label.is_file():
            raise BadInput(f"{image}: no label, expected {label}")
        pairs.append((image, label))
    table = np.full(256, -1, np.int16)
    table[:11] = np.arange(11)
    table[11] = VOID
    return Folder(pairs, CAMVID_CLASSES, table, cache=True)


def cityscapes(root: Path, split: str) -> Folder:
    """leftImg8bit/<split>/<city>/X_leftImg8bit.png and gtFine/<split>/<city>/X_gtFine_labelIds.png."""
    base = root / "leftImg8bit" / split
    if not base.is_dir():
        raise BadInput(f"{base}: no such folder")
    pairs = []
    for city in sorted(p for p in base.iterdir() if p.is_dir()):
        for image in list_images(city):
            stem = image.stem.removesuffix("_leftImg8bit")
            label = root / "gtFine" / split / city.name / f"{stem}_gtFine_labelIds.png"
            if not label.is_file():
                raise BadInput(f"{image}: no label, expected {label}")
            pairs.append((image, label))
    if not pairs:
        raise BadInput(f"{base}: no city folders with images")
    table = np.full(256, -1, np.int16)
    table[: CITYSCAPES_MAX_ID + 1] = VOID
    table[VOID] = VOID  # the licence plate's id −1 in 8 bits
    for label_id, train_id in CITYSCAPES_IDS.items():
        table[label_id] = train_id
    return Folder(pairs, CITYSCAPES_CLASSES, table, cache=False)


CLASSES = {"camvid": len(CAMVID_CLASSES), "cityscapes": len(CITYSCAPES_CLASSES), "scenes": len(scenes.CLASSES)}


def open_dataset(kind: str, root: Path | None, split: str, size: tuple[int, int], seed: int = 1):
    """A data set by name: camvid, cityscapes or scenes (which needs no folder)."""
    if kind == "scenes":
        count, offset = {"train": (2000, 0), "val": (200, 1)}[split]
        return Scenes(count, 2 * seed + offset, size)
    if root is None:
        raise BadInput(f"--data: the data set {kind} needs its folder")
    return {"camvid": camvid, "cityscapes": cityscapes}[kind](Path(root), split)


# -- samples ------------------------------------------------------------------------------------------------------------

def resized(image: Image.Image, label: Image.Image, size: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """The whole image at the network's size: box filter for pixels, nearest for labels."""
    if image.size != size:
        image, label = image.resize(size, Image.BOX), label.resize(size, Image.NEAREST)
    return np.asarray(image), np.asarray(label)


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


def training_sample(dataset, index: int, size: tuple[int, int], how: Augment,
                    seed: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Sample `index` of an epoch (seed: run and epoch), with part of another one where chance wants it."""
    rng = np.random.default_rng((*seed, index))
    sample = augmented(*dataset.load(index), size, how, rng)
    if how.cutmix > 0 and rng.random() < how.cutmix:
        other = augmented(*dataset.load(int(rng.integers(len(dataset)))), size, how, rng)
        sample = pasted(sample, other, rng)
    return sample


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


def to_batch(samples: list[tuple[np.ndarray, np.ndarray]]) -> tuple[torch.Tensor, torch.Tensor]:
    """Pixels as float 0…255, N×3×H×W in channels_last layout; labels N×H×W."""
    pixels = torch.from_numpy(np.stack([s[0] for s in samples])).permute(0, 3, 1, 2).to(torch.float32)
    labels = torch.from_numpy(np.stack([s[1] for s in samples])).long()
    return pixels.contiguous(memory_format=torch.channels_last), labels


def training_batches(dataset, size: tuple[int, int], how: Augment, *, batch: int, epoch: int, seed: int, rank: int = 0,
                     world: int = 1):
    """The batches of one epoch for one process; the incomplete last one is dropped."""
    order = np.random.default_rng((seed, epoch)).permutation(len(dataset))
    group = batch * world
    for start in range(0, len(order) - group + 1, group):
        indices = order[start + rank * batch: start + (rank + 1) * batch]
        yield to_batch([training_sample(dataset, int(i), size, how, (seed, epoch)) for i in indices])


def evaluation_batches(dataset, size: tuple[int, int], batch: int = EVALUATION_BATCH, limit: int | None = None):
    """All images at the network's size, in order."""
    count = len(dataset) if limit is None else min(limit, len(dataset))
    for start in range(0, count, batch):
        yield to_batch([resized(*dataset.load(i), size) for i in range(start, min(start + batch, count))])


def class_frequencies(dataset) -> np.ndarray:
    """Share of each class among the labelled pixels."""
    counts = np.zeros(256, np.int64)
    for i in Progress(range(len(dataset)), len(dataset), "counting the classes"):
        counts += np.bincount(np.asarray(dataset.load(i)[1]).ravel(), minlength=256)
    counts = counts[: len(dataset.classes)]
    return counts / max(counts.sum(), 1)
