"""Samples and batches, drawn in this process or by workers of torch's DataLoader.

A sample depends on (seed, epoch, index) only, never on the process that draws it: runs repeat, whatever the number of
workers, and two processes see what one process with the doubled batch sees.
"""

from __future__ import annotations

import itertools
import signal

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch.utils.data import DataLoader, Dataset

from .augment import Augment, augmented, pasted
from .errors import BadInput

EVALUATION_BATCH = 4
PREFETCH = 4  # batches that each worker draws ahead


def resized(image: Image.Image, label: Image.Image, size: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """The whole image at the network's size: box filter for pixels, nearest for labels."""
    if image.size != size:
        image, label = image.resize(size, Image.BOX), label.resize(size, Image.NEAREST)
    return np.asarray(image), np.asarray(label)


def reduced(pixels: torch.Tensor, labels: torch.Tensor, factor: int) -> tuple[torch.Tensor, torch.Tensor]:
    """A batch at 1/factor of its size, as `resized` makes single images smaller: means of pixels, nearest labels."""
    if factor == 1:
        return pixels, labels
    means = F.avg_pool2d(pixels, factor).round().contiguous(memory_format=torch.channels_last)
    return means, labels[:, factor // 2::factor, factor // 2::factor]


def training_sample(dataset, index: int, size: tuple[int, int], how: Augment,
                    seed: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Sample `index` of an epoch (seed: run and epoch), with part of another one where chance wants it."""
    rng = np.random.default_rng((*seed, index))
    sample = augmented(*dataset.load(index), size, how, rng)
    if how.cutmix > 0 and rng.random() < how.cutmix:
        other = augmented(*dataset.load(int(rng.integers(len(dataset)))), size, how, rng)
        sample = pasted(sample, other, rng)
    return sample


def to_batch(samples: list[tuple[np.ndarray, np.ndarray]]) -> tuple[torch.Tensor, torch.Tensor]:
    """Pixels as float 0…255, N×3×H×W in channels_last layout; labels N×H×W."""
    pixels = torch.from_numpy(np.stack([s[0] for s in samples])).permute(0, 3, 1, 2).to(torch.float32)
    labels = torch.from_numpy(np.stack([s[1] for s in samples])).long()
    return pixels.contiguous(memory_format=torch.channels_last), labels


def batch_indices(count: int, *, batch: int, epoch: int, seed: int, rank: int = 0, world: int = 1) -> list[np.ndarray]:
    """The images of each batch of an epoch for one process; the incomplete last batch is dropped."""
    order = np.random.default_rng((seed, epoch)).permutation(count)
    group = batch * world
    return [order[start + rank * batch: start + (rank + 1) * batch] for start in range(0, count - group + 1, group)]


class HostSamples(Dataset):
    """Training samples varied by the CPU; with workers, batches are drawn ahead, also across the ends of epochs."""

    def __init__(self, dataset, size: tuple[int, int], how: Augment, *, batch: int, seed: int, rank: int = 0, world: int = 1,
                 workers: int = 0) -> None:
        self.dataset, self.size, self.how, self.seed = dataset, size, how, seed
        self.order = {"batch": batch, "seed": seed, "rank": rank, "world": world}
        self.workers = workers
        self.ahead, self.ahead_epoch = None, -1

    def __getitem__(self, place: tuple[int, int]):
        """One sample by (epoch, index), or the error that it met: a worker cannot raise it without a traceback's text."""
        epoch, index = place
        try:
            return training_sample(self.dataset, index, self.size, self.how, (self.seed, epoch))
        except BadInput as error:
            return error

    def places(self, epoch: int) -> list[list[tuple[int, int]]]:
        return [[(epoch, int(i)) for i in indices] for indices in batch_indices(len(self.dataset), epoch=epoch, **self.order)]

    def epoch(self, epoch: int):
        """The batches of one epoch."""
        steps = len(self.places(epoch))
        if self.workers == 0:
            for places in self.places(epoch):
                yield collated([self[place] for place in places])
            return
        if self.ahead is None or self.ahead_epoch != epoch:
            self.ahead = iter(DataLoader(
                self, batch_sampler=Endless(self, epoch), num_workers=self.workers, prefetch_factor=PREFETCH,
                collate_fn=collated_or_error, pin_memory=torch.cuda.is_available(), multiprocessing_context="fork",
                worker_init_fn=leave_interruptions_to_the_run))
            self.ahead_epoch = epoch
        self.ahead_epoch += 1
        for batch in itertools.islice(self.ahead, steps):
            if isinstance(batch, BadInput):
                raise batch
            yield batch


class Endless:
    """The batches of one epoch after another: workers go on with the next while the last is being evaluated."""

    def __init__(self, samples: HostSamples, first: int) -> None:
        self.samples, self.first = samples, first

    def __iter__(self):
        for epoch in itertools.count(self.first):
            yield from self.samples.places(epoch)


def collated(samples: list) -> tuple[torch.Tensor, torch.Tensor]:
    for sample in samples:
        if isinstance(sample, BadInput):
            raise sample
    return to_batch(samples)


def collated_or_error(samples: list):
    try:
        return collated(samples)
    except BadInput as error:
        return error


def leave_interruptions_to_the_run(_: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def evaluation_batches(dataset, size: tuple[int, int], batch: int = EVALUATION_BATCH, limit: int | None = None):
    """All images at the network's size, in order."""
    count = len(dataset) if limit is None else min(limit, len(dataset))
    for start in range(0, count, batch):
        yield to_batch([resized(*dataset.load(i), size) for i in range(start, min(start + batch, count))])
