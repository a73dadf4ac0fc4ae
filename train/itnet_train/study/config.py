"""One run as a flat set of fields: network, data, training, quantisation. Every field of a study file is one of these.

Owns: the fields, their defaults, their text form in the results, the identity of a run. Leaves alone: which runs a study
has (study_file.py) and what a run does (job.py).
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, fields, replace

from .. import cost
from ..augment import Augment
from ..data import CLASSES
from ..description import Description
from ..errors import BadInput
from ..quant import Bits
from ..settings import Settings

METHODS = ("float", "post", "finetune")
OUTPUT_PATTERNS = {
    "all": lambda n, last: True,
    "last": lambda n, last: n == last,
    "late": lambda n, last: n > last / 2,
    "latest": lambda n, last: n > last * 3 / 4,
    "thinned2": lambda n, last: n == 1 or n % 2 == 0 or n == last,
    "thinned4": lambda n, last: n == 1 or n % 4 == 0 or n == last,
    "powers": lambda n, last: n & (n - 1) == 0 or n == last,
}


@dataclass(frozen=True)
class Config:
    """All that decides the result of one run."""

    # the network; the number of classes follows from the data set
    width: int = 51
    scales: int = 3
    iterations: int = 16
    blocks: int = 1
    expansion: int = 6
    image: str = "240x180"
    outputs: tuple[int, ...] = (1, 2, 4, 8, 16)
    weight_sets: str | tuple[int, ...] = "shared"
    mixing: str = "coarse_to_fine"
    pixels: str = "unit"
    normalisation: str = "iterations"
    # data
    data_set: str = "camvid"
    images: int = 0  # training images, evenly spread over the data set; 0: all
    fold: str = ""  # beginnings of names of training images: not trained on, and evaluated in place of the validation images
    # training
    epochs: int = 100
    batch: int = 4
    lr: float = 2e-3
    warmup: float = 2.0
    decay: float = 0.4
    weight_decay: float = 0.05
    clip: float = 1.0
    average: float = 0.998
    output_weights: str = "uniform"
    class_weights: str = "sqrt"
    lovasz: float = 0.0
    loss_stride: int = 2
    flip: bool = True
    crop_scale: tuple[float, ...] = (0.8, 1.7)
    crop_aspect: float = 0.12
    colour: float = 0.35
    rotate: float = 0.0
    cutmix: float = 0.0
    precision: str = "fp32"
    seed: int = 1
    # quantisation: of the float run with the same fields above
    method: str = "float"
    weight_bits: int = 0
    act_bits: int = 0
    tune_epochs: int = 0
    tune_lr: float = 2e-4

    def __post_init__(self) -> None:
        self.description(), self.settings()
        if self.images < 0:
            raise BadInput(f"images: {self.images}, expected 0 (all) or more")
        if self.method not in METHODS:
            raise BadInput(f"method: {self.method!r}, expected one of {', '.join(METHODS)}")
        if self.method == "float" and (self.weight_bits or self.act_bits):
            raise BadInput("weight_bits, act_bits: only with method: post or finetune")
        if self.method != "float":
            self.bits()
        if (self.method == "finetune") != (self.tune_epochs > 0):
            raise BadInput(f"tune_epochs: {self.tune_epochs} with method {self.method}, expected at least 1 with finetune and "
                           "0 otherwise")

    # -- the parts that the trainer takes ---------------------------------------------------------------------------

    def description(self) -> Description:
        if self.data_set not in CLASSES:
            raise BadInput(f"data_set: {self.data_set!r}, expected one of {', '.join(CLASSES)}")
        return Description(self.width, self.scales, self.iterations, self.blocks, self.expansion, CLASSES[self.data_set],
                           image_size(self.image), self.outputs, self.weight_sets, self.mixing, self.pixels,
                           self.normalisation)

    def settings(self) -> Settings:
        augment = Augment(self.flip, tuple(self.crop_scale), self.crop_aspect, self.colour, self.rotate, self.cutmix)
        names = {field.name for field in fields(Settings)} & {field.name for field in fields(Config)}
        return Settings(**{name: getattr(self, name) for name in names}, evaluate_every=max(self.epochs, 1), augment=augment,
                        pointwise="conv2d" if self.precision == "bf16" else "matmul")  # no trial: runs repeat

    def tuning(self) -> Settings:
        """Of the fine-tuning after the float run."""
        return replace(self.settings(), epochs=self.tune_epochs, lr=self.tune_lr, warmup=0.5, decay=0.8, weight_decay=0.0,
                       evaluate_every=self.tune_epochs, precision="fp32", pointwise="matmul")

    def bits(self) -> Bits:
        return Bits.of(self.weight_bits, self.act_bits)

    def float_run(self) -> "Config":
        """The run whose weights a quantised one starts from."""
        plain = Config()
        return replace(self, method="float", **{name: getattr(plain, name) for name in
                                                ("weight_bits", "act_bits", "tune_epochs", "tune_lr")})

    # -- identity and text ------------------------------------------------------------------------------------------

    @property
    def run(self) -> str:
        """Name of the run: a hash of the fields that differ from their defaults, so that a new field changes no name."""
        plain = asdict(Config())
        changed = {name: value for name, value in asdict(self).items() if value != plain[name]}
        return hashlib.sha256(json.dumps(changed, sort_keys=True).encode()).hexdigest()[:12]

    def texts(self) -> dict[str, str]:
        return {field.name: to_text(getattr(self, field.name)) for field in fields(self)}


FIELDS = tuple(field.name for field in fields(Config))
_KINDS = {field.name: type(field.default) for field in fields(Config)}


def to_text(value) -> str:
    if isinstance(value, tuple):
        return " ".join(to_text(v) for v in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def from_text(name: str, text: str):
    """The value of a field in the results table."""
    try:
        if name == "weight_sets" and not text[:1].isdigit():
            return text
        if name in ("outputs", "weight_sets"):
            return tuple(int(part) for part in text.split())
        if name == "crop_scale":
            return tuple(float(part) for part in text.split())
        if name == "flip":
            return {"True": True, "False": False}[text]
        return _KINDS[name](text)
    except (ValueError, KeyError):
        raise BadInput(f"{name}: {text!r} is not {'a number' if _KINDS[name] in (int, float) else 'a value of this field'}"
                       ) from None


def image_size(text) -> tuple[int, int]:
    """WxH."""
    width, cross, height = str(text).partition("x")
    if not (cross and width.isdigit() and height.isdigit()):
        raise BadInput(f"image: {text!r}, expected WIDTHxHEIGHT, say 240x180")
    return int(width), int(height)


def make(values: dict) -> Config:
    """A run from the fields of a study file: patterns of outputs, numbers of weight sets and budgets become values."""
    values = dict(values)
    budget = values.pop("max_macs", None)
    for name, value in values.items():
        values[name] = checked(name, value)
    last = values.get("iterations", Config.iterations)
    outputs = values.get("outputs", "powers")
    if isinstance(outputs, str):
        if outputs not in OUTPUT_PATTERNS:
            raise BadInput(f"outputs: {outputs!r}, expected a list or one of {', '.join(OUTPUT_PATTERNS)}")
        outputs = tuple(n for n in range(1, last + 1) if OUTPUT_PATTERNS[outputs](n, last))
    values["outputs"] = outputs
    sets = values.get("weight_sets", "shared")
    if isinstance(sets, int):
        if not 1 <= sets <= last:
            raise BadInput(f"weight_sets: {sets} sets, expected 1 to {last} (iterations)")
        values["weight_sets"] = tuple(n * sets // last for n in range(last))
    if budget is not None:
        values["width"] = largest_width(values, float(budget))
    return Config(**values)


def checked(name: str, value):
    """The value with the type of its field."""
    kind = _KINDS[name]
    if isinstance(value, list):
        value = tuple(value)
        numbers = all(isinstance(v, (int, float)) and not isinstance(v, bool) for v in value)
        if name not in ("outputs", "weight_sets", "crop_scale") or not numbers or (name == "crop_scale" and len(value) != 2):
            raise BadInput(f"{name}: found the list {list(value)}, expected "
                           + ("two numbers" if name == "crop_scale" else "a single value" if name not in
                              ("outputs", "weight_sets") else "numbers"))
        return tuple(float(v) for v in value) if name == "crop_scale" else value
    if name == "weight_sets" and isinstance(value, int) and not isinstance(value, bool):
        return value
    if name == "outputs" and isinstance(value, str):
        return value
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    wanted = {tuple: "a list", int: "a whole number", float: "a number", str: "a word", bool: "true or false"}[kind]
    if type(value) is not kind:
        raise BadInput(f"{name}: found {value!r}, expected {wanted}")
    return value


def largest_width(values: dict, budget: float) -> int:
    """The paper's rule: the largest width whose last output takes fewer MACs than the budget."""
    best = 0
    for width in range(1, 257):
        d = Config(**{**values, "width": width}).description()
        if cost.up_to(d, d.outputs[-1]).macs >= budget:
            break
        best = width
    if best == 0:
        raise BadInput(f"max_macs: {budget:g} is too few: width 1 takes {cost.up_to(d, d.outputs[-1]).macs:g} MACs")
    return best
