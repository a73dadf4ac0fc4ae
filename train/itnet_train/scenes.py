"""Procedurally drawn street scenes with exact labels: the data set that the project carries as a program.

The shapes are bold on purpose: the network decides on a grid of 1/8 resolution, and a shape narrower than a cell
cannot be drawn by bilinear interpolation between two cells of one class.
"""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

CLASSES = ("sky", "road", "pavement", "building", "car", "pole", "tree", "pedestrian", "sign")
COLOURS = ((70, 130, 180), (128, 64, 128), (244, 35, 232), (70, 70, 70), (0, 0, 142), (153, 153, 153), (107, 142, 35),
           (220, 20, 60), (220, 220, 0))
SKY, ROAD, PAVEMENT, BUILDING, CAR, POLE, TREE, PEDESTRIAN, SIGN = range(9)
FINER = 4  # drawn so many times finer, then averaged
WALLS = ((172, 118, 92), (196, 170, 130), (150, 96, 80), (184, 150, 140), (206, 188, 160), (160, 130, 100))
PAINTS = ((190, 30, 30), (30, 60, 160), (235, 235, 235), (40, 40, 45), (220, 170, 30), (30, 120, 90))
COATS = ((210, 60, 120), (240, 140, 40), (130, 60, 170), (60, 190, 190), (230, 210, 70))
SKIES = (((96, 150, 220), (190, 215, 240)), ((150, 170, 195), (215, 220, 228)), ((120, 140, 210), (240, 200, 170)))


class Canvas:
    """Image and label drawn together; coordinates are in hundredths of the image height."""

    def __init__(self, size: tuple[int, int], rng: np.random.Generator) -> None:
        self.size, self.rng = size, rng
        self.unit = size[1] * FINER / 100
        self.width = size[0] * FINER / self.unit
        fine = (size[0] * FINER, size[1] * FINER)
        self.image, self.label = Image.new("RGB", fine), Image.new("L", fine, SKY)
        self.draw_image, self.draw_label = ImageDraw.Draw(self.image), ImageDraw.Draw(self.label)

    def tone(self, colour, spread: float = 14) -> tuple[int, ...]:
        shift = self.rng.uniform(-spread, spread) + self.rng.uniform(-spread / 3, spread / 3, 3)
        return tuple(int(np.clip(c + s, 0, 255)) for c, s in zip(colour, shift))

    def shape(self, kind: str, points, colour, label: int | None = None) -> None:
        """A polygon, rectangle or ellipse; without a label it is a detail of what it covers."""
        points = [(x * self.unit, y * self.unit) for x, y in points]
        getattr(self.draw_image, kind)(points, fill=colour)
        if label is not None:
            getattr(self.draw_label, kind)(points, fill=label)

    def finish(self) -> tuple[np.ndarray, np.ndarray]:
        pixels = np.asarray(self.image.resize(self.size, Image.BOX)).astype(np.float32)
        light = np.exp(self.rng.uniform(-0.2, 0.15)) * np.exp(self.rng.uniform(-0.05, 0.05, 3))
        pixels = pixels * light + self.rng.normal(0, 3, pixels.shape)
        label = np.asarray(self.label.resize(self.size, Image.NEAREST))
        return np.clip(np.floor(pixels + 0.5), 0, 255).astype(np.uint8), label.copy()


def draw(size: tuple[int, int], seed) -> tuple[np.ndarray, np.ndarray]:
    """One scene: RGB pixels (height × width × 3) and class indices (height × width)."""
    rng = np.random.default_rng(seed)
    canvas = Canvas(size, rng)
    horizon = rng.uniform(40, 50)
    draw_sky(canvas, horizon)
    draw_buildings(canvas, horizon)
    road = draw_ground(canvas, horizon)
    side = rng.permutation([-1, 1])
    for s in side[: 1 + int(rng.random() < 0.5)]:
        draw_tree(canvas, road, s)
    if rng.random() < 0.8:
        draw_pole(canvas, road, -side[0] if rng.random() < 0.7 else side[0], sign=rng.random() < 0.65)
    for near in sorted(rng.uniform(0, 1, int(rng.integers(1, 3)))):
        draw_car(canvas, road, near)
    for _ in range(1 + int(rng.random() < 0.45)):
        draw_pedestrian(canvas, road, rng.choice([-1, 1]))
    return canvas.finish()


def draw_sky(canvas: Canvas, horizon: float) -> None:
    top, bottom = (np.array(canvas.tone(c)) for c in SKIES[canvas.rng.integers(len(SKIES))])
    for row in range(0, int(horizon) + 2):
        share = row / horizon
        canvas.shape("rectangle", [(0, row), (canvas.width, row + 1)], tuple(int(v) for v in top + (bottom - top) * share))


def draw_buildings(canvas: Canvas, horizon: float) -> None:
    rng, width = canvas.rng, canvas.width
    gap = (rng.uniform(0.3, 0.45) * width, rng.uniform(0.55, 0.7) * width)
    left = 0.0
    while left < width:
        right = left + rng.uniform(22, 42)
        centre = (left + right) / 2
        if not gap[0] < centre < gap[1]:
            distance = abs(centre / width - 0.5) * 2
            top = horizon - rng.uniform(16, 24) - 18 * distance
            wall = canvas.tone(WALLS[rng.integers(len(WALLS))])
            canvas.shape("rectangle", [(left, top), (right, horizon + 6)], wall, BUILDING)
            pane = canvas.tone((78, 92, 112))
            for y in np.arange(top + 5, horizon - 4, 10):
                for x in np.arange(left + 4, right - 7, 10):
                    canvas.shape("rectangle", [(x, y), (x + 4.5, y + 5.5)], pane)
        left = right


def draw_ground(canvas: Canvas, horizon: float):
    """Pavement with the road in it; gives the road's edge: (side, y) → x."""
    rng, width = canvas.rng, canvas.width
    vanish = rng.uniform(0.42, 0.58) * width
    far, near = rng.uniform(8, 16), rng.uniform(52, 68)

    def edge(side: int, y: float) -> float:
        return vanish + side * (far + (near - far) * (y - horizon) / (100 - horizon))

    canvas.shape("rectangle", [(0, horizon), (width, 101)], canvas.tone((196, 190, 180)), PAVEMENT)
    asphalt = canvas.tone((92, 92, 98), 10)
    canvas.shape("polygon", [(edge(-1, horizon), horizon), (edge(1, horizon), horizon), (edge(1, 101), 101),
                             (edge(-1, 101), 101)], asphalt, ROAD)
    for start in np.arange(horizon + 4, 100, 14):
        end, half = start + 6, 0.6 + (start - horizon) / 45
        canvas.shape("polygon", [(vanish - half, start), (vanish + half, start), (vanish + half * 1.3, end),
                                 (vanish - half * 1.3, end)], canvas.tone((226, 226, 220)))
    return edge


def clamped(value: float, low: float, high: float) -> float:
    return min(max(value, low), high)


def draw_tree(canvas: Canvas, road, side: int) -> None:
    rng = canvas.rng
    base, radius = rng.uniform(56, 68), rng.uniform(15, 20)
    x = clamped(road(side, base) + side * rng.uniform(8, 16), radius * 0.4, canvas.width - radius * 0.4)
    y = base - rng.uniform(24, 30)
    canvas.shape("rectangle", [(x - 4.5, y), (x + 4.5, base)], canvas.tone((88, 66, 40)), TREE)
    leaf = canvas.tone((62, 128, 48))
    for dx, dy, share in ((0, 0, 1.0), (-0.5, 0.25, 0.7), (0.5, 0.25, 0.7)):
        r = radius * share
        cx, cy = x + dx * radius, y + dy * radius
        canvas.shape("ellipse", [(cx - r, cy - r), (cx + r, cy + r)], leaf, TREE)
    canvas.shape("ellipse", [(x - radius * 0.5, y - radius * 0.6), (x + radius * 0.1, y - radius * 0.1)],
                 canvas.tone((92, 156, 66)))


def draw_pole(canvas: Canvas, road, side: int, sign: bool) -> None:
    rng = canvas.rng
    base, half = rng.uniform(66, 84), rng.uniform(6.2, 7.2)
    x = clamped(road(side, base) + side * rng.uniform(6, 12), 12, canvas.width - 12)
    top = base - rng.uniform(52, 64)
    canvas.shape("rectangle", [(x - half, top), (x + half, base)], canvas.tone((48, 52, 58), 8), POLE)
    canvas.shape("rectangle", [(x - half * 0.5, top), (x - half * 0.1, base)], canvas.tone((84, 88, 94), 8))
    if sign:
        r = rng.uniform(13, 16)
        y = max(top, r + 1)
        if rng.random() < 0.5:
            canvas.shape("ellipse", [(x - r, y - r), (x + r, y + r)], canvas.tone((214, 34, 38), 10), SIGN)
            canvas.shape("rectangle", [(x - r * 0.6, y - r * 0.2), (x + r * 0.6, y + r * 0.2)], (238, 238, 238))
        else:
            canvas.shape("rectangle", [(x - r, y - r * 0.85), (x + r, y + r * 0.85)], canvas.tone((245, 200, 20), 10), SIGN)
            canvas.shape("rectangle", [(x - r * 0.55, y - r * 0.25), (x + r * 0.55, y + r * 0.25)], (40, 40, 40))


def draw_car(canvas: Canvas, road, near: float) -> None:
    rng = canvas.rng
    base = 66 + 28 * near
    half = 18 + 10 * near
    left, right = road(-1, base) + half * 0.8, road(1, base) - half * 0.8
    x = rng.uniform(min(left, right), max(left, right))
    height = half * 1.05
    paint = canvas.tone(PAINTS[rng.integers(len(PAINTS))])
    canvas.shape("polygon", [(x - half * 0.72, base - height * 0.5), (x - half * 0.5, base - height),
                             (x + half * 0.5, base - height), (x + half * 0.72, base - height * 0.5)], paint, CAR)
    canvas.shape("polygon", [(x - half * 0.58, base - height * 0.52), (x - half * 0.42, base - height * 0.9),
                             (x + half * 0.42, base - height * 0.9), (x + half * 0.58, base - height * 0.52)],
                 canvas.tone((40, 52, 66), 8))
    canvas.shape("rectangle", [(x - half, base - height * 0.55), (x + half, base - height * 0.12)], paint, CAR)
    for s in (-1, 1):
        canvas.shape("rectangle", [(x + s * half * 0.72 - half * 0.2, base - height * 0.14),
                                   (x + s * half * 0.72 + half * 0.2, base)], (22, 22, 24), CAR)
        canvas.shape("ellipse", [(x + s * half * 0.75 - 2, base - height * 0.42), (x + s * half * 0.75 + 2, base - height * 0.24)],
                     (255, 236, 160))


def draw_pedestrian(canvas: Canvas, road, side: int) -> None:
    rng = canvas.rng
    base = rng.uniform(74, 95)
    height = rng.uniform(40, 48)
    half = rng.uniform(8.2, 9.4)
    x = clamped(road(side, base) + side * rng.uniform(7, 18), half + 1, canvas.width - half - 1)
    coat = canvas.tone(COATS[rng.integers(len(COATS))])
    canvas.shape("polygon", [(x - half * 0.7, base - height * 0.45), (x + half * 0.7, base - height * 0.45),
                             (x + half * 0.8, base), (x - half * 0.8, base)], canvas.tone((52, 44, 78), 10), PEDESTRIAN)
    canvas.shape("polygon", [(x - half * 0.8, base - height * 0.78), (x + half * 0.8, base - height * 0.78),
                             (x + half, base - height * 0.38), (x - half, base - height * 0.38)], coat, PEDESTRIAN)
    head = height * 0.13
    canvas.shape("ellipse", [(x - head, base - height), (x + head, base - height + 2 * head)],
                 canvas.tone((226, 178, 144)), PEDESTRIAN)
