"""The training loop: schedule, optimiser, averaged weights, checkpoints, log, evaluation.

Owns: the order of things within a run. Leaves alone: what a sample is (data.py), what the network computes (model.py,
quant.py), files of finished weights (export.py).
"""

from __future__ import annotations

import contextlib
import copy
import csv
import json
import math
import os
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from . import data, losses
from .description import Description
from .errors import BadInput
from .model import up8
from .progress import Progress
from .quant import QuantItNet

CHECKPOINT_VERSION = 1
PRECISIONS = ("fp32", "bf16")  # of the network's operators in training; parameters, loss and optimiser are float32
# What each setting may be, in words and as a test.
LIMITS = {
    "epochs": ("at least 1", lambda v: v >= 1),
    "batch": ("at least 1", lambda v: v >= 1),
    "lr": ("more than 0 and at most 1", lambda v: 0 < v <= 1),
    "warmup": ("at least 0", lambda v: 0 <= v < math.inf),
    "decay": ("0 to 1", lambda v: 0 <= v <= 1),
    "weight_decay": ("at least 0", lambda v: 0 <= v < math.inf),
    "clip": ("more than 0", lambda v: v > 0),
    "average": ("at least 0 and less than 1", lambda v: 0 <= v < 1),
    "output_weights": (f"one of {', '.join(losses.OUTPUT_WEIGHTS)}", lambda v: v in losses.OUTPUT_WEIGHTS),
    "class_weights": (f"one of {', '.join(losses.CLASS_WEIGHTS)}", lambda v: v in losses.CLASS_WEIGHTS),
    "lovasz": ("at least 0", lambda v: 0 <= v < math.inf),
    "loss_stride": ("at least 1", lambda v: v >= 1),
    "seed": ("at least 0", lambda v: v >= 0),
    "evaluate_every": ("at least 1", lambda v: v >= 1),
    "precision": (f"one of {', '.join(PRECISIONS)}", lambda v: v in PRECISIONS),
}


@dataclass
class Settings:
    """Everything that decides a run besides the data and the network; stored in each checkpoint."""

    epochs: int = 100
    batch: int = 4
    lr: float = 2e-3
    warmup: float = 2.0  # epochs of rising rate
    decay: float = 0.4  # share of the run, at its end, with a falling rate
    weight_decay: float = 0.05
    clip: float = 1.0
    average: float = 0.998  # decay of the averaged weights, which are the ones evaluated and exported
    output_weights: str = "linear"
    class_weights: str = "sqrt"
    lovasz: float = 0.0  # weight of the Lovász-softmax loss beside the cross-entropy
    loss_stride: int = 2  # the loss looks at one image pixel of stride², at a random phase
    curriculum: tuple[tuple[int, int], ...] = ()  # (from epoch, iterations)
    seed: int = 1
    evaluate_every: int = 5
    precision: str = "fp32"
    augment: data.Augment = data.Augment()

    def __post_init__(self) -> None:
        for name, (wanted, allowed) in LIMITS.items():
            value = getattr(self, name)
            if not allowed(value):  # False for NaN too
                raise BadInput(f"{name}: {value}, expected {wanted}")
        starts = [start for start, _ in self.curriculum]
        if any(start < 0 or n < 1 for start, n in self.curriculum) or len(set(starts)) < len(starts):
            raise BadInput(f"curriculum: {list(self.curriculum)}, expected pairs (epoch from 0, each once; iterations from 1)")

    def rate(self, position: float) -> float:
        """Learning rate at a position in epochs: linear rise, constant, linear fall to zero."""
        rise = min(1.0, (position + 1e-3) / self.warmup) if self.warmup else 1.0
        fall_begins = self.epochs * (1 - self.decay)
        fall = 1.0 if position < fall_begins else (self.epochs - position) / max(self.epochs - fall_begins, 1e-9)
        return self.lr * rise * max(fall, 0.0)

    def iterations_at(self, epoch: int, full: int) -> int:
        active = [iterations for start, iterations in self.curriculum if epoch >= start]
        return min(active[-1], full) if active else full


def rank_and_world() -> tuple[int, int]:
    return (dist.get_rank(), dist.get_world_size()) if dist.is_initialized() else (0, 1)


@contextlib.contextmanager
def distributed():
    """Join the group that torchrun describes, if it does."""
    if int(os.environ.get("WORLD_SIZE", "1")) > 1:
        dist.init_process_group("nccl" if torch.cuda.is_available() else "gloo")
        if torch.cuda.is_available():
            torch.cuda.set_device(int(os.environ["LOCAL_RANK"]))
    try:
        yield
    finally:
        if dist.is_initialized():
            dist.destroy_process_group()


def device() -> torch.device:
    return torch.device("cuda", torch.cuda.current_device()) if torch.cuda.is_available() else torch.device("cpu")


class Trainer:
    """One run: the network, its averaged copy, the optimiser and the position in the schedule."""

    def __init__(self, network: nn.Module, dataset, validation, settings: Settings, folder: Path) -> None:
        self.settings, self.dataset, self.validation, self.folder = settings, dataset, validation, Path(folder)
        self.rank, self.world = rank_and_world()
        self.device = device()
        self.description: Description = network.description
        if len(dataset.classes) != self.description.classes:
            raise BadInput(f"the data set has {len(dataset.classes)} classes, the network {self.description.classes}")
        if len(dataset) < settings.batch * self.world:
            raise BadInput(f"{len(dataset)} training images are fewer than one batch of {settings.batch * self.world}")
        self.network = network.to(self.device, memory_format=torch.channels_last)
        self.averaged = copy.deepcopy(self.network)
        decayed = [p for p in network.parameters() if p.dim() > 1]
        plain = [p for p in network.parameters() if p.dim() <= 1]
        self.optimiser = torch.optim.AdamW(
            [{"params": decayed, "weight_decay": settings.weight_decay}, {"params": plain, "weight_decay": 0.0}],
            lr=settings.lr)
        self.class_weights = losses.class_weights(
            settings.class_weights, data.class_frequencies(dataset) if settings.class_weights != "none"
            else np.ones(self.description.classes)).to(self.device)
        self.epoch, self.step = 0, 0

    # -- one run ----------------------------------------------------------------------------------------------------

    def run(self, stop_after: int | None = None) -> None:
        """Train up to the last epoch, or up to `stop_after`; a checkpoint follows every epoch."""
        while self.epoch < min(self.settings.epochs, stop_after or self.settings.epochs):
            began = time.monotonic()
            loss, train_iou = self.train_epoch()
            self.epoch += 1
            last = self.epoch == self.settings.epochs
            if self.rank == 0:
                row = {"epoch": self.epoch, "iterations": self.settings.iterations_at(self.epoch - 1, self.description.iterations),
                       "lr": self.optimiser.param_groups[0]["lr"], "loss": loss}
                row |= {f"train_{n}": train_iou.get(n) for n in self.description.outputs}
                if self.validation is not None and (last or self.epoch % self.settings.evaluate_every == 0):
                    scores = evaluate(self.averaged, self.validation, row["iterations"])
                    row |= {f"val_{n}": losses.mean_iou(m) for n, m in scores.items()}
                row["seconds"] = time.monotonic() - began
                self.log(row)
                self.save(self.folder / "checkpoint.pt")
            if self.world > 1:
                dist.barrier()

    def train_epoch(self) -> tuple[float, dict[int, float]]:
        s, d = self.settings, self.description
        iterations = s.iterations_at(self.epoch, d.iterations)
        before = s.iterations_at(self.epoch - 1, d.iterations) if self.epoch else iterations
        if iterations > before:
            for network in (self.network, self.averaged):
                network.extend_from(before)
        network = self.network
        if self.world > 1:
            network = DistributedDataParallel(network, find_unused_parameters=iterations < d.iterations,
                                              broadcast_buffers=False)
        network.train()
        outputs = tuple(n for n in d.outputs if n <= iterations)
        weights = losses.output_weights(s.output_weights, outputs)
        total, matrices = 0.0, {n: torch.zeros(d.classes, d.classes, dtype=torch.long) for n in outputs}
        steps = len(self.dataset) // (s.batch * self.world)
        batches = data.training_batches(self.dataset, d.image, s.augment, batch=s.batch, epoch=self.epoch, seed=s.seed,
                                        rank=self.rank, world=self.world)
        bar = Progress(batches, steps, f"epoch {self.epoch + 1}/{s.epochs}", silent=self.rank > 0)
        for index, (pixels, labels) in enumerate(bar):
            rate = s.rate(self.epoch + index / steps)
            for group in self.optimiser.param_groups:
                group["lr"] = rate
            pixels, labels = pixels.to(self.device), labels.to(self.device)
            rows, columns = self.sampled_pixels(index)
            target = labels[:, rows][:, :, columns]
            with torch.autocast(self.device.type, torch.bfloat16, enabled=s.precision == "bf16"):
                logits = network(self.network.normalise(pixels), iterations)
            loss = torch.zeros((), device=self.device)
            for n in outputs:
                if weights[n] == 0:
                    continue
                fine = up8(logits[n].float(), rows, columns)
                loss = loss + weights[n] * losses.cross_entropy(fine, target, self.class_weights)
                if s.lovasz > 0:
                    loss = loss + weights[n] * s.lovasz * losses.lovasz_softmax(fine, target)
                matrices[n] += losses.confusion(fine.detach().max(1).indices, target, d.classes).cpu()
            self.optimiser.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(self.network.parameters(), s.clip)
            self.optimiser.step()
            self.step += 1
            self.average()
            value = self.shared_mean(loss.detach())
            if not np.isfinite(value):
                raise BadInput(f"the loss is {value} in epoch {self.epoch + 1}, step {index + 1}: lower --lr")
            total += value
            ious = {n: losses.mean_iou(m) for n, m in matrices.items()}
            bar.note(f"loss {value:.3f} mIoU " + " ".join(f"{n}:{v:.3f}" for n, v in ious.items()))
        return total / steps, {n: losses.mean_iou(m) for n, m in matrices.items()}

    def sampled_pixels(self, index: int) -> tuple[Tensor, Tensor]:
        """Image rows and columns that the loss of this step looks at."""
        stride, (width, height) = self.settings.loss_stride, self.description.image
        rng = np.random.default_rng((self.settings.seed, self.epoch, index, 7))
        return (torch.arange(int(rng.integers(stride)), height, stride),
                torch.arange(int(rng.integers(stride)), width, stride))

    def shared_mean(self, loss: Tensor) -> float:
        if self.world > 1:
            dist.all_reduce(loss)
            loss /= self.world
        return float(loss)

    @torch.no_grad()
    def average(self) -> None:
        """Move the averaged weights and statistics towards the current ones; faster in the first steps."""
        share = 1 - min(self.settings.average, (1 + self.step) / (10 + self.step))
        averaged, current = self.averaged.state_dict(), self.network.state_dict()
        floats = [name for name in averaged if averaged[name].is_floating_point()]
        torch._foreach_lerp_([averaged[n] for n in floats], [current[n] for n in floats], share)

    # -- files ------------------------------------------------------------------------------------------------------

    def log(self, row: dict) -> None:
        """One line of log.csv; fields that this epoch does not have stay empty."""
        self.folder.mkdir(parents=True, exist_ok=True)
        outputs = self.description.outputs
        fields = ["epoch", "iterations", "lr", "loss", *(f"train_{n}" for n in outputs),
                  *(f"val_{n}" for n in outputs), "seconds"]
        path = self.folder / "log.csv"
        kept = []
        if path.exists():  # a resumed run replaces the lines after its checkpoint
            with path.open(newline="") as file:
                kept = [r for r in csv.DictReader(file) if int(r["epoch"]) < row["epoch"]]
        shown = {k: f"{v:.5g}" if isinstance(v, float) else v for k, v in row.items() if v is not None}
        temporary = path.with_suffix(".tmp")
        with temporary.open("w", newline="") as file:
            writer = csv.DictWriter(file, fields, extrasaction="ignore", lineterminator="\n")
            writer.writeheader()
            writer.writerows([*kept, shown])
        os.replace(temporary, path)
        print(" ".join(f"{k}={v}" for k, v in shown.items()), file=sys.stderr, flush=True)

    def save(self, path: Path) -> None:
        """Write the checkpoint under a temporary name and rename it: a kill leaves the old one or the new one."""
        path.parent.mkdir(parents=True, exist_ok=True)
        settings = asdict(self.settings)
        temporary = path.with_suffix(".tmp")
        torch.save({
            "version": CHECKPOINT_VERSION, "description": self.description.to_json(), "settings": settings,
            "quantisation": self.quantisation(),
            "epoch": self.epoch, "step": self.step, "network": self.network.state_dict(),
            "averaged": self.averaged.state_dict(), "optimiser": self.optimiser.state_dict(),
        }, temporary)
        os.replace(temporary, path)

    def quantisation(self) -> dict | None:
        if not isinstance(self.network, QuantItNet):
            return None
        return {"bits": asdict(self.network.bits), "mid_shift": self.network.mid_shift}

    def resume(self, path: Path) -> None:
        checkpoint = read_checkpoint(path)
        was = flattened(checkpoint["description"], checkpoint["quantisation"])
        now = flattened(self.description.to_json(), self.quantisation())
        other = [f"{name} {was.get(name, 'none')}, now {now.get(name, 'none')}" for name in {**was, **now}
                 if was.get(name) != now.get(name)]
        if other:
            raise BadInput(f"{path}: of another network: {'; '.join(other)}")
        self.network.load_state_dict(checkpoint["network"])
        self.averaged.load_state_dict(checkpoint["averaged"])
        self.optimiser.load_state_dict(checkpoint["optimiser"])
        self.epoch, self.step = checkpoint["epoch"], checkpoint["step"]


def flattened(description: str, quantisation: dict | None) -> dict:
    """Everything that must agree when a run is resumed, by name."""
    found = json.loads(description)
    if quantisation is not None:
        found |= {f"bits.{name}": value for name, value in quantisation["bits"].items()}
        found["mid_shift"] = quantisation["mid_shift"]
    else:
        found["bits"] = "float"
    return found


def read_checkpoint(path: Path) -> dict:
    if not Path(path).is_file():
        raise BadInput(f"{path}: no such checkpoint")
    try:
        checkpoint = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # torch raises many kinds for a damaged file
        raise BadInput(f"{path}: not a readable checkpoint: {str(error).splitlines()[0]}") from None
    if isinstance(checkpoint, dict):
        checkpoint.setdefault("quantisation", None)
    if not isinstance(checkpoint, dict) or checkpoint.get("version") != CHECKPOINT_VERSION:
        raise BadInput(f"{path}: not a checkpoint of version {CHECKPOINT_VERSION}")
    return checkpoint


@torch.no_grad()
def class_maps(network: nn.Module, pixels: Tensor, iterations: int | None = None) -> dict[int, Tensor]:
    """Class indices at the image's size for each output; pixels are 0…255."""
    width, height = network.description.image
    logits = network(network.normalise(pixels), iterations)
    rows, columns = torch.arange(height), torch.arange(width)
    return {n: up8(t, rows, columns).argmax(1) for n, t in logits.items()}


@torch.no_grad()
def evaluate(network: nn.Module, dataset, iterations: int | None = None, limit: int | None = None) -> dict[int, Tensor]:
    """The confusion matrix of each output over a data set."""
    was_training = network.training
    network.eval()
    where = next(network.parameters()).device
    description = network.description
    matrices: dict[int, Tensor] = {}
    count = len(dataset) if limit is None else min(limit, len(dataset))
    batches = data.evaluation_batches(dataset, description.image, limit=limit)
    for pixels, labels in Progress(batches, -(-count // data.EVALUATION_BATCH), "evaluation", silent=rank_and_world()[0] > 0):
        for n, predicted in class_maps(network, pixels.to(where), iterations).items():
            counts = losses.confusion(predicted.cpu(), labels, description.classes)
            matrices[n] = matrices.get(n, 0) + counts
    network.train(was_training)
    return matrices
