"""ItNet in PyTorch, with the tensor names of docs/weights.md.

Owns: the float network. Leaves alone: losses and optimisation (engine.py), fixed-point arithmetic (quant.py).
"""

from __future__ import annotations

import torch
import torch.distributed as dist
import torch.nn.functional as F
from torch import Tensor, nn

from .description import Description
from .errors import BadInput

BN_EPS = 1e-5


class SyncNorm(nn.BatchNorm2d):
    """Batch norm whose training statistics span all processes (PyTorch's own SyncBatchNorm needs a GPU)."""

    def forward(self, x: Tensor) -> Tensor:
        if not (self.training and dist.is_initialized() and dist.get_world_size() > 1):
            return super().forward(x)
        count = x.numel() // x.shape[1] * dist.get_world_size()
        sums = torch.stack([x.sum((0, 2, 3)), (x * x).sum((0, 2, 3))])
        mean, square = distributed_sum(sums) / count
        variance = (square - mean * mean).clamp_min(0)
        with torch.no_grad():
            self.running_mean.lerp_(mean, self.momentum)
            self.running_var.lerp_(variance * count / (count - 1), self.momentum)
        scale = self.weight * torch.rsqrt(variance + self.eps)
        return x * scale[:, None, None] + (self.bias - mean * scale)[:, None, None]


class _DistributedSum(torch.autograd.Function):
    """All-reduce whose gradient is all-reduced too."""

    @staticmethod
    def forward(ctx, x: Tensor) -> Tensor:
        x = x.clone()
        dist.all_reduce(x)
        return x

    @staticmethod
    def backward(ctx, gradient: Tensor) -> Tensor:
        gradient = gradient.clone()
        dist.all_reduce(gradient)
        return gradient


distributed_sum = _DistributedSum.apply


class ConvBn(nn.Module):
    """One layer of the data block: a 3×3 convolution of stride 2 and its batch norm."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, 3, stride=2, padding=1, bias=False)
        self.bn = SyncNorm(outputs, eps=BN_EPS)

    def forward(self, x: Tensor) -> Tensor:
        return self.bn(self.conv(x))


def pointwise(x: Tensor, weight: Tensor, product: str = "auto") -> Tensor:
    """1×1 convolution, by conv2d or by a matrix product (product.py); `auto` is the likelier to be fast."""
    if product == "conv2d" or product == "auto" and (x.is_cuda or torch.is_autocast_enabled("cpu")):
        return F.conv2d(x, weight)
    return F.linear(x.permute(0, 2, 3, 1), weight[:, :, 0, 0]).permute(0, 3, 1, 2)


class Bottleneck(nn.Module):
    """Expand, depthwise, project: an inverted residual without its shortcut; batch norm after each only on request."""

    def __init__(self, inputs: int, outputs: int, expansion: int, normalised: bool = False) -> None:
        super().__init__()
        hidden = expansion * inputs
        self.expand = nn.Conv2d(inputs, hidden, 1, bias=False)
        self.depthwise = nn.Conv2d(hidden, hidden, 3, padding=1, groups=hidden, bias=False)
        self.project = nn.Conv2d(hidden, outputs, 1, bias=False)
        self.normalised, self.product = normalised, "auto"
        if normalised:
            self.expand_bn, self.depthwise_bn = SyncNorm(hidden, eps=BN_EPS), SyncNorm(hidden, eps=BN_EPS)
            self.project_bn = SyncNorm(outputs, eps=BN_EPS)

    def norm(self, kind: str) -> SyncNorm | None:
        """The batch norm after a convolution (expand, depthwise, project), if there is one."""
        return getattr(self, f"{kind}_bn") if self.normalised else None

    def normalise(self, kind: str, x: Tensor) -> Tensor:
        """What that batch norm makes of x."""
        norm = self.norm(kind)
        return x if norm is None else norm(x)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu6(self.normalise("expand", pointwise(x, self.expand.weight, self.product)), inplace=True)
        x = F.relu6(self.normalise("depthwise", self.depthwise(x)), inplace=True)
        return self.normalise("project", pointwise(x, self.project.weight, self.product))


def up2(x: Tensor, size: tuple[int, int] | torch.Size) -> Tensor:
    """Bilinear ×2, half-pixel centres, clamped, cropped right and bottom to (height, width)."""
    x = F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
    return x[..., : size[0], : size[1]]


def pool2(x: Tensor) -> Tensor:
    """2×2 average, ceil size, edge pixels replicated."""
    x = F.pad(x, (0, x.shape[-1] % 2, 0, x.shape[-2] % 2), mode="replicate")
    return F.avg_pool2d(x, 2)


def interpolation_matrix(fine: Tensor, coarse: int) -> Tensor:
    """Rows: the weights of bilinear ×8 (half-pixel centres, clamped) at the given fine coordinates."""
    position = (fine.to(torch.float32) + 0.5) / 8 - 0.5
    low = torch.floor(position)
    weight = position - low
    matrix = torch.zeros(len(fine), coarse)
    rows = torch.arange(len(fine))
    matrix.index_put_((rows, low.long().clamp(0, coarse - 1)), 1 - weight, accumulate=True)
    matrix.index_put_((rows, (low.long() + 1).clamp(0, coarse - 1)), weight, accumulate=True)
    return matrix


def up8(logits: Tensor, rows: Tensor, columns: Tensor) -> Tensor:
    """Bilinear ×8 of the scale-0 logits at the given image rows and columns (all of them, or a sample)."""
    return separable(logits, interpolation_matrix(rows, logits.shape[-2]).to(logits),
                     interpolation_matrix(columns, logits.shape[-1]).to(logits))


def separable(logits: Tensor, down: Tensor, across: Tensor) -> Tensor:
    """Interpolation by matrices of weights, of the rows and of the columns."""
    return down @ (logits @ across.t())


class ItNet(nn.Module):
    """The whole network; `forward` gives the scale-0 logits of each requested output."""

    def __init__(self, description: Description) -> None:
        super().__init__()
        d = self.description = description
        self.product = "auto"
        f = d.width
        normalised = d.normalisation == "convolutions"
        self.data = nn.ModuleList(ConvBn(3 if j == 0 else f, f) for j in range(d.data_layers))
        self.iter = nn.ModuleList(
            nn.ModuleList(
                nn.ModuleList(Bottleneck(d.block_inputs(l, k), f, d.expansion, normalised) for k in range(d.blocks))
                for l in range(d.scales)
            )
            for _ in range(d.set_count)
        )
        self.norm = nn.ModuleList(
            nn.ModuleList(nn.Identity() if normalised else SyncNorm(f, eps=BN_EPS) for _ in range(d.scales))
            for _ in range(d.iterations)
        )
        self.head = nn.ModuleDict({
            str(n - 1): nn.ModuleList(nn.Conv2d(f, d.classes, 3, padding=1) for _ in range(d.scales))
            for n in d.outputs
        })
        for name, parameter in self.named_parameters():
            if parameter.dim() == 4:
                nn.init.kaiming_normal_(parameter, nonlinearity="linear" if "project" in name or "head" in name else "relu")

    def use_product(self, product: str) -> None:
        """How 1×1 convolutions are computed from now on."""
        self.product = product
        for module in self.modules():
            if isinstance(module, Bottleneck):
                module.product = product

    def normalise(self, pixels: Tensor) -> Tensor:
        """Pixels 0…255 to the numbers that the first convolution takes."""
        return pixels / 255 if self.description.pixels == "unit" else pixels / 127.5 - 1

    def data_block(self, x: Tensor) -> list[Tensor]:
        x = F.relu6(self.data[0](x))
        x = F.relu6(self.data[1](x))
        states = []
        for layer in self.data[2:]:
            x = layer(x)
            states.append(x)
        return states

    def block_input(self, states: list[Tensor], scale: int) -> Tensor:
        """Own state, then the up-sampled coarser one, then the pooled finer one."""
        parts = [states[scale]]
        if self.description.has_coarser(scale):
            parts.append(up2(states[scale + 1], states[scale].shape[-2:]))
        if self.description.has_finer(scale):
            parts.append(pool2(states[scale - 1]))
        return torch.cat(parts, 1) if len(parts) > 1 else parts[0]

    def iterate(self, states: list[Tensor], n: int) -> list[Tensor]:
        """Iteration n, counted from 0: every scale reads the old states only."""
        blocks, norms = self.iter[self.description.set_of(n)], self.norm[n]
        new = []
        for scale, state in enumerate(states):
            x = state + blocks[scale][0](self.block_input(states, scale))
            for block in blocks[scale][1:]:
                x = x + block(x)
            new.append(norms[scale](x))
        return new

    def classify(self, states: list[Tensor], n: int) -> Tensor:
        """Scale-0 logits of the output after iteration n, counted from 0."""
        total = None
        for head, state in reversed(list(zip(self.head[str(n)], states))):
            logits = head(state)
            total = logits if total is None else logits + up2(total, logits.shape[-2:])
        return total

    def forward(self, x: Tensor, iterations: int | None = None) -> dict[int, Tensor]:
        """Normalised images → {output n, from 1: logits at scale 0}, up to `iterations`."""
        states, outputs = self.data_block(x), {}
        for n in range(min(iterations or self.description.iterations, self.description.iterations)):
            states = self.iterate(states, n)
            if str(n) in self.head:
                outputs[n + 1] = self.classify(states, n)
        return outputs

    @torch.no_grad()
    def extend_from(self, last: int) -> None:
        """Give the iterations after `last` (from 1) the norm of iteration `last`, and outputs the nearest earlier head."""
        for n in range(last, self.description.iterations):
            self.norm[n].load_state_dict(self.norm[last - 1].state_dict())
        trained = [n for n in self.description.outputs if n <= last]
        for n in self.description.outputs:
            if n > last and trained:
                self.head[str(n - 1)].load_state_dict(self.head[str(trained[-1] - 1)].state_dict())


def named_weights(model: ItNet) -> dict[str, Tensor]:
    """The tensors of docs/weights.md: `state_dict` without the counters of batch norm, contiguous float32."""
    return {
        name: tensor.detach().to(torch.float32).contiguous().clone()
        for name, tensor in model.state_dict().items() if not name.endswith("num_batches_tracked")
    }


def load_weights(model: ItNet, tensors: dict[str, Tensor], source: str) -> None:
    """Copy tensors into the model; a missing, unknown or mis-shaped one is an error that names it."""
    own = {name: t for name, t in model.state_dict().items() if not name.endswith("num_batches_tracked")}
    for name in own:
        if name not in tensors:
            raise BadInput(f"{source}: tensor {name} is missing, expected shape {list(own[name].shape)}")
    for name, tensor in tensors.items():
        if name.endswith("num_batches_tracked"):
            continue
        if name not in own:
            raise BadInput(f"{source}: tensor {name} is not part of the described network")
        if tensor.shape != own[name].shape:
            raise BadInput(f"{source}: tensor {name} has shape {list(tensor.shape)}, expected {list(own[name].shape)}")
        if not torch.isfinite(tensor).all():
            raise BadInput(f"{source}: tensor {name} holds NaN or infinity")
        own[name].copy_(tensor)
