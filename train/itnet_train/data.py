"""Images and labels: CamVid (SegNet layout), Cityscapes, procedural scenes.

Owns: reading, checking, parts of a data set. Leaves alone: samples and batches (samples.py), augmentation (augment.py).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from . import scenes
from .augment import VOID
from .errors import BadInput
from .progress import Progress

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
IMAGE_SUFFIXES = (".png", ".jpg", ".jpeg")


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
    """Some images of a data set."""

    def __init__(self, whole, indices) -> None:
        self.whole, self.classes, self.indices = whole, whole.classes, [int(i) for i in indices]

    def __len__(self) -> int:
        return len(self.indices)

    def name(self, index: int) -> str:
        return self.whole.name(self.indices[index])

    def load(self, index: int) -> tuple[Image.Image, Image.Image]:
        return self.whole.load(self.indices[index])


def spread(whole, count: int):
    """`count` images, evenly spread over a data set."""
    if not 1 <= count <= len(whole):
        raise BadInput(f"images: {count}, expected 1 to {len(whole)}, which the data set has")
    return Subset(whole, np.linspace(0, len(whole) - 1, count).astype(int))


def with_fold(training, fold: str) -> tuple[Subset, Subset]:
    """The training images without those whose names begin with one of `fold` (commas between), and those.

    Choices are made on the second part, so that validation images only report. Whole sequences or long blocks of one
    belong into it: the next frame of a sequence is nearly the same picture.
    """
    begins = tuple(part for part in fold.split(",") if part)
    names = [training.name(i) for i in range(len(training))]
    sequences = ", ".join(sorted({name.split("_")[0] for name in names}))
    for begin in begins:
        if not any(name.startswith(begin) for name in names):
            raise BadInput(f"fold: no training image's name begins with {begin!r}, expected one of {sequences}, or more of a name")
    held = {i for i, name in enumerate(names) if name.startswith(begins)}
    if not 0 < len(held) < len(names):
        raise BadInput(f"fold: {fold!r} is {len(held)} of {len(names)} training images, expected a part; sequences: {sequences}")
    return Subset(training, (i for i in range(len(names)) if i not in held)), Subset(training, sorted(held))


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


def class_frequencies(dataset) -> np.ndarray:
    """Share of each class among the labelled pixels."""
    counts = np.zeros(256, np.int64)
    for i in Progress(range(len(dataset)), len(dataset), "counting the classes"):
        counts += np.bincount(np.asarray(dataset.load(i)[1]).ravel(), minlength=256)
    counts = counts[: len(dataset.classes)]
    return counts / max(counts.sum(), 1)
