"""One run: train, or quantise a trained network, and write down the mIoU of every output.

Owns: the folder of a run (checkpoint.pt, log.csv, result.json). A run that was stopped goes on from its checkpoint.
"""

from __future__ import annotations

import json
import time
from pathlib import Path

import torch

from .. import data, engine, losses
from ..cli import checkpoint_model, post_training
from ..errors import BadInput
from ..evaluation import evaluate
from ..model import ItNet
from ..weights_file import write_atomically
from .config import Config

CHECKPOINT, RESULT = "checkpoint.pt", "result.json"


def perform(config: Config, runs: Path, folders: dict[str, Path], threads: int = 1) -> None:
    """Do a run into `runs`/NAME; `folders` says where the data sets are."""
    torch.set_num_threads(threads)
    folder = runs / config.run
    began = time.monotonic()
    size = config.description().image
    training, validation = (data.open_dataset(config.data_set, folders.get(config.data_set), split, size)
                            for split in ("train", "val"))
    if config.fold:
        training, validation = data.with_fold(training, config.fold)
    training = data.spread(training, config.images or len(training))
    if config.method == "float":
        model = trained(ItNet, config, folder, training)
    else:
        source = runs / config.float_run().run / CHECKPOINT
        if not source.is_file():
            raise BadInput(f"{source}: no such checkpoint, expected that of the float run")
        model = post_training(checkpoint_model(source), config.bits(), training)
        if config.method == "finetune":
            start = model
            model = trained(lambda _: start, config, folder, training)
    matrices = evaluate(model, validation)
    write_result(folder, config, matrices, len(training), len(validation), time.monotonic() - began)


def trained(make_network, config: Config, folder: Path, training):
    """The averaged network after the whole run, resumed where one was begun."""
    settings = config.settings() if config.method == "float" else config.tuning()
    torch.manual_seed(settings.seed)
    trainer = engine.Trainer(make_network(config.description()), training, {}, settings, folder)
    if (folder / CHECKPOINT).is_file():
        trainer.resume(folder / CHECKPOINT)
    trainer.run()
    return trainer.averaged


def write_result(folder: Path, config: Config, matrices, train_images: int, val_images: int, seconds: float) -> None:
    outputs = {str(n): {"miou": losses.mean_iou(m), "pixel_accuracy": float(m.diagonal().sum() / m.sum()),
                        "iou": [None if v != v else v for v in losses.class_ious(m).tolist()]}
               for n, m in matrices.items()}
    result = {"schema_version": 1, "run": config.run, "config": config.texts(), "train_images": train_images,
              "val_images": val_images, "seconds": round(seconds, 1), "outputs": outputs}
    write_atomically(folder / RESULT, (json.dumps(result, indent=1) + "\n").encode())
