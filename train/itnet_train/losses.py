"""Weights of the joint loss over the outputs, class weights, the masked cross-entropy, and the confusion matrix."""

from __future__ import annotations

import numpy as np
import torch
import torch.distributed as dist
import torch.nn.functional as F
from torch import Tensor

from .augment import VOID
from .errors import BadInput

OUTPUT_WEIGHTS = ("uniform", "linear", "single", "late", "thinned2", "thinned4")
CLASS_WEIGHTS = ("none", "sqrt", "median")


def output_weights(kind: str, outputs: tuple[int, ...]) -> dict[int, float]:
    """ā_n for each output: the sets that the paper compares, normalised to a sum of 1.

    single: the last output alone; late: the second half; thinned2, thinned4: the first output, then every 2nd or 4th
    iteration; uniform; linear: a_n = n.
    """
    last = outputs[-1]
    rules = {
        "single": lambda n: float(n == last),
        "late": lambda n: float(n > last / 2),
        "thinned2": lambda n: float(n == 1 or n % 2 == 0),
        "thinned4": lambda n: float(n == 1 or n % 4 == 0),
        "uniform": lambda n: 1.0,
        "linear": lambda n: float(n),
    }
    if kind not in rules:
        raise BadInput(f"--output-weights: {kind!r}, expected one of {', '.join(OUTPUT_WEIGHTS)}")
    weights = {n: rules[kind](n) for n in outputs}
    total = sum(weights.values())
    if total == 0:
        raise BadInput(f"--output-weights: {kind} leaves none of the outputs {list(outputs)}")
    return {n: weight / total for n, weight in weights.items()}


def class_weights(kind: str, frequencies: np.ndarray) -> Tensor:
    """none, median (median frequency / frequency) or sqrt (its square root), between 0.25 and 5."""
    if kind == "none":
        return torch.ones(len(frequencies))
    present = frequencies[frequencies > 0]
    ratio = np.median(present) / np.maximum(frequencies, 1e-9)
    ratio = np.sqrt(ratio) if kind == "sqrt" else ratio
    return torch.tensor(np.clip(ratio, 0.25, 5.0), dtype=torch.float32)


def cross_entropy(logits: Tensor, labels: Tensor, weights: Tensor) -> Tensor:
    """Mean over the labelled pixels of all processes, weighted by class; DDP's mean of gradients is undone by ×world."""
    void = labels == VOID
    target = labels.masked_fill(void, 0)
    pixel_weights = weights[target].masked_fill(void, 0.0)
    losses = F.cross_entropy(logits, target, reduction="none")
    total = pixel_weights.sum()
    world = 1
    if dist.is_initialized() and dist.get_world_size() > 1:
        dist.all_reduce(total)
        world = dist.get_world_size()
    return (losses * pixel_weights).sum() / total.clamp_min(1e-9) * world


def distillation(logits: Tensor, teacher: Tensor) -> Tensor:
    """Divergence of the class probabilities from those of a teacher (N×C×H×W), mean over all pixels, labelled or not."""
    logs = logits.log_softmax(1)
    return (torch.xlogy(teacher, teacher) - teacher * logs).sum(1).mean()


def lovasz_softmax(logits: Tensor, labels: Tensor) -> Tensor:
    """Lovász extension of 1 - IoU, mean over the classes present in the labels (Berman et al., CVPR 2018, equation 11).

    Each process looks at its own pixels; a batch without a label gives zero.
    """
    keep = labels != VOID
    probabilities = logits.softmax(1).movedim(1, 0)[:, keep]  # classes × pixels
    truth = F.one_hot(labels[keep], logits.shape[1]).T.to(probabilities.dtype)
    present = truth.any(1)
    if not present.any():
        return logits.sum() * 0.0
    truth, probabilities = truth[present], probabilities[present]
    errors, order = (truth - probabilities).abs().sort(1, descending=True)
    truth = truth.gather(1, order)
    # Jaccard loss of the first k pixels wrong, k = 1…; its differences are the extension's gradient
    size = truth.sum(1, keepdim=True)
    found = truth.cumsum(1)
    missed = 1 - (size - found) / (size + (1 - truth).cumsum(1))
    gradient = torch.cat((missed[:, :1], missed[:, 1:] - missed[:, :-1]), 1)
    return (errors * gradient).sum(1).mean()


def confusion(predicted: Tensor, labels: Tensor, classes: int) -> Tensor:
    """Counts [label, prediction] over the labelled pixels."""
    cells = classes * classes
    if labels.is_cuda:  # without waiting for the GPU, as bincount and a mask would
        index = torch.where(labels == VOID, cells, labels * classes + predicted).flatten()
        counts = torch.zeros(cells + 1, dtype=torch.long, device=index.device).scatter_add_(0, index, torch.ones_like(index))
        return counts[:cells].reshape(classes, classes)
    keep = labels != VOID
    index = labels[keep] * classes + predicted[keep]
    return torch.bincount(index, minlength=cells).reshape(classes, classes)


def class_ious(matrix: Tensor) -> Tensor:
    """Jaccard index of each class; NaN for a class that neither labels nor predictions have."""
    matrix = matrix.double()
    hit = matrix.diagonal()
    union = matrix.sum(0) + matrix.sum(1) - hit
    return torch.where(union > 0, hit / union, torch.full_like(hit, float("nan")))


def mean_iou(matrix: Tensor) -> float:
    return float(class_ious(matrix).nanmean())
