"""What a network costs, by the counting rules of the paper: the same sums as `network/src/cost.rs`.

Owns: MACs, parameters, computational graph, memory traffic, state and depth, up to an output. Convolutions only, without
biases, everything in float32.
"""

from __future__ import annotations

from dataclasses import dataclass

from .description import Description

BYTES = 4  # of one float32


@dataclass(frozen=True)
class Cost:
    """All that is spent when an output is complete."""

    macs: int = 0  # multiply-accumulates for one image
    params: int = 0  # a shared one counts once
    graph_bytes: int = 0  # parameters + input + output of every layer; a layer that a loop re-uses counts once
    traffic_bytes: int = 0  # the same tensors, once for each use
    state_bytes: int = 0  # all scales of the state
    depth: int = 0  # convolutions on the longest path from the input


def conv(inputs: int, outputs: int, weights: int, pixels_in: int, pixels_out: int, uses: int = 1) -> Cost:
    stored = BYTES * (weights + inputs * pixels_in + outputs * pixels_out)
    return Cost(uses * weights * pixels_out, weights, stored, uses * stored)


def data_layers(d: Description):
    width, height = d.image
    sizes = [width * height]
    for _ in range(2 + d.scales):
        width, height = -(-width // 2), -(-height // 2)
        sizes.append(width * height)
    for j in range(d.data_layers):
        inputs = 3 if j == 0 else d.width
        yield conv(inputs, d.width, 9 * d.width * inputs, sizes[j], sizes[j + 1])


def iterative_layers(d: Description, iterations: int):
    """The weight sets that the first iterations use."""
    used = [d.set_of(n) for n in range(iterations)]
    for weight_set in sorted(set(used)):
        uses = used.count(weight_set)
        for scale in range(d.scales):
            rows, columns = d.scale_size(scale)
            pixels = rows * columns
            for block in range(d.blocks):
                inputs = d.block_inputs(scale, block)
                hidden = d.expansion * inputs
                yield conv(inputs, hidden, inputs * hidden, pixels, pixels, uses)
                yield conv(hidden, hidden, 9 * hidden, pixels, pixels, uses)
                yield conv(hidden, d.width, hidden * d.width, pixels, pixels, uses)


def head_layers(d: Description, output: int):
    for n in d.outputs:
        if n <= output:
            for scale in range(d.scales):
                rows, columns = d.scale_size(scale)
                yield conv(d.width, d.classes, 9 * d.width * d.classes, rows * columns, rows * columns)


def up_to(d: Description, output: int) -> Cost:
    """The cost of output n: data block, iterations 1…n and the classifications up to it."""
    layers = [*data_layers(d), *iterative_layers(d, output), *head_layers(d, output)]
    sums = (sum(getattr(layer, name) for layer in layers) for name in ("macs", "params", "graph_bytes", "traffic_bytes"))
    pixels = sum(rows * columns for rows, columns in map(d.scale_size, range(d.scales)))
    return Cost(*sums, BYTES * d.width * pixels, 3 + (d.scales - 1) + 3 * d.blocks * output + 1)
