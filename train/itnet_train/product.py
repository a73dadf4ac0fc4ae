"""1×1 convolutions: by conv2d or by a matrix product over the channels_last layout, whichever is faster here.

Which one it is depends on processor, number format and size: in float32 on some CPUs the matrix product is up to twice as
fast, in bfloat16 and on a GPU conv2d. The two differ in the order of their sums, so a run keeps to one of them.
"""

from __future__ import annotations

import copy
import time

import torch
from torch import nn

ROUNDS = 3
MARGIN = 0.97  # the matrix product has to take less than this share of conv2d's time: noise decides nothing


def seconds_of_step(network: nn.Module, batch: int, autocast: bool, iterations: int) -> float:
    """The best of some passes forward and backward at random images."""
    where = next(network.parameters()).device
    pixels = random_images(network, batch, where)
    return min(timed_pass(network.train(), pixels, iterations, autocast) for _ in range(ROUNDS))


def random_images(network: nn.Module, batch: int, where: torch.device) -> torch.Tensor:
    width, height = network.description.image
    images = torch.rand(batch, 3, height, width, generator=torch.Generator().manual_seed(0))
    return images.to(where, memory_format=torch.channels_last)


def timed_pass(network: nn.Module, pixels: torch.Tensor, iterations: int, autocast: bool) -> float:
    """Seconds of one pass forward and backward."""
    began = clock(pixels.device)
    with torch.autocast(pixels.device.type, torch.bfloat16, enabled=autocast):
        outputs = network(pixels, iterations)
    sum(logits.float().square().mean() for logits in outputs.values()).backward()
    spent = clock(pixels.device) - began
    network.zero_grad(set_to_none=True)
    return spent


def faster_product(network: nn.Module, batch: int, autocast: bool) -> tuple[str, str]:
    """The faster of the two in some training steps of a copy of the network, and what was measured, in words."""
    copied = copy.deepcopy(network).train()
    pixels = random_images(copied, batch, next(copied.parameters()).device)
    iterations = max(2, copied.description.outputs[0])
    best: dict[str, float] = {}
    for turn in range(ROUNDS + 1):  # the first is warming up
        for kind in ("conv2d", "matmul"):
            copied.use_product(kind)
            spent = timed_pass(copied, pixels, iterations, autocast)
            if turn:
                best[kind] = min(spent, best.get(kind, spent))
    chosen = "matmul" if best["matmul"] < MARGIN * best["conv2d"] else "conv2d"
    return chosen, (f"1×1 convolutions as conv2d {best['conv2d']:.3g} s, as a matrix product {best['matmul']:.3g} s "
                    f"({iterations} iterations): {chosen}")


def clock(where: torch.device) -> float:
    if where.type == "cuda":
        torch.cuda.synchronize(where)
    return time.perf_counter()
