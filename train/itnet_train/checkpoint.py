"""Checkpoints: writing them, reading them back, and whether one belongs to a run."""

from __future__ import annotations

import json
import os
from pathlib import Path

import torch

from .errors import BadInput

CHECKPOINT_VERSION = 1


def write_checkpoint(path: Path, content: dict) -> None:
    """Under a temporary name, then renamed: a kill leaves the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".tmp")
    torch.save({"version": CHECKPOINT_VERSION, **content}, temporary)
    os.replace(temporary, path)


def read_checkpoint(path: Path) -> dict:
    if not Path(path).is_file():
        raise BadInput(f"{path}: no such checkpoint")
    try:
        checkpoint = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # torch raises many kinds for a damaged file
        raise BadInput(f"{path}: not a readable checkpoint: {str(error).splitlines()[0]}") from None
    if isinstance(checkpoint, dict):
        checkpoint.setdefault("quantisation", None)
    if not isinstance(checkpoint, dict) or checkpoint.get("version") != CHECKPOINT_VERSION:
        raise BadInput(f"{path}: not a checkpoint of version {CHECKPOINT_VERSION}")
    return checkpoint


def refuse_another_network(path: Path, checkpoint: dict, description: str, quantisation: dict | None) -> None:
    """An error that names all in which the checkpoint's network differs from the run's."""
    was = flattened(checkpoint["description"], checkpoint["quantisation"])
    now = flattened(description, quantisation)
    other = [f"{name} {was.get(name, 'none')}, now {now.get(name, 'none')}" for name in {**was, **now}
             if was.get(name) != now.get(name)]
    if other:
        raise BadInput(f"{path}: of another network: {'; '.join(other)}")


def flattened(description: str, quantisation: dict | None) -> dict:
    """Everything that must agree when a run is resumed, by name."""
    found = json.loads(description)
    if quantisation is not None:
        found |= {f"bits.{name}": value for name, value in quantisation["bits"].items()}
        found["mid_shift"] = quantisation["mid_shift"]
    else:
        found["bits"] = "float"
    return found
