"""The training loop: schedule, optimiser, averaged weights, checkpoints, log.

Owns: the order of things within a run. Leaves alone: what a sample is (samples.py, device_samples.py), what the network
computes (model.py, quant.py), what a setting may be (settings.py), files of finished weights (weights_file.py).
"""

from __future__ import annotations

import copy
import math
import os
import shutil
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from . import data, losses
from .checkpoint import read_checkpoint, refuse_another_network, write_checkpoint
from .description import Description
from .device_samples import DeviceSamples
from .distribution import agreed, device, rank_and_world
from .errors import BadInput
from .evaluation import evaluate
from .log import write_row
from .model import interpolation_matrix, separable
from .product import faster_product
from .progress import Progress
from .quant import QuantItNet
from .samples import HostSamples, reduced
from .settings import Settings

NOTE_SECONDS = 0.5  # between two looks at the loss: on a GPU each waits until everything before it is computed


class Trainer:
    """One run: the network, its averaged copy, the optimiser and the position in the schedule."""

    def __init__(self, network: nn.Module, dataset, watched: dict, settings: Settings, folder: Path, teachers=()) -> None:
        """`watched`: the data sets that are evaluated now and then, by their names in the log (`val`, `fold`); `teachers`:
        float networks whose mean probabilities `distill` draws towards, all of one image size, which may be a multiple of the
        network's: samples are then drawn at theirs, and the network sees them reduced."""
        self.settings, self.dataset, self.watched, self.folder = settings, dataset, watched, Path(folder)
        self.rank, self.world = rank_and_world()
        self.device = device()
        self.description: Description = network.description
        if len(dataset.classes) != self.description.classes:
            raise BadInput(f"the data set has {len(dataset.classes)} classes, the network {self.description.classes}")
        if len(dataset) < settings.batch * self.world:
            raise BadInput(f"{len(dataset)} training images are fewer than one batch of {settings.batch * self.world}")
        if isinstance(network, QuantItNet) and settings.precision != "fp32":
            raise BadInput(f"precision: {settings.precision} with fine-tuning, expected fp32: the integers of activations and "
                           "sums have up to 16 bits, and bfloat16 holds 8 of them")
        if settings.compile and self.device.type == "cpu" and shutil.which(os.environ.get("CXX", "g++")) is None:
            raise BadInput("compile: no C++ compiler ($CXX, g++), expected one: torch.compile writes C++ for a CPU")
        if isinstance(network, QuantItNet):
            torch.backends.cudnn.allow_tf32 = False  # it has too few bits for sums of integers
        self.network = network.to(self.device, memory_format=torch.channels_last)
        self.averaged = copy.deepcopy(self.network)
        self.teachers = [self.checked_teacher(t).to(self.device, memory_format=torch.channels_last).eval() for t in teachers]
        if (settings.distill > 0) != bool(self.teachers):
            raise BadInput(f"distill: {settings.distill} with {len(self.teachers)} teachers, expected a weight above 0 with a "
                           "teacher and 0 without")
        sizes = {t.description.image for t in self.teachers} or {self.description.image}
        if len(sizes) > 1:
            raise BadInput(f"teacher: images of {', '.join(f'{w}x{h}' for w, h in sorted(sizes))}, expected one size")
        (size,) = sizes
        self.reduction = size[0] // self.description.image[0]  # image pixels of the teachers in one of the network's, each way
        self.optimiser = torch.optim.AdamW(self.parameter_groups(), lr=settings.lr)
        self.class_weights = losses.class_weights(
            settings.class_weights, data.class_frequencies(dataset) if settings.class_weights != "none"
            else np.ones(self.description.classes)).to(self.device)
        share = {"batch": settings.batch, "seed": settings.seed, "rank": self.rank, "world": self.world}
        if settings.augment_on == "device":
            self.samples = DeviceSamples(dataset, size, settings.augment, self.device, **share)
        else:
            self.samples = HostSamples(dataset, size, settings.augment, workers=settings.workers, **share)
        self.steps = len(dataset) // (settings.batch * self.world)
        self.product = None if settings.pointwise == "auto" else settings.pointwise
        self.compiled = None
        self.matrices: dict[tuple, tuple[Tensor, Tensor]] = {}
        self.epoch, self.step = 0, 0
        self.iterations = None  # of the last epoch
        self.spent, self.began = 0.0, time.monotonic()  # seconds before this part of the run; when this part began
        self.longest = 0.0  # seconds that the next epoch may take

    def checked_teacher(self, teacher: nn.Module) -> nn.Module:
        own, other = self.description, teacher.description
        if (own.classes, own.outputs, own.pixels) != (other.classes, other.outputs, other.pixels):
            raise BadInput(f"teacher: {other.classes} classes, outputs {list(other.outputs)}, pixels {other.pixels}; expected "
                           f"{own.classes}, {list(own.outputs)}, {own.pixels} as the network has")
        (width, height), (teacher_width, teacher_height) = own.image, other.image
        if teacher_width % width or teacher_width * height != teacher_height * width:
            raise BadInput(f"teacher: images of {teacher_width}x{teacher_height}, expected {width}x{height} as the network has, or "
                           "a whole multiple")
        return teacher

    def parameter_groups(self) -> list[dict]:
        """Weights, which decay; the others; with `norm_lr` those of the batch norms by themselves."""
        norms = {id(p) for m in self.network.modules() if isinstance(m, nn.BatchNorm2d) for p in m.parameters()}
        apart = norms if self.settings.norm_lr != 1 else set()
        parameters = list(self.network.parameters())
        groups = [{"params": [p for p in parameters if p.dim() > 1], "weight_decay": self.settings.weight_decay},
                  {"params": [p for p in parameters if p.dim() <= 1 and id(p) not in apart], "weight_decay": 0.0}]
        if apart:
            groups.append({"params": [p for p in parameters if id(p) in apart], "weight_decay": 0.0})
        return groups

    # -- one run ----------------------------------------------------------------------------------------------------

    def run(self, stop_after: int | None = None) -> None:
        """Train up to the last epoch, up to `stop_after` or as long as there is time; a checkpoint follows every epoch."""
        by_time = self.settings.schedule == "time"
        self.began = time.monotonic()
        self.choose_product()
        while self.epoch < (stop_after or math.inf) and (by_time or self.epoch < self.settings.epochs):
            began = time.monotonic()
            if agreed(self.no_time()):
                of = "" if by_time else f" of {self.settings.epochs}"
                self.say(f"stopped after epoch {self.epoch}{of}: the next would take {self.longest:.0f} s and not end within "
                         f"{self.settings.minutes:g} minutes" + ("" if by_time else "; --resume goes on"))
                return
            row = self.train_epoch()
            self.epoch += 1
            last = not by_time and self.epoch == self.settings.epochs
            if self.rank == 0:
                if last or self.epoch % self.settings.evaluate_every == 0:
                    for name, images in self.watched.items():
                        scores = evaluate(self.averaged, images, row["iterations"])
                        row |= {f"{name}_{n}": losses.mean_iou(m) for n, m in scores.items()}
                row["seconds"] = time.monotonic() - began
                write_row(self.folder / "log.csv", row, self.description.outputs)
            took = time.monotonic() - began  # by the clock the last one counts: in the first, compiling takes a minute
            self.longest = took if by_time else max(self.longest, took)
            if self.rank == 0:
                self.save(self.folder / "checkpoint.pt")
            if self.world > 1:
                dist.barrier()

    def elapsed(self) -> float:
        """Seconds of the run; a schedule by time counts its earlier parts."""
        return time.monotonic() - self.began + (self.spent if self.settings.schedule == "time" else 0.0)

    def no_time(self) -> bool:
        """Whether one more epoch would end too late; a run always makes its first one."""
        return self.longest > 0 and 0 < self.settings.minutes * 60 < self.elapsed() + self.longest

    def place(self, index: int) -> float:
        """Where in the schedule a step is, in epochs."""
        if self.settings.schedule == "time":
            return agreed(min(self.elapsed() / (self.settings.minutes * 60), 1.0) * self.settings.epochs)
        return self.epoch + index / self.steps

    def say(self, text: str) -> None:
        if self.rank == 0:
            print(text, file=sys.stderr, flush=True)

    def choose_product(self) -> None:
        """How 1×1 convolutions are computed: as told, as the checkpoint says, or by a trial."""
        if self.product is None:
            chosen, text = faster_product(self.network, self.settings.batch, self.settings.precision == "bf16")
            self.product = agreed(chosen)
            self.say(text)
        for network in (self.network, self.averaged):
            network.use_product(self.product)

    def trained_network(self, iterations: int) -> nn.Module:
        """What the steps of an epoch call: the network, distributed and compiled where that is wanted."""
        network = self.network
        if self.world > 1 and self.compiled is None:
            unused = iterations < self.description.iterations or bool(self.settings.curriculum)
            network = DistributedDataParallel(network, find_unused_parameters=unused, broadcast_buffers=False)
        if self.settings.compile and self.compiled is None:
            self.compiled = torch.compile(network)
        return network if self.compiled is None else self.compiled

    def train_epoch(self) -> dict:
        """One epoch; its line of the log, without evaluation."""
        s, d = self.settings, self.description
        iterations = s.iterations_at(self.place(0), d.iterations)
        if self.iterations is not None and iterations > self.iterations:
            for network in (self.network, self.averaged):
                network.extend_from(self.iterations)
        self.iterations = iterations
        network = self.trained_network(iterations)
        network.train()
        outputs = tuple(n for n in d.outputs if n <= iterations)
        weights = losses.output_weights(s.output_weights, outputs)
        total = torch.zeros((), dtype=torch.float64, device=self.device)
        matrices = {n: torch.zeros(d.classes, d.classes, dtype=torch.long, device=self.device) for n in outputs}
        bar = Progress(self.samples.epoch(self.epoch), self.steps, f"epoch {self.epoch + 1}/{s.epochs}", silent=self.rank > 0)
        began = looked = time.monotonic()
        waited, asked = 0.0, began
        for index, (pixels, labels) in enumerate(bar):
            waited += time.monotonic() - asked
            rate = s.rate(self.place(index))
            for group, factor in zip(self.optimiser.param_groups, (1.0, 1.0, s.norm_lr)):
                group["lr"] = rate * factor
            pixels, labels = (t.to(self.device, non_blocking=True) for t in (pixels, labels))
            seen_by_teachers = pixels
            pixels, labels = reduced(pixels, labels, self.reduction)
            row, column = self.phase(index)
            target = labels[:, row::s.loss_stride, column::s.loss_stride]
            down, across = self.interpolation(row, column)
            with torch.autocast(self.device.type, torch.bfloat16, enabled=s.precision == "bf16"):
                logits = network(self.network.normalise(pixels), iterations)
            taught = self.taught(seen_by_teachers, iterations, row, column)
            loss = torch.zeros((), device=self.device)
            for n in outputs:
                if weights[n] == 0:
                    continue
                fine = separable(logits[n].float(), down, across)
                loss = loss + weights[n] * losses.cross_entropy(fine, target, self.class_weights)
                if s.lovasz > 0:
                    loss = loss + weights[n] * s.lovasz * losses.lovasz_softmax(fine, target)
                if taught:
                    loss = loss + weights[n] * s.distill * losses.distillation(fine, taught[n])
                matrices[n] += losses.confusion(fine.detach().max(1).indices, target, d.classes)
            self.optimiser.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(self.network.parameters(), s.clip)
            self.optimiser.step()
            self.step += 1
            self.average()
            total += self.shared_mean(loss.detach())
            asked = time.monotonic()
            if index + 1 == self.steps or asked - looked >= NOTE_SECONDS:
                looked = asked
                mean = self.finite(float(total), index) / (index + 1)
                bar.note(f"loss {mean:.3f} mIoU " + " ".join(f"{n}:{losses.mean_iou(m):.3f}" for n, m in matrices.items())
                         + f", {(asked - began) / (index + 1):.2f} s a step")
        return {"epoch": self.epoch + 1, "iterations": iterations, "lr": self.optimiser.param_groups[0]["lr"],
                "loss": float(total) / self.steps, **{f"train_{n}": losses.mean_iou(m) for n, m in matrices.items()},
                "step_seconds": (time.monotonic() - began) / self.steps, "wait_seconds": waited / self.steps}

    @torch.no_grad()
    def taught(self, pixels: Tensor, iterations: int, row: int, column: int) -> dict[int, Tensor]:
        """The teachers' mean class probabilities for each output, at the rows and columns of a phase."""
        found: dict[int, Tensor] = {}
        if not self.teachers:
            return found
        down, across = self.interpolation(row, column, self.reduction)
        for teacher in self.teachers:
            with torch.autocast(self.device.type, torch.bfloat16, enabled=self.settings.precision == "bf16"):
                logits = teacher(teacher.normalise(pixels), iterations)
            for n, coarse in logits.items():
                found[n] = found.get(n, 0.0) + separable(coarse.float(), down, across).softmax(1) / len(self.teachers)
        return found

    def finite(self, total: float, index: int) -> float:
        if not np.isfinite(total):
            raise BadInput(f"the loss is {total} in epoch {self.epoch + 1}, up to step {index + 1}: lower --lr")
        return total

    def phase(self, index: int) -> tuple[int, int]:
        """The first of the image rows and columns that the loss of this step looks at; the others follow in strides."""
        rng = np.random.default_rng((self.settings.seed, self.epoch, index, 7))
        return int(rng.integers(self.settings.loss_stride)), int(rng.integers(self.settings.loss_stride))

    def interpolation(self, row: int, column: int, reduction: int = 1) -> tuple[Tensor, Tensor]:
        """The weights that bring logits to the rows and columns of a phase; those of images of `reduction` times the network's
        size to where the centres of its pixels are in them."""
        key = row, column, reduction
        if key not in self.matrices:
            stride, (width, height) = self.settings.loss_stride, self.description.image
            coarse_height, coarse_width = replace(self.description, image=(width * reduction, height * reduction)).scale_size(0)
            self.matrices[key] = tuple(
                interpolation_matrix((torch.arange(first, size, stride) + 0.5) * reduction - 0.5, coarse).to(self.device)
                for first, size, coarse in ((row, height, coarse_height), (column, width, coarse_width)))
        return self.matrices[key]

    def shared_mean(self, loss: Tensor) -> Tensor:
        """Over all processes."""
        if self.world > 1:
            dist.all_reduce(loss)
            loss /= self.world
        return loss

    @torch.no_grad()
    def average(self) -> None:
        """Move the averaged weights and statistics towards the current ones; faster in the first steps."""
        share = 1 - min(self.settings.average, (1 + self.step) / (10 + self.step))
        averaged, current = self.averaged.state_dict(), self.network.state_dict()
        floats = [name for name in averaged if averaged[name].is_floating_point()]
        torch._foreach_lerp_([averaged[n] for n in floats], [current[n] for n in floats], share)

    # -- files ------------------------------------------------------------------------------------------------------

    def save(self, path: Path) -> None:
        write_checkpoint(path, {
            "description": self.description.to_json(), "settings": asdict(self.settings), "quantisation": self.quantisation(),
            "epoch": self.epoch, "step": self.step, "network": self.network.state_dict(), "product": self.product,
            "iterations": self.iterations, "spent": self.elapsed(), "longest": self.longest,
            "averaged": self.averaged.state_dict(), "optimiser": self.optimiser.state_dict(),
        })

    def quantisation(self) -> dict | None:
        if not isinstance(self.network, QuantItNet):
            return None
        return {"bits": asdict(self.network.bits), "mid_shift": self.network.mid_shift}

    def resume(self, path: Path) -> None:
        checkpoint = read_checkpoint(path)
        refuse_another_network(path, checkpoint, self.description.to_json(), self.quantisation())
        fold = checkpoint["settings"].get("fold", "")
        if fold != self.settings.fold:
            raise BadInput(f"{path}: the run holds back the training images {fold or '(none)'}, now "
                           f"{self.settings.fold or '(none)'}; expected the same fold")
        self.network.load_state_dict(checkpoint["network"])
        self.averaged.load_state_dict(checkpoint["averaged"])
        self.optimiser.load_state_dict(checkpoint["optimiser"])
        self.epoch, self.step, self.spent = checkpoint["epoch"], checkpoint["step"], checkpoint.get("spent", 0.0)
        if self.settings.schedule == "time":
            self.longest = checkpoint.get("longest", 0.0)
        self.iterations = checkpoint.get("iterations") or self.settings.iterations_at(self.epoch - 1, self.description.iterations)
        if self.settings.pointwise == "auto":
            self.product = checkpoint.get("product")
