"""Statistics of a quantised network brought back to those of its float network.

Rounded weights shift and shrink the values of a channel, a little in every iteration and always in the same direction, and
the recurrence adds it up. The affine rows after each iteration can undo it: iteration by iteration, each channel of the
quantised state gets the mean and the standard deviation that the float state has on the same images; each output's
offsets get its logits' mean. It costs the hardware nothing and needs no training.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from .model import ItNet
from .quant import QuantItNet

RATIO_LIMIT = 2.0  # of a gain, either way: a channel that hardly varies says nothing


@torch.no_grad()
def match_statistics(quantised: QuantItNet, float_net: ItNet, pixels: Tensor) -> None:
    """Change the batch norms and the offsets of the outputs; pixels are 0…255."""
    was_training = quantised.training
    quantised.eval()
    d, step = quantised.description, quantised.step("state")
    x = quantised.normalise(pixels)
    wanted = float_net.data_block(x)
    for l in range(d.scales):  # scale l is made from scale l − 1
        adjust(quantised.data[2 + l].bn, wanted[l], step * quantised.first_states(x, quantised.layers(0))[l])
    states = quantised.first_states(x, quantised.layers(0))
    for n in range(d.iterations):
        wanted = float_net.iterate(wanted, n)
        layers = quantised.layers(d.iterations)
        sums = [quantised.residual(states, n, l, layers) for l in range(d.scales)]
        for l in range(d.scales):
            if isinstance(quantised.norm[n][l], nn.BatchNorm2d):  # else no iteration has constants of its own
                adjust(quantised.norm[n][l], wanted[l], step * quantised.affine(sums[l], layers[f"affine_{n}_{l}"]))
        layers = quantised.layers(d.iterations)
        states = [quantised.affine(sums[l], layers[f"affine_{n}_{l}"]) for l in range(d.scales)]
        if str(n) in quantised.head:
            found = quantised.total(states, n, layers) * quantised.step(f"logit_{n}")
            quantised.head[str(n)][0].bias.add_((float_net.classify(wanted, n) - found).mean((0, 2, 3)))
    quantised.train(was_training)


def adjust(norm: nn.BatchNorm2d, wanted: Tensor, found: Tensor) -> None:
    """Gain and offset of a batch norm such that what it gave, `found`, would have the statistics of `wanted`."""
    spread, mean = torch.std_mean(wanted, (0, 2, 3))
    found_spread, found_mean = torch.std_mean(found, (0, 2, 3))
    ratio = torch.where(found_spread > 0, spread / found_spread.clamp_min(1e-12), 1.0).clamp(1 / RATIO_LIMIT, RATIO_LIMIT)
    norm.weight.mul_(ratio)
    norm.bias.mul_(ratio).add_(mean - found_mean * ratio)
