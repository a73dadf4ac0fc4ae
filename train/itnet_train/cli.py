"""`python -m itnet_train`: train, finetune, evaluate, export, average, scenes.

stdout is data, stderr is messages; exit status 0 success, 2 bad input.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from . import cost, data, engine, losses, scenes
from .description import PRESETS, Description
from .errors import BadInput
from .model import ItNet, load_weights
from .model_file import load_quantised, save_model
from .quant import Bits, QuantItNet
from .weights_file import load_model, save_weights

CALIBRATION_IMAGES = 16
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
    train.add_argument("--weights", type=Path, help="weights to start from (safetensors); the network is the file's")
    add_data(train)
    add_network(train)
    add_run(train, engine.Settings())

    finetune = commands.add_parser("finetune", help="continue with fake quantisation (docs/arithmetic.md)")
    finetune.add_argument("--weights", type=Path, required=True, help="float weights to start from (safetensors)")
    add_data(finetune)
    add_bits(finetune)
    add_run(finetune, engine.Settings(epochs=10, lr=2e-4, warmup=0.5, decay=0.8, weight_decay=0.0))

    evaluate = commands.add_parser("evaluate", help="mIoU of each output")
    evaluate.add_argument("--weights", type=Path, help="weights file (safetensors)")
    evaluate.add_argument("--checkpoint", type=Path, help="checkpoint of a run, in place of --weights")
    evaluate.add_argument("--model", type=Path, help="quantised model (of finetune or hwgen quantize), in place of --weights")
    add_data(evaluate)
    evaluate.add_argument("--split", default="val", choices=("train", "val"))
    evaluate.add_argument("--limit", type=int, help="only the first LIMIT images")
    evaluate.add_argument("--json", action="store_true", help="one JSON document on stdout")
    evaluate.add_argument("--threads", type=int, default=None)

    export = commands.add_parser("export", help="write what hwgen reads: the weights of a float run, the quantised model of a finetune run")
    export.add_argument("--checkpoint", type=Path, required=True)
    export.add_argument("--output", type=Path, required=True, help="safetensors file: docs/weights.md, or the quantised model")

    average = commands.add_parser("average", help="mean of the weights of several runs that began with the same weights")
    average.add_argument("weights", nargs="+", type=parse_share, metavar="FILE[:SHARE]",
                         help="weights file (safetensors) and its share, default 1; shares are scaled to a sum of 1")
    average.add_argument("--output", type=Path, required=True, help="weights file to write")

    draw = commands.add_parser("scenes", help="draw procedural street scenes and their labels")
    draw.add_argument("--output", type=Path, required=True, help="folder")
    draw.add_argument("--count", type=int, default=8)
    draw.add_argument("--seed", type=int, default=7)
    draw.add_argument("--size", type=parse_size, default=(96, 64), metavar="WxH")
    draw.add_argument("--labels", action="store_true", help="also NAME_label.png (class indices)")
    return parser.parse_args(arguments)


def add_data(parser) -> None:
    parser.add_argument("--data-set", choices=DATA_SETS, required=True)
    parser.add_argument("--data", type=Path, help="folder of the data set (not for scenes)")


def add_network(parser) -> None:
    parser.add_argument("--preset", choices=sorted(PRESETS), default="camvid-240")
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
    parser.add_argument("--stem-bits", type=int, default=8, help="2…8, the first convolution")
    parser.add_argument("--act-bits", type=int, default=8, help="4…8")
    parser.add_argument("--logit-bits", type=int, default=12, help="8…16")


def add_run(parser, defaults: engine.Settings) -> None:
    parser.add_argument("--output", type=Path, required=True, help="folder for checkpoint.pt and log.csv")
    parser.add_argument("--resume", action="store_true", help="continue from the folder's checkpoint")
    parser.add_argument("--threads", type=int, default=None, help="CPU threads of each process")
    for field in fields(engine.Settings):
        default = getattr(defaults, field.name)
        flag = "--" + field.name.replace("_", "-")
        if field.name == "curriculum":
            parser.add_argument(flag, type=parse_curriculum, default=default, metavar="EPOCH:N,…",
                                help="fewer iterations in early epochs, say 0:4,30:8,45:16")
        elif field.name == "output_weights":
            parser.add_argument(flag, choices=losses.OUTPUT_WEIGHTS, default=default)
        elif field.name == "class_weights":
            parser.add_argument(flag, choices=losses.CLASS_WEIGHTS, default=default)
        elif field.name == "lovasz":
            parser.add_argument(flag, type=float, default=default, metavar="WEIGHT",
                                help="of the Lovász-softmax loss, which follows the IoU, beside the cross-entropy")
        elif field.name != "augment":
            parser.add_argument(flag, type=type(default), default=default, help=f"default {default}")
    augment = defaults.augment
    parser.add_argument("--no-flip", action="store_true")
    parser.add_argument("--crop-scale", type=parse_range, default=augment.scale, metavar="LOW,HIGH")
    parser.add_argument("--crop-aspect", type=float, default=augment.aspect)
    parser.add_argument("--colour", type=float, default=augment.colour, help="strength of the colour changes")
    parser.add_argument("--rotate", type=float, default=augment.rotate, metavar="DEGREES")
    parser.add_argument("--cutmix", type=float, default=augment.cutmix, metavar="CHANCE",
                        help="of a rectangle of another image in each sample")


def parse_size(text: str) -> tuple[int, int]:
    width, height = text.split("x")
    return int(width), int(height)


def parse_list(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(","))


def parse_range(text: str) -> tuple[float, float]:
    low, high = (float(part) for part in text.split(","))
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
    return tuple(sorted((int(a), int(b)) for a, b in (part.split(":") for part in text.split(","))))


def network_description(arguments) -> Description:
    if arguments.description is not None:
        try:
            base = Description.from_json(arguments.description.read_text(), str(arguments.description))
        except OSError as error:
            raise BadInput(f"{arguments.description}: {error.strerror}") from None
    else:
        base = PRESETS[arguments.preset]
    names = [f.name for f in fields(Description) if f.name != "description"]
    given = {name: getattr(arguments, name) for name in names if getattr(arguments, name, None) is not None}
    if "iterations" in given and "outputs" not in given:
        kept = tuple(n for n in base.outputs if n < given["iterations"])
        given["outputs"] = (*kept, given["iterations"])
    return replace(base, **given)


def run_settings(arguments) -> engine.Settings:
    values = {f.name: getattr(arguments, f.name) for f in fields(engine.Settings) if f.name != "augment"}
    augment = data.Augment(not arguments.no_flip, arguments.crop_scale, arguments.crop_aspect, arguments.colour,
                           arguments.rotate, arguments.cutmix)
    return engine.Settings(**values, augment=augment)


def start_run(arguments, make_network) -> None:
    with engine.distributed():
        settings = run_settings(arguments)
        torch.manual_seed(settings.seed)
        checkpoint = arguments.output / "checkpoint.pt"
        if checkpoint.exists() and not arguments.resume:
            raise BadInput(f"{checkpoint}: exists; continue with --resume or choose another --output")
        network = make_network()
        size = network.description.image
        dataset = data.open_dataset(arguments.data_set, arguments.data, "train", size)
        validation = data.open_dataset(arguments.data_set, arguments.data, "val", size)
        trainer = engine.Trainer(network, dataset, validation, settings, arguments.output)
        if arguments.resume and checkpoint.exists():
            trainer.resume(checkpoint)
        trainer.run()


def train(arguments) -> None:
    if arguments.weights is not None:
        start_run(arguments, lambda: load_model(arguments.weights).train())
        return
    description = network_description(arguments)
    start_run(arguments, lambda: ItNet(description))


def finetune(arguments) -> None:
    float_net = load_model(arguments.weights)
    bits = Bits.of(arguments.weight_bits, arguments.act_bits, arguments.stem_bits, arguments.logit_bits)

    def calibrated() -> QuantItNet:
        size = float_net.description.image
        dataset = data.open_dataset(arguments.data_set, arguments.data, "train", size)
        return post_training(float_net, bits, dataset)

    start_run(arguments, calibrated)


def post_training(float_net: ItNet, bits: Bits, dataset, images: int = CALIBRATION_IMAGES) -> QuantItNet:
    """The quantised network without fine-tuning: scales from a few images of the data set, evenly spread."""
    quantised = QuantItNet(float_net.description, bits).eval()
    spread = np.linspace(0, len(dataset) - 1, min(images, len(dataset))).astype(int)
    size = float_net.description.image
    batches = (data.to_batch([data.resized(*dataset.load(int(i)), size)])[0] for i in spread)
    quantised.calibrate(float_net, batches)
    return quantised.to(memory_format=torch.channels_last)


def checkpoint_model(path: Path) -> ItNet:
    checkpoint = engine.read_checkpoint(path)
    description = Description.from_json(checkpoint["description"], str(path))
    found = checkpoint["quantisation"]
    model = ItNet(description) if found is None else QuantItNet(description, Bits(**found["bits"]), found["mid_shift"])
    load_weights(model, checkpoint["averaged"], str(path))
    return model.to(memory_format=torch.channels_last).eval()


def evaluate(arguments) -> None:
    sources = {load_model: arguments.weights, checkpoint_model: arguments.checkpoint, load_quantised: arguments.model}
    given = [(load, path) for load, path in sources.items() if path is not None]
    if len(given) != 1:
        raise BadInput("evaluate: give one of --weights, --checkpoint and --model")
    load, path = given[0]
    model = load(path)
    dataset = data.open_dataset(arguments.data_set, arguments.data, arguments.split, model.description.image)
    if len(dataset.classes) != model.description.classes:
        raise BadInput(f"the data set has {len(dataset.classes)} classes, the network {model.description.classes}")
    matrices = engine.evaluate(model, dataset, limit=arguments.limit)
    if arguments.json:
        print(json.dumps({
            "schema_version": 1,
            "images": min(len(dataset), arguments.limit or len(dataset)),
            "miou": {str(n): losses.mean_iou(m) for n, m in matrices.items()},
            "iou": {str(n): dict(zip(dataset.classes, losses.class_ious(m).tolist())) for n, m in matrices.items()},
            "macs": {str(n): cost.up_to(model.description, n).macs for n in matrices},
        }))
        return
    print("output  mIoU    " + " ".join(f"{c[:9]:>9}" for c in dataset.classes))
    for n, matrix in matrices.items():
        print(f"{n:6}  {losses.mean_iou(matrix):.4f}  " + " ".join(f"{v:9.3f}" for v in losses.class_ious(matrix)))


def export(arguments) -> None:
    model = checkpoint_model(arguments.checkpoint)
    if isinstance(model, QuantItNet):
        save_model(model, arguments.output)
    else:
        save_weights(model, arguments.output)


def average(arguments) -> None:
    files = [path for path, _ in arguments.weights]
    models = [load_model(path) for path in files]
    for path, model in zip(files, models):
        if model.description != models[0].description:
            raise BadInput(f"{path}: its description {model.description.to_json()} is not that of {files[0]}, "
                           f"{models[0].description.to_json()}")
    shares = [share for _, share in arguments.weights]
    if not sum(shares):
        raise BadInput(f"average: the shares {', '.join(map(str, shares))} have the sum 0")
    tensors = [model.state_dict() for model in models]
    with torch.no_grad():
        for name, tensor in models[0].state_dict().items():
            mean = sum(share / sum(shares) * state[name].double() for share, state in zip(shares, tensors))
            tensor.copy_(mean)
    save_weights(models[0], arguments.output)


def draw(arguments) -> None:
    arguments.output.mkdir(parents=True, exist_ok=True)
    for index in range(arguments.count):
        image, label = scenes.draw(arguments.size, (arguments.seed, index))
        Image.fromarray(np.ascontiguousarray(image)).save(arguments.output / f"scene_{index:02}.png")
        if arguments.labels:
            Image.fromarray(label).save(arguments.output / f"scene_{index:02}_label.png")


def main(arguments: list[str] | None = None) -> int:
    parsed = parse_arguments(arguments)
    if getattr(parsed, "threads", None):
        torch.set_num_threads(parsed.threads)
    commands = {"train": train, "finetune": finetune, "evaluate": evaluate, "export": export, "average": average,
                "scenes": draw}
    try:
        commands[parsed.command](parsed)
    except BadInput as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted; continue with --resume", file=sys.stderr)
        return 130
    return 0
