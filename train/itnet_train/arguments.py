"""The command line's arguments: commands, flags, and what each text may be."""

from __future__ import annotations

import argparse
from dataclasses import fields
from pathlib import Path

from . import losses
from .description import PRESETS
from .settings import AUGMENT_ON, POINTWISE, PRECISIONS, SCHEDULES, Settings

DEFAULT_PRESET = "camvid-240"
DATA_SETS = ("camvid", "cityscapes", "scenes")
EXAMPLES = """examples:
  python -m itnet_train train --data-set camvid --data CAMVID --preset camvid-240 --output runs/a --epochs 100
  python -m itnet_train train ... --resume              continue runs/a after a kill
  python -m itnet_train export --checkpoint runs/a/checkpoint.pt --output itnet.safetensors
  python -m itnet_train finetune --weights itnet.safetensors --weight-bits 4 --data-set camvid --data CAMVID --output runs/q
  python -m itnet_train evaluate --weights itnet.safetensors --data-set camvid --data CAMVID
  python -m itnet_train export --checkpoint runs/q/checkpoint.pt --output itnet.model.safetensors   for hwgen emit --model
  python -m itnet_train average a.safetensors:0.7 b.safetensors:0.3 --output itnet.safetensors
  hwgen quantize --weights itnet.safetensors --calib IMAGES -o itnet.model
  torchrun --nproc-per-node 4 -m itnet_train train ...  several GPUs or processes (DistributedDataParallel)
"""


def parse_arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m itnet_train", description="Train ItNet for hwgen.", epilog=EXAMPLES,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)

    train = commands.add_parser("train", help="train a network from random weights, or from those of an earlier run")
    train.add_argument("--weights", type=Path, help="weights to start from (safetensors); the network is the file's, at another --image if given")
    add_data(train)
    add_network(train)
    add_run(train, Settings())

    finetune = commands.add_parser("finetune", help="continue with fake quantisation (docs/arithmetic.md)")
    finetune.add_argument("--weights", type=Path, required=True, help="float weights to start from (safetensors)")
    finetune.add_argument("--no-match", action="store_true",
                          help="start without bringing the statistics of each iteration back to those of the float network")
    add_data(finetune)
    add_bits(finetune)
    add_run(finetune, Settings(epochs=10, lr=2e-4, warmup=0.5, decay=0.8, weight_decay=0.0))

    quantise = commands.add_parser("quantize", help="a quantised model without fine-tuning, with the float network's statistics")
    quantise.add_argument("--weights", type=Path, required=True, help="float weights (safetensors)")
    quantise.add_argument("--output", type=Path, required=True, help="safetensors file for hwgen emit --model")
    quantise.add_argument("--no-match", action="store_true", help="scales only, as hwgen quantize chooses them")
    quantise.add_argument("--threads", type=parse_count, default=None)
    add_data(quantise)
    add_bits(quantise)

    evaluate = commands.add_parser("evaluate", help="mIoU of each output")
    evaluate.add_argument("--weights", type=Path, help="weights file (safetensors)")
    evaluate.add_argument("--checkpoint", type=Path, help="checkpoint of a run, in place of --weights")
    evaluate.add_argument("--model", type=Path, help="quantised model (of finetune or hwgen quantize), in place of --weights")
    add_data(evaluate)
    evaluate.add_argument("--split", default="val", choices=("train", "val", "fold"),
                          help="fold: the images of --fold; train: the others")
    evaluate.add_argument("--limit", type=parse_count, help="only the first LIMIT images")
    evaluate.add_argument("--json", action="store_true", help="one JSON document on stdout")
    evaluate.add_argument("--threads", type=parse_count, default=None)

    export = commands.add_parser("export", help="write what hwgen reads: the weights of a float run, the quantised model of a finetune run")
    export.add_argument("--checkpoint", type=Path, required=True)
    export.add_argument("--output", type=Path, required=True, help="safetensors file: docs/weights.md, or the quantised model")

    average = commands.add_parser("average", help="mean of the weights of several runs that began with the same weights")
    average.add_argument("weights", nargs="+", type=parse_share, metavar="FILE[:SHARE]",
                         help="weights file (safetensors) and its share, default 1; shares are scaled to a sum of 1")
    average.add_argument("--output", type=Path, required=True, help="weights file to write")

    draw = commands.add_parser("scenes", help="draw procedural street scenes and their labels")
    draw.add_argument("--output", type=Path, required=True, help="folder")
    draw.add_argument("--count", type=parse_count, default=8)
    draw.add_argument("--seed", type=int, default=7)
    draw.add_argument("--size", type=parse_size, default=(96, 64), metavar="WxH")
    draw.add_argument("--labels", action="store_true", help="also NAME_label.png (class indices)")
    return parser.parse_args(arguments)


def add_data(parser) -> None:
    parser.add_argument("--data-set", choices=DATA_SETS, required=True)
    parser.add_argument("--data", type=Path, help="folder of the data set (not for scenes)")
    parser.add_argument("--fold", default="", metavar="BEGIN,…",
                        help="hold back the training images whose names begin so: a sequence or a part of one, say 0006R0")


def add_network(parser) -> None:
    parser.add_argument("--preset", choices=sorted(PRESETS), help=f"default {DEFAULT_PRESET}")
    parser.add_argument("--description", type=Path, help="JSON file, in place of --preset (docs/weights.md)")
    for name in ("width", "scales", "iterations", "blocks", "expansion", "classes"):
        parser.add_argument(f"--{name}", type=int)
    parser.add_argument("--image", type=parse_size, metavar="WxH")
    parser.add_argument("--outputs", type=parse_list, metavar="N,N,…")
    parser.add_argument("--weight-sets", type=parse_sets, metavar="shared|independent|SET,SET,…")
    parser.add_argument("--mixing", choices=("coarse_to_fine", "bidirectional"))
    parser.add_argument("--pixels", choices=("unit", "symmetric"))


def add_bits(parser) -> None:
    parser.add_argument("--weight-bits", type=int, default=4, help="2…8, all layers but the first")
    for kind in ("data", "expand", "depthwise", "project", "head"):
        parser.add_argument(f"--{kind}-bits", type=int, help="2…8, in place of --weight-bits")
    parser.add_argument("--stem-bits", type=int, default=8, help="2…8, the first convolution")
    parser.add_argument("--act-bits", type=int, default=8, help="4…8")
    parser.add_argument("--logit-bits", type=int, default=12, help="8…16")


def add_run(parser, defaults: Settings) -> None:
    parser.add_argument("--output", type=Path, required=True, help="folder for checkpoint.pt and log.csv")
    parser.add_argument("--teacher", type=Path, nargs="+", default=[], metavar="FILE",
                        help="float weights whose probabilities --distill WEIGHT draws towards; of several, their mean; a teacher "
                             "whose image size is a multiple of the network's sees the samples at its own")
    parser.add_argument("--evaluate-on", choices=("fold", "val", "none"), help="default: the fold, if there is one, else val")
    parser.add_argument("--resume", action="store_true", help="continue from the folder's checkpoint")
    parser.add_argument("--threads", type=parse_count, default=None, help="CPU threads of each process")
    for field in fields(Settings):
        if field.name in ("augment", "fold"):
            continue
        default = getattr(defaults, field.name)
        how = SETTINGS.get(field.name) or {"type": type(default), "help": f"default {default}"}
        parser.add_argument("--" + field.name.replace("_", "-"), default=default, **how)
    augment = defaults.augment
    parser.add_argument("--no-flip", action="store_true")
    parser.add_argument("--crop-scale", type=parse_range, default=augment.scale, metavar="LOW,HIGH")
    parser.add_argument("--crop-aspect", type=float, default=augment.aspect)
    parser.add_argument("--colour", type=float, default=augment.colour, help="strength of the colour changes")
    parser.add_argument("--rotate", type=float, default=augment.rotate, metavar="DEGREES")
    parser.add_argument("--cutmix", type=float, default=augment.cutmix, metavar="CHANCE",
                        help="of a rectangle of another image in each sample")


def parse_size(text: str) -> tuple[int, int]:
    width, cross, height = text.partition("x")
    if not (cross and width.isdigit() and height.isdigit() and int(width) and int(height)):
        raise argparse.ArgumentTypeError(f"{text!r}, expected WIDTHxHEIGHT, say 240x180")
    return int(width), int(height)


def parse_count(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r}, expected a whole number of at least 1")
    return int(text)


def parse_list(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r}, expected whole numbers with commas between") from None


def parse_range(text: str) -> tuple[float, float]:
    try:
        low, high = (float(part) for part in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r}, expected LOW,HIGH") from None
    return low, high


def parse_share(text: str) -> tuple[Path, float]:
    path, colon, share = text.rpartition(":")
    try:
        return (Path(path), float(share)) if colon else (Path(text), 1.0)
    except ValueError:
        return Path(text), 1.0


def parse_sets(text: str):
    return text if text in ("shared", "independent") else parse_list(text)


def parse_curriculum(text: str) -> tuple[tuple[int, int], ...]:
    try:
        return tuple(sorted((int(a), int(b)) for a, b in (part.split(":") for part in text.split(","))))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r}, expected EPOCH:ITERATIONS with commas between, say 0:4,30:8") from None


# What argparse has to know of a setting whose flag is more than a number.
SETTINGS = {
    "class_weights": {"choices": losses.CLASS_WEIGHTS},
    "output_weights": {"choices": losses.OUTPUT_WEIGHTS},
    "lovasz": {"type": float, "metavar": "WEIGHT",
               "help": "of the Lovász-softmax loss, which follows the IoU, beside the cross-entropy"},
    "distill": {"type": float, "metavar": "WEIGHT",
                "help": "of the divergence from the probabilities of --teacher, output by output"},
    "norm_lr": {"type": float, "metavar": "FACTOR", "help": "of the rate for gains and offsets of batch norms"},
    "curriculum": {"type": parse_curriculum, "metavar": "EPOCH:N,…",
                   "help": "fewer iterations in early epochs, say 0:4,30:8,45:16"},
    "schedule": {"choices": SCHEDULES,
                 "help": "time: rates and iterations follow the clock, through what --epochs describes in --minutes"},
    "minutes": {"type": float, "metavar": "M", "help": "stop after the last checkpoint that fits; --resume goes on"},
    "precision": {"choices": PRECISIONS,
                  "help": "of the network in training; bf16 is autocast, twice as fast where the hardware has it"},
    "pointwise": {"choices": POINTWISE,
                  "help": "how 1×1 convolutions are computed; auto tries both and takes the faster"},
    "compile": {"action": argparse.BooleanOptionalAction,
                "help": "torch.compile the network; needs a C++ compiler or a GPU"},
    "workers": {"type": int, "metavar": "N",
                "help": "processes that draw samples ahead; the samples are the same whatever N"},
    "augment_on": {"choices": AUGMENT_ON, "help": "device: all images in the GPU's memory, varied there"},
}
