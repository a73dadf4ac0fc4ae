"""Fake quantisation: the operators of docs/arithmetic.md on integers held in floats, with straight-through gradients.

Owns: number formats, scales, `requant`, the quantised forward. Leaves alone: the file that hwgen reads (model_file.py).

Every value inside the network is an integer (in a float tensor); scales appear only in `requant`'s multipliers.
Training multiplies the integer weights by the multipliers first, which saves a pass over the feature maps and may move
a value that lies within float32's rounding error of a boundary; evaluation mode accumulates integers and requantises in
float64, without any error.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .description import Description
from .errors import BadInput
from .model import ItNet, pointwise

MUL_LIMIT = 32767  # signed 16 bits
SHIFT_LIMIT = 31
RESIDUAL_SHIFT = 2  # Δr = Δs / 4
RESIDUAL_EXTRA_BITS = 4


@dataclass(frozen=True)
class Bits:
    """Widths per layer kind; the fields of `quantize/src/model.rs`."""

    stem: int = 8
    data: int = 4
    expand: int = 4
    depthwise: int = 4
    project: int = 4
    head: int = 4
    act_data: int = 8
    act_state: int = 8
    act_expand: int = 8
    act_depthwise: int = 8
    act_logit: int = 12

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            low, high = (2, 8) if not name.startswith("act_") else (8, 16) if name == "act_logit" else (4, 8)
            if not low <= value <= high:
                raise BadInput(f"bits.{name}: {value}, expected {low}..{high}")

    @staticmethod
    def of(weights: int = 4, acts: int = 8, stem: int = 8, logit: int = 12) -> "Bits":
        return Bits(stem, weights, weights, weights, weights, weights, acts, acts, acts, acts, logit)

    @property
    def residual(self) -> int:
        return self.act_state + RESIDUAL_EXTRA_BITS


def signed(bits: int) -> tuple[int, int]:
    return -(1 << (bits - 1)), (1 << (bits - 1)) - 1


class _Floor(torch.autograd.Function):
    """⌊x + 1/2⌋ clamped; the gradient passes where the value was not clamped."""

    @staticmethod
    def forward(ctx, x: Tensor, low: float, high: float) -> Tensor:
        ctx.save_for_backward((x > low - 0.5) & (x < high + 0.5))
        return x.add(0.5).floor_().clamp_(low, high)

    @staticmethod
    def backward(ctx, gradient: Tensor):
        (inside,) = ctx.saved_tensors
        return gradient * inside, None, None


def round_clamp(x: Tensor, low: float = -3e38, high: float = 3e38) -> Tensor:
    """Round half up and saturate, straight through."""
    return _Floor.apply(x, low, high)


def through(rounded: Tensor, smooth: Tensor) -> Tensor:
    """The value of `rounded` with the gradient of `smooth`."""
    return smooth + (rounded - smooth).detach()


@dataclass
class Layer:
    """One convolution in integers, differentiable; `mul` and `bias` are already divided by 2^shift."""

    weights: Tensor  # integers in a float tensor
    mul: Tensor
    bias: Tensor | None
    shift: int
    low: int
    high: int

    def integers(self) -> tuple[Tensor, Tensor, Tensor]:
        """weights, mul, bias as exact integers."""
        one = float(1 << self.shift)
        mul = (self.mul.detach().double() * one).round().long()
        bias = torch.zeros_like(mul) if self.bias is None else (self.bias.detach().double() * one).round().long()
        return self.weights.detach().round().long(), mul, bias


def best_shift(greatest: float, limit: int = SHIFT_LIMIT, least: int = 1) -> int:
    """The greatest shift whose multipliers fit 16 bits."""
    shift = limit
    while shift > least and greatest * (1 << shift) > MUL_LIMIT:
        shift -= 1
    return shift


def rounded_constants(gain: Tensor, offset: Tensor | None, shift: int) -> tuple[Tensor, Tensor | None]:
    """mul and bias as multiples of 2^−shift, with straight-through gradients (float64: both are exact)."""
    one = float(1 << shift)
    mul = through((gain.double() * one).round().clamp(-MUL_LIMIT, MUL_LIMIT) / one, gain.double())
    bias = None if offset is None else through((offset.double() * one).round() / one, offset.double())
    return mul, bias


def convolve(x: Tensor, weights: Tensor, stride: int, groups: int, product: str) -> Tensor:
    if weights.shape[-1] == 1:
        return pointwise(x, weights, product)
    return F.conv2d(x, weights, stride=stride, padding=1, groups=groups)


def run_layer(x: Tensor, layer: Layer, exact: bool, stride: int = 1, groups: int = 1, product: str = "auto") -> Tensor:
    """acc and requant."""
    if exact:
        acc = convolve(x, layer.weights, stride, groups, product).double()
        value = acc * layer.mul[:, None, None]
        if layer.bias is not None:
            value = value + layer.bias[:, None, None]
        return round_clamp(value, layer.low, layer.high).to(x.dtype)
    value = convolve(x, layer.weights * layer.mul.to(x.dtype)[:, None, None, None], stride, groups, product)
    if layer.bias is not None:
        value = value + layer.bias.to(x.dtype)[:, None, None]
    return round_clamp(value, layer.low, layer.high)


def up2_integer(x: Tensor, size) -> Tensor:
    """docs/arithmetic.md, up2: exact in sixteenths, one rounding."""
    x = F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
    return round_clamp(x[..., : size[0], : size[1]])


def pool2_integer(x: Tensor) -> Tensor:
    x = F.pad(x, (0, x.shape[-1] % 2, 0, x.shape[-2] % 2), mode="replicate")
    return round_clamp(F.avg_pool2d(x, 2))


def best_step(values: Tensor, levels: int, low: float = 0.2) -> Tensor:
    """Per row: the step Δ with the least squared error among fractions of the one that just avoids saturation."""
    top = values.abs().amax(1, keepdim=True).clamp_min(1e-8)
    best, error = top / levels, torch.full_like(top, float("inf"))
    for fraction in torch.linspace(1.0, low, 60):
        step = top * fraction / levels
        wrong = ((values / step).round().clamp(-levels, levels) * step - values).square().mean(1, keepdim=True)
        better = wrong < error
        best, error = torch.where(better, step, best), torch.where(better, wrong, error)
    return best.squeeze(1)


class QuantItNet(ItNet):
    """ItNet computed in integers; its parameters are the float weights and the logarithms of the scales."""

    def __init__(self, description: Description, bits: Bits, mid_shift: int = 0) -> None:
        super().__init__(description)
        d = description
        self.bits, self.mid_shift = bits, mid_shift
        # log Δ of weights, per layer and output channel
        self.weight_steps = nn.ParameterDict({
            key: nn.Parameter(torch.zeros(conv.weight.shape[0])) for key, conv, _ in self.convolutions()
        })
        # log Δ of activations
        names = ["data_0", "data_1", "state"]
        names += [f"{kind}_{s}_{l}_{k}" for kind in ("expand", "depthwise") for s in range(d.set_count)
                  for l in range(d.scales) for k in range(d.blocks)]
        names += [f"logit_{n - 1}" for n in d.outputs]
        self.steps = nn.ParameterDict({name: nn.Parameter(torch.zeros(())) for name in names})

    @property
    def exact(self) -> bool:
        """Evaluation is exact; training takes the short cut that the head of this file describes."""
        return not self.training

    def convolutions(self) -> list[tuple[str, nn.Conv2d, int]]:
        """(key, convolution, weight bits) of every layer."""
        found, bits = [], self.bits
        for j, layer in enumerate(self.data):
            found.append((f"data_{j}", layer.conv, bits.stem if j == 0 else bits.data))
        for s, scales in enumerate(self.iter):
            for l, blocks in enumerate(scales):
                for k, block in enumerate(blocks):
                    for kind in ("expand", "depthwise", "project"):
                        found.append((f"iter_{s}_{l}_{k}_{kind}", getattr(block, kind), getattr(bits, kind)))
        for n, heads in self.head.items():
            found.extend((f"head_{n}_{l}", conv, bits.head) for l, conv in enumerate(heads))
        return found

    # -- scales -----------------------------------------------------------------------------------------------------

    @torch.no_grad()
    def calibrate(self, float_net: ItNet, batches) -> None:
        """Take over the weights, choose weight steps by least squared error and activation steps from images."""
        own = dict(self.named_parameters()) | dict(self.named_buffers())
        for name, tensor in float_net.state_dict().items():
            own[name].copy_(tensor)
        for key, conv, bits in self.convolutions():
            rows = conv.weight.flatten(1)
            self.weight_steps[key].copy_(best_step(rows, (1 << (bits - 1)) - 1).clamp_min(1e-8).log())
        seen: dict[str, list[Tensor]] = {}
        for pixels in batches:
            for name, values in observe(float_net, pixels).items():
                seen.setdefault(name, []).append(values)
        bits = self.bits
        if "mid" in seen:  # the nearest power of two
            ratio = max(float(v.abs().max()) for v in seen.pop("mid")) / max(float(v.abs().max()) for v in seen["state"])
            self.mid_shift = sum(ratio > limit for limit in (1.5, 3.0, 6.0))
        for name, parts in seen.items():
            values = torch.cat(parts)[None]
            kind = name.split("_")[0]
            if values.numel() == 0:  # every ReLU6 output is 0: any scale will do
                step = values.new_tensor(6 / ((1 << getattr(bits, f"act_{kind}")) - 1))
            elif kind == "logit":
                step = values.abs().max() * 1.25 / signed(bits.act_logit)[1]
            elif kind == "state":
                step = best_step(values, signed(bits.act_state)[1])[0]
            else:
                step = best_step(values, (1 << getattr(bits, f"act_{kind}")) - 1)[0]
            self.steps[name].copy_(step.clamp_min(1e-6).log())

    def step(self, name: str) -> Tensor:
        return self.steps[name].exp()

    def relu_high(self, name: str, bits: int) -> int:
        return max(1, min(int(6 / float(self.step(name).detach()) + 0.5), (1 << bits) - 1))

    # -- layers -----------------------------------------------------------------------------------------------------

    def layer(self, key: str, conv: nn.Conv2d, bits: int, in_step, out_step, low: int, high: int,
              gain: Tensor | None = None, offset: Tensor | None = None) -> Layer:
        levels = (1 << (bits - 1)) - 1
        step = self.weight_steps[key].exp()
        weights = round_clamp(conv.weight / step[:, None, None, None], -levels, levels)
        real = step * in_step / out_step
        real = real if gain is None else real * gain
        offset = None if offset is None else offset / out_step
        shift = best_shift(float(real.detach().abs().max()))
        mul, bias = rounded_constants(real, offset, shift)
        return Layer(weights, mul, bias, shift, low, high)

    def affine_of(self, norm: nn.Module) -> tuple[Tensor, Tensor]:
        """Gain and offset of each channel; of the state where no batch norm is between iterations, 1 and 0."""
        if isinstance(norm, nn.Identity):
            like = self.steps["state"].detach()
            return like.new_ones(self.description.width), like.new_zeros(self.description.width)
        gain = norm.weight * torch.rsqrt(norm.running_var + norm.eps)
        return gain, norm.bias - norm.running_mean * gain

    def layers(self, iterations: int) -> dict[str, Layer]:
        """All layers and affine rows in integers, by key; affine rows are `affine_{n}_{l}` without weights."""
        d, bits, made = self.description, self.bits, {}
        state = self.step("state")
        state_range, residual_range = signed(bits.act_state), signed(bits.residual)
        convolutions = {key: (conv, width) for key, conv, width in self.convolutions()}
        for j, layer in enumerate(self.data):
            key = f"data_{j}"
            conv, width = convolutions[key]
            in_step = 1 / 255 if j == 0 else self.step(f"data_{j - 1}") if j <= 2 else state
            out_step = self.step(key) if j < 2 else state
            low, high = (0, self.relu_high(key, bits.act_data)) if j < 2 else state_range
            gain, offset = self.affine_of(layer.bn)
            made[key] = self.layer(key, conv, width, in_step, out_step, low, high, gain, offset)
        for s in sorted({d.set_of(n) for n in range(iterations)}):
            for l in range(d.scales):
                for k in range(d.blocks):
                    base, place = f"iter_{s}_{l}_{k}", f"{s}_{l}_{k}"
                    in_step = state if k == 0 else state * (1 << self.mid_shift)
                    expand, depthwise = self.step(f"expand_{place}"), self.step(f"depthwise_{place}")
                    for kind, source, target, low, high in (
                        ("expand", in_step, expand, 0, self.relu_high(f"expand_{place}", bits.act_expand)),
                        ("depthwise", expand, depthwise, 0, self.relu_high(f"depthwise_{place}", bits.act_depthwise)),
                        ("project", depthwise, state / (1 << RESIDUAL_SHIFT), *residual_range),
                    ):
                        conv, width = convolutions[f"{base}_{kind}"]
                        norm = self.iter[s][l][k].norm(kind)
                        constants = () if norm is None else self.affine_of(norm)
                        made[f"{base}_{kind}"] = self.layer(f"{base}_{kind}", conv, width, source, target, low, high,
                                                            *constants)
        affines = {(n, l): self.affine_of(norm) for n, norms in enumerate(self.norm) for l, norm in enumerate(norms)}
        shift = self.affine_shift(affines)
        for (n, l), (gain, offset) in affines.items():
            if n < iterations:
                mul, bias = rounded_constants(gain / (1 << RESIDUAL_SHIFT), offset / state, shift)
                made[f"affine_{n}_{l}"] = Layer(gain.new_zeros(0), mul, bias, shift, *state_range)
        for n, heads in self.head.items():
            if int(n) < iterations:
                out_step = self.step(f"logit_{n}")
                for l, conv in enumerate(heads):
                    made[f"head_{n}_{l}"] = self.layer(f"head_{n}_{l}", conv, bits.head, state, out_step,
                                                       *signed(bits.act_logit), None, conv.bias)
        return made

    def affine_shift(self, affines) -> int:
        greatest = max(float(gain.detach().abs().max()) for gain, _ in affines.values()) / (1 << RESIDUAL_SHIFT)
        return best_shift(greatest, 16 + self.mid_shift, 2 + self.mid_shift)

    # -- forward ----------------------------------------------------------------------------------------------------

    def forward(self, x: Tensor, iterations: int | None = None) -> dict[int, Tensor]:
        """As ItNet's, real logits: integer sums T times the logit scale of the output."""
        return {n: total * self.step(f"logit_{n - 1}") for n, total in self.integer_logits(x, iterations).items()}

    def integer_logits(self, x: Tensor, iterations: int | None = None) -> dict[int, Tensor]:
        d = self.description
        count = min(iterations or d.iterations, d.iterations)
        layers = self.layers(count)
        states, outputs = self.first_states(x, layers), {}
        for n in range(count):
            states = [self.scale_step(states, n, l, layers) for l in range(d.scales)]
            if str(n) in self.head:
                outputs[n + 1] = self.total(states, n, layers)
        return outputs

    def first_states(self, x: Tensor, layers: dict[str, Layer]) -> list[Tensor]:
        """What the data block makes of normalised images."""
        x, found = (x * 255).round(), []
        for j in range(self.description.data_layers):
            x = run_layer(x, layers[f"data_{j}"], self.exact, stride=2)
            found.append(x)
        return found[2:]

    def scale_step(self, states: list[Tensor], n: int, l: int, layers: dict[str, Layer]) -> Tensor:
        """The new state of a scale."""
        return self.affine(self.residual(states, n, l, layers), layers[f"affine_{n}_{l}"])

    def residual(self, states: list[Tensor], n: int, l: int, layers: dict[str, Layer]) -> Tensor:
        """The wide sum before the affine row of an iteration."""
        d, own = self.description, states[l]
        parts = [own]
        if d.has_coarser(l):
            parts.append(up2_integer(states[l + 1], own.shape[-2:]))
        if d.has_finer(l):
            parts.append(pool2_integer(states[l - 1]))
        x = torch.cat(parts, 1) if len(parts) > 1 else own
        low, high = signed(self.bits.residual)
        for k in range(d.blocks):
            base = f"iter_{d.set_of(n)}_{l}_{k}"
            hidden = run_layer(x, layers[f"{base}_expand"], self.exact, product=self.product)
            hidden = run_layer(hidden, layers[f"{base}_depthwise"], self.exact, groups=hidden.shape[1])
            project = run_layer(hidden, layers[f"{base}_project"], self.exact, product=self.product)
            q = RESIDUAL_SHIFT + (0 if k == 0 else self.mid_shift)
            residual = (project + own * (1 << q)).clamp(low, high)
            if k + 1 < d.blocks:
                x = own = round_clamp(residual / (1 << (RESIDUAL_SHIFT + self.mid_shift)), *signed(self.bits.act_state))
        return residual

    def affine(self, residual: Tensor, affine: Layer) -> Tensor:
        """The affine row of an iteration: what becomes of the wide sum."""
        wide = residual.double() if self.exact else residual
        mul, bias = affine.mul.to(wide.dtype)[:, None, None], affine.bias.to(wide.dtype)[:, None, None]
        return round_clamp(wide * mul + bias, affine.low, affine.high).to(residual.dtype)

    def total(self, states: list[Tensor], n: int, layers: dict[str, Layer]) -> Tensor:
        """The logit sum T: each scale's logits brought to scale 0 by repeated up2, each rounding once."""
        total = None
        for l, state in enumerate(states):
            logits = run_layer(state, layers[f"head_{n}_{l}"], self.exact)
            for finer in range(l - 1, -1, -1):
                logits = up2_integer(logits, states[finer].shape[-2:])
            total = logits if total is None else total + logits
        return total


@torch.no_grad()
def observe(network: ItNet, pixels: Tensor, most: int = 20000) -> dict[str, Tensor]:
    """Values of every activation format in the float network, sub-sampled; ReLU6 outputs without their zeros."""
    seen: dict[str, list[Tensor]] = {}
    d = network.description

    def note(name: str, values: Tensor, positive: bool = False) -> None:
        values = values.flatten()
        if positive:
            values = values[values > 0]
        stride = max(1, len(values) // most)
        seen.setdefault(name, []).append(torch.cat([values[::stride], values.max()[None] if len(values) else values]))

    x = network.normalise(pixels)
    for j in range(2):
        x = F.relu6(network.data[j](x))
        note(f"data_{j}", x, True)
    states = []
    for layer in network.data[2:]:
        x = layer(x)
        states.append(x)
        note("state", x)
    for n in range(d.iterations):
        new = []
        for l, state in enumerate(states):
            x, own = network.block_input(states, l), state
            for k, block in enumerate(network.iter[d.set_of(n)][l]):
                place = f"{d.set_of(n)}_{l}_{k}"
                hidden = F.relu6(block.normalise("expand", pointwise(x, block.expand.weight)))
                note(f"expand_{place}", hidden, True)
                hidden = F.relu6(block.normalise("depthwise", block.depthwise(hidden)))
                note(f"depthwise_{place}", hidden, True)
                x = own = own + block.normalise("project", pointwise(hidden, block.project.weight))
                if k + 1 < d.blocks:
                    note("mid", x)
            new.append(network.norm[n][l](x))
            note("state", new[-1])
        states = new
        if str(n) in network.head:
            for head, state in zip(network.head[str(n)], states):
                note(f"logit_{n}", head(state))
    return {name: torch.cat(parts) for name, parts in seen.items()}
