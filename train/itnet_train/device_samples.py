"""Samples varied where the network is: the whole data set in the device's memory, augmentation in torch.

For GPUs, which would wait for any number of CPU cores. The same variations as augment.py's, drawn from the same distributions,
by other arithmetic: all images of a batch at once, and one bilinear filter for every scale. A sample depends on
(seed, epoch, index), its noise on the batch too.
"""

from __future__ import annotations

import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from .augment import VOID, Augment
from .errors import BadInput
from .progress import Progress
from .samples import batch_indices, resized

SOURCE_LIMIT = 1.5  # images larger than so many times the network's size are stored at the network's size
MEMORY_SHARE = 0.6  # of the free memory that the data set may fill


class DeviceSamples:
    """The interface of samples.HostSamples."""

    def __init__(self, dataset, size: tuple[int, int], how: Augment, device: torch.device, *, batch: int, seed: int,
                 rank: int = 0, world: int = 1) -> None:
        self.size, self.how, self.seed, self.device = size, how, seed, device
        self.order = {"batch": batch, "seed": seed, "rank": rank, "world": world}
        source = dataset.load(0)[0].size
        stored = source if max(s / n for s, n in zip(source, size)) <= SOURCE_LIMIT else size
        needed = len(dataset) * stored[0] * stored[1] * 4
        if device.type == "cuda" and needed > MEMORY_SHARE * torch.cuda.mem_get_info(device)[0]:
            raise BadInput(f"augment_on: device: the data set takes {needed / 1e9:.1f} GB of the device's memory, of which "
                           f"{torch.cuda.mem_get_info(device)[0] / 1e9:.1f} GB are free; expected at most {MEMORY_SHARE:.0%} of them")
        self.images = torch.empty(len(dataset), 3, stored[1], stored[0], dtype=torch.uint8, device=device)
        self.labels = torch.empty(len(dataset), 1, stored[1], stored[0], dtype=torch.uint8, device=device)
        for i in Progress(range(len(dataset)), len(dataset), "loading the images", silent=rank > 0):
            pixels, label = resized(*dataset.load(i), stored)
            self.images[i] = torch.from_numpy(pixels.transpose(2, 0, 1).copy()).to(device)
            self.labels[i, 0] = torch.from_numpy(np.array(label)).to(device)

    def epoch(self, epoch: int):
        """The batches of one epoch."""
        for indices in batch_indices(len(self.images), epoch=epoch, **self.order):
            yield self.batch(indices, epoch)

    @torch.no_grad()
    def batch(self, indices: np.ndarray, epoch: int) -> tuple[Tensor, Tensor]:
        """Pixels as float 0…255, N×3×H×W in channels_last layout; labels N×H×W."""
        rngs = [np.random.default_rng((self.seed, epoch, int(i))) for i in indices]
        noise = torch.Generator(self.device).manual_seed(hash((self.seed, epoch, int(indices[0]))) & (2**63 - 1))
        pixels, labels = self.varied(indices, rngs, noise)
        if self.how.cutmix > 0:
            mask = torch.from_numpy(np.stack([self.rectangle(rng) for rng in rngs])).to(self.device)
            others = np.array([rng.integers(len(self.images)) for rng in rngs])
            other_pixels, other_labels = self.varied(others, rngs, noise)
            pixels = torch.where(mask[:, None], other_pixels, pixels)
            labels = torch.where(mask, other_labels, labels)
        return pixels.contiguous(memory_format=torch.channels_last), labels

    def rectangle(self, rng: np.random.Generator) -> np.ndarray:
        """Where another image is pasted (augment.pasted); nowhere where chance does not want it."""
        width, height = self.size
        mask = np.zeros((height, width), bool)
        wanted = rng.random() < self.how.cutmix
        part_height, part_width = (int(side * rng.uniform(0.25, 0.5)) for side in (height, width))
        top, left = int(rng.integers(height - part_height + 1)), int(rng.integers(width - part_width + 1))
        mask[top:top + part_height, left:left + part_width] = wanted
        return mask

    def varied(self, indices: np.ndarray, rngs: list, noise: torch.Generator) -> tuple[Tensor, Tensor]:
        """Images and labels through their windows, with changed colours; what is outside is black and void."""
        chosen = torch.from_numpy(np.asarray(indices, np.int64)).to(self.device)
        maps = torch.from_numpy(np.stack([self.window(rng) for rng in rngs])).to(self.device, torch.float32)
        grid = F.affine_grid(maps, [len(indices), 1, self.size[1], self.size[0]], align_corners=False)
        pixels = F.grid_sample(self.images[chosen].float(), grid, "bilinear", align_corners=False)
        labels = F.grid_sample(self.labels[chosen].float() - VOID, grid, "nearest", align_corners=False) + VOID
        return self.recoloured(pixels, rngs, noise), labels[:, 0].round().long()

    def window(self, rng: np.random.Generator) -> np.ndarray:
        """2×3: from the network's coordinates, −1…1, to those of the stored image; flip, scale, aspect, place, rotation."""
        how = self.how
        turn = math.radians(rng.uniform(-how.rotate, how.rotate))
        scale = math.exp(rng.uniform(*np.log(how.scale)))
        stretch = math.exp(rng.uniform(-how.aspect, how.aspect) / 2)
        share = np.array([stretch / scale, 1 / (stretch * scale)])  # of the window in the image, by side
        centre = (1 - share) * rng.uniform(-1, 1, 2)  # also of a window larger than the image
        mirror = -1.0 if how.flip and rng.random() < 0.5 else 1.0
        height, width = self.images.shape[-2:]
        rotation = np.array([[math.cos(turn), -math.sin(turn) * height / width],
                             [math.sin(turn) * width / height, math.cos(turn)]])
        straight = np.array([[share[0] * mirror, 0, centre[0]], [0, share[1], centre[1]]])
        return rotation @ straight

    def recoloured(self, pixels: Tensor, rngs: list, noise: torch.Generator) -> Tensor:
        """augment.recoloured for a batch."""
        strength = self.how.colour
        drawn = np.stack([np.concatenate([
            np.exp(rng.uniform(-strength, strength, 3)), np.exp(rng.uniform(-strength / 4, strength / 4, 3)),
            [np.exp(rng.uniform(-strength, strength)), rng.uniform(0, 8) if rng.random() < 0.3 else 0.0]]) for rng in rngs])
        drawn = torch.from_numpy(drawn).to(self.device, torch.float32)[:, :, None, None]
        gain, contrast, saturation, tint, gamma, spread = (drawn[:, a:b] for a, b in
                                                           ((0, 1), (1, 2), (2, 3), (3, 6), (6, 7), (7, 8)))
        inside = (pixels.sum(1, keepdim=True) > 0).float()
        grey = pixels.mean(1, keepdim=True)
        middle = grey.sum((2, 3), keepdim=True) / inside.sum((2, 3), keepdim=True).clamp_min(1)
        pixels = grey + (pixels - grey) * saturation
        pixels = middle + (pixels - middle) * contrast
        pixels = 255 * ((pixels * tint * gain).clamp(0, 255) / 255) ** gamma
        pixels = pixels + spread * torch.randn(pixels.shape, generator=noise, device=pixels.device)
        return (pixels + 0.5).floor().clamp(0, 255) * inside
