"""What decides a run besides the data and the network: the settings, their limits, the schedules that follow from them."""

from __future__ import annotations

import math
from dataclasses import dataclass

from . import losses
from .augment import Augment
from .errors import BadInput

PRECISIONS = ("fp32", "bf16")  # of the network's operators in training; parameters, loss and optimiser are float32
SCHEDULES = ("epochs", "time")
AUGMENT_ON = ("host", "device")
POINTWISE = ("auto", "conv2d", "matmul")
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
    "distill": ("at least 0", lambda v: 0 <= v < math.inf),
    "norm_lr": ("at least 0", lambda v: 0 <= v < math.inf),
    "loss_stride": ("at least 1", lambda v: v >= 1),
    "seed": ("at least 0", lambda v: v >= 0),
    "evaluate_every": ("at least 1", lambda v: v >= 1),
    "precision": (f"one of {', '.join(PRECISIONS)}", lambda v: v in PRECISIONS),
    "pointwise": (f"one of {', '.join(POINTWISE)}", lambda v: v in POINTWISE),
    "schedule": (f"one of {', '.join(SCHEDULES)}", lambda v: v in SCHEDULES),
    "augment_on": (f"one of {', '.join(AUGMENT_ON)}", lambda v: v in AUGMENT_ON),
    "workers": ("0 to 256", lambda v: 0 <= v <= 256),
    "minutes": ("at least 0", lambda v: 0 <= v < math.inf),
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
    distill: float = 0.0  # weight of the divergence from the teachers' probabilities
    norm_lr: float = 1.0  # factor of the rate for gains and offsets of batch norms
    loss_stride: int = 2  # the loss looks at one image pixel of stride², at a random phase
    curriculum: tuple[tuple[int, int], ...] = ()  # (from epoch, iterations)
    fold: str = ""  # beginnings of names of training images that are not trained on (data.with_fold)
    seed: int = 1
    evaluate_every: int = 5
    precision: str = "fp32"
    pointwise: str = "auto"  # how 1×1 convolutions are computed (product.py); auto: what is faster in the first steps
    compile: bool = False  # torch.compile of the network
    workers: int = 0  # processes that draw samples; 0: the run's own
    minutes: float = 0.0  # no epoch is begun that would not end within them; 0: no limit
    schedule: str = "epochs"  # time: a run of `minutes`, in all its parts together, goes through what `epochs` describes
    augment_on: str = "host"  # device: all images in the memory of the network's device, varied there (device_samples.py)
    augment: Augment = Augment()

    def __post_init__(self) -> None:
        for name, (wanted, allowed) in LIMITS.items():
            value = getattr(self, name)
            if not allowed(value):  # False for NaN too
                raise BadInput(f"{name}: {value}, expected {wanted}")
        if self.schedule == "time" and not self.minutes:
            raise BadInput("schedule: time with minutes 0, expected more than 0 minutes")
        if self.augment_on == "device" and self.workers:
            raise BadInput(f"workers: {self.workers} with augment_on device, expected 0: nothing is left for them to do")
        starts = [start for start, _ in self.curriculum]
        if any(start < 0 or n < 1 for start, n in self.curriculum) or len(set(starts)) < len(starts):
            raise BadInput(f"curriculum: {list(self.curriculum)}, expected pairs (epoch from 0, each once; iterations from 1)")

    def rate(self, position: float) -> float:
        """Learning rate at a position in epochs: linear rise, constant, linear fall to zero."""
        rise = min(1.0, (position + 1e-3) / self.warmup) if self.warmup else 1.0
        fall_begins = self.epochs * (1 - self.decay)
        fall = 1.0 if position < fall_begins else (self.epochs - position) / max(self.epochs - fall_begins, 1e-9)
        return self.lr * rise * max(fall, 0.0)

    def iterations_at(self, epoch: float, full: int) -> int:
        active = [iterations for start, iterations in self.curriculum if epoch >= start]
        return min(active[-1], full) if active else full
