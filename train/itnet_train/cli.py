"""`python -m itnet_train`: train, finetune, quantize, evaluate, export, average, scenes.

stdout is data, stderr is messages; exit status 0 success, 2 bad input, 130 interrupted.
"""

from __future__ import annotations

import json
import sys
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from . import cost, data, engine, losses, samples, scenes
from .arguments import DEFAULT_PRESET, parse_arguments
from .augment import Augment
from .checkpoint import read_checkpoint
from .description import PRESETS, Description
from .distribution import device, distributed, rank_and_world
from .errors import BadInput
from .evaluation import evaluate as evaluated
from .matching import match_statistics
from .model import ItNet, load_weights
from .model_file import load_quantised, save_model
from .quant import Bits, QuantItNet
from .settings import Settings
from .weights_file import is_quantised, load_model, save_weights, stored_description

CALIBRATION_IMAGES = 16


def given_fields(arguments) -> dict:
    """The fields of the description that flags name."""
    names = [f.name for f in fields(Description) if f.name != "description"]
    return {name: getattr(arguments, name) for name in names if getattr(arguments, name, None) is not None}


def base_description(arguments) -> Description | None:
    """Of --description or --preset, None without both."""
    if arguments.description is not None:
        if arguments.preset is not None:
            raise BadInput("--description and --preset: both given, expected one")
        try:
            return Description.from_json(arguments.description.read_text(), str(arguments.description))
        except OSError as error:
            raise BadInput(f"{arguments.description}: {error.strerror}") from None
    return PRESETS[arguments.preset] if arguments.preset is not None else None


def network_description(arguments) -> Description:
    base, given = base_description(arguments) or PRESETS[DEFAULT_PRESET], given_fields(arguments)
    if "iterations" in given and "outputs" not in given:
        kept = tuple(n for n in base.outputs if n < given["iterations"])
        given["outputs"] = (*kept, given["iterations"])
    return replace(base, **given)


def continued_network(arguments) -> ItNet:
    """The network of --weights; flags may repeat what it is, and give another image size."""
    own = stored_description(arguments.weights)
    if own is None:
        return load_model(arguments.weights, network_description(arguments))
    base = base_description(arguments)
    wanted = ({} if base is None else {f.name: getattr(base, f.name) for f in fields(Description)}) | given_fields(arguments)
    for name, value in wanted.items():
        if name != "image" and value != getattr(own, name):
            raise BadInput(f"--{name.replace('_', '-')}: {value}, but {arguments.weights} has {getattr(own, name)}; with "
                           "--weights only the image size can be another")
    model = load_model(arguments.weights)
    model.description = replace(own, image=wanted.get("image", own.image))
    return model


def run_settings(arguments) -> Settings:
    values = {f.name: getattr(arguments, f.name) for f in fields(Settings) if f.name != "augment"}
    augment = Augment(not arguments.no_flip, arguments.crop_scale, arguments.crop_aspect, arguments.colour,
                           arguments.rotate, arguments.cutmix)
    return Settings(**values, augment=augment)


def training_images(arguments, size: tuple[int, int]):
    """The images to train on, and those that are held back from it (None without --fold)."""
    dataset = data.open_dataset(arguments.data_set, arguments.data, "train", size)
    return data.with_fold(dataset, arguments.fold) if arguments.fold else (dataset, None)


def watched_images(arguments, fold, size: tuple[int, int]) -> dict:
    """What is evaluated now and then, by the name that log.csv uses."""
    where = arguments.evaluate_on or ("val" if fold is None else "fold")
    if where == "fold" and fold is None:
        raise BadInput("--evaluate-on fold: without --fold BEGIN there is none")
    if where == "none":
        return {}
    return {where: fold if where == "fold" else data.open_dataset(arguments.data_set, arguments.data, "val", size)}


def start_run(arguments, make_network) -> None:
    with distributed():
        settings = run_settings(arguments)
        torch.manual_seed(settings.seed)
        checkpoint = arguments.output / "checkpoint.pt"
        if checkpoint.exists() and not arguments.resume:
            raise BadInput(f"{checkpoint}: exists; continue with --resume or choose another --output")
        network = make_network()
        size = network.description.image
        dataset, fold = training_images(arguments, size)
        watched = watched_images(arguments, fold, size)
        if rank_and_world()[0] == 0:
            others = ", ".join(f"{len(images)} {name}" for name, images in watched.items()) or "no"
            say(f"{summary(network)}; {arguments.data_set}: {len(dataset)} training, {others} images; "
                f"{settings.epochs} epochs into {arguments.output}")
        teachers = [load_model(path) for path in arguments.teacher]
        trainer = engine.Trainer(network, dataset, watched, settings, arguments.output, teachers)
        if arguments.resume:
            if checkpoint.exists():
                trainer.resume(checkpoint)
            if trainer.rank == 0:
                say(f"{checkpoint}: goes on after epoch {trainer.epoch} of {settings.epochs}" if checkpoint.exists() else
                    f"{checkpoint}: no such checkpoint, the run starts anew")
        trainer.run()


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def summary(network: ItNet) -> str:
    """A network in one line."""
    d = network.description
    kind = f", {network.bits.data}-bit weights" if isinstance(network, QuantItNet) else ""
    spent = cost.up_to(d, d.outputs[-1])
    return (f"f {d.width}, L {d.scales}, N {d.iterations}, K {d.blocks}, {d.image[0]}x{d.image[1]}{kind}: "
            f"{spent.params} parameters, {spent.macs / 1e6:.1f} M MACs, on {device()} with "
            f"{torch.get_num_threads()} threads")


def train(arguments) -> None:
    if arguments.weights is not None:
        start_run(arguments, lambda: continued_network(arguments).train())
        return
    description = network_description(arguments)
    start_run(arguments, lambda: ItNet(description))


def finetune(arguments) -> None:
    start_run(arguments, lambda: calibrated(arguments))


def quantize(arguments) -> None:
    save_model(calibrated(arguments), arguments.output)


def calibrated(arguments) -> QuantItNet:
    """The network of --weights with scales, and unless told otherwise statistics, from training images."""
    float_net = load_model(arguments.weights)
    kinds = {kind: getattr(arguments, f"{kind}_bits") for kind in ("data", "expand", "depthwise", "project", "head")}
    bits = replace(Bits.of(arguments.weight_bits, arguments.act_bits, arguments.stem_bits, arguments.logit_bits),
                   **{kind: width for kind, width in kinds.items() if width is not None})
    dataset, _ = training_images(arguments, float_net.description.image)
    say(f"choosing scales from {min(CALIBRATION_IMAGES, len(dataset))} training images")
    return post_training(float_net, bits, dataset, match=not arguments.no_match)


def post_training(float_net: ItNet, bits: Bits, dataset, images: int = CALIBRATION_IMAGES, match: bool = False) -> QuantItNet:
    """The quantised network without fine-tuning: scales, with `match` also the statistics of each iteration
    (matching.py), from a few images of the data set, evenly spread."""
    quantised = QuantItNet(float_net.description, bits).eval()
    spread = np.linspace(0, len(dataset) - 1, min(images, len(dataset))).astype(int)
    size = float_net.description.image
    batches = [samples.to_batch([samples.resized(*dataset.load(int(i)), size)])[0] for i in spread]
    quantised.calibrate(float_net, batches)
    if match:
        match_statistics(quantised, float_net, torch.cat(batches))
    return quantised.to(memory_format=torch.channels_last)


def checkpoint_model(path: Path) -> ItNet:
    checkpoint = read_checkpoint(path)
    description = Description.from_json(checkpoint["description"], str(path))
    found = checkpoint["quantisation"]
    model = ItNet(description) if found is None else QuantItNet(description, Bits(**found["bits"]), found["mid_shift"])
    load_weights(model, checkpoint["averaged"], str(path))
    return model.to(memory_format=torch.channels_last).eval()


def evaluated_images(arguments, size: tuple[int, int]):
    """The images of --split."""
    if arguments.split == "val":
        return data.open_dataset(arguments.data_set, arguments.data, "val", size)
    training, fold = training_images(arguments, size)
    if arguments.split == "fold" and fold is None:
        raise BadInput("--split fold: without --fold BEGIN there is none")
    return fold if arguments.split == "fold" else training


def measured(arguments):
    """The network that is asked for, its images and the confusion matrix of each output."""
    sources = {load_model: arguments.weights, checkpoint_model: arguments.checkpoint, load_quantised: arguments.model}
    given = [(load, path) for load, path in sources.items() if path is not None]
    if len(given) != 1:
        raise BadInput("evaluate: give one of --weights, --checkpoint and --model")
    load, path = given[0]
    if load is load_model and is_quantised(path):
        raise BadInput(f"{path}: a quantised model, expected float weights; give it as --model")
    model = load(path)
    dataset = evaluated_images(arguments, model.description.image)
    if len(dataset.classes) != model.description.classes:
        raise BadInput(f"the data set has {len(dataset.classes)} classes, the network {model.description.classes}")
    if not isinstance(model, QuantItNet):  # integers are exact on the CPU, whatever a GPU's sums do
        model = model.to(device())
    say(f"{summary(model)}; {min(len(dataset), arguments.limit or len(dataset))} images")
    return model, dataset, evaluated(model, dataset, limit=arguments.limit)


def scores(arguments) -> dict:
    """The document of `evaluate --json`."""
    model, dataset, matrices = measured(arguments)
    return {
        "schema_version": 1,
        "images": min(len(dataset), arguments.limit or len(dataset)),
        "miou": {str(n): losses.mean_iou(m) for n, m in matrices.items()},
        "iou": {str(n): dict(zip(dataset.classes, losses.class_ious(m).tolist())) for n, m in matrices.items()},
        "macs": {str(n): cost.up_to(model.description, n).macs for n in matrices},
    }


def evaluate(arguments) -> None:
    if arguments.json:
        print(json.dumps(scores(arguments)))
        return
    _, dataset, matrices = measured(arguments)
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
    commands = {"train": train, "finetune": finetune, "quantize": quantize, "evaluate": evaluate, "export": export,
                "average": average, "scenes": draw}
    try:
        commands[parsed.command](parsed)
    except BadInput as error:
        say(f"error: {error}")
        return 2
    except KeyboardInterrupt:
        say("interrupted" + ("; continue with --resume" if parsed.command in ("train", "finetune") else ""))
        return 130
    return 0
