"""Class maps and confusion matrices of a network, float or quantised."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from . import losses, samples
from .distribution import rank_and_world
from .model import up8
from .progress import Progress


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
    batches = samples.evaluation_batches(dataset, description.image, limit=limit)
    for pixels, labels in Progress(batches, -(-count // samples.EVALUATION_BATCH), "evaluation", silent=rank_and_world()[0] > 0):
        for n, predicted in class_maps(network, pixels.to(where), iterations).items():
            counts = losses.confusion(predicted.cpu(), labels, description.classes)
            matrices[n] = matrices.get(n, 0) + counts
    network.train(was_training)
    return matrices
