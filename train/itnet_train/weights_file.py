"""safetensors files of docs/weights.md: the float weights, with the network description in the metadata."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save

from .description import Description
from .errors import BadInput
from .model import ItNet, load_weights, named_weights


MODEL_KEY = "hwgen_model"  # metadata of a quantised model


def write_atomically(path: Path, content: bytes) -> None:
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(path.name + ".tmp")
    temporary.write_bytes(content)
    os.replace(temporary, path)


def save_weights(model: ItNet, path: Path, extra: dict[str, str] | None = None) -> None:
    """Write the tensors and the description; `extra` adds metadata entries."""
    metadata = {"description": model.description.to_json(), **(extra or {})}
    write_atomically(path, save(named_weights(model), metadata=metadata))


def read_tensors(path: Path) -> tuple[dict[str, torch.Tensor], dict[str, str]]:
    with opened(path) as file:
        return {name: file.get_tensor(name) for name in file.keys()}, file.metadata() or {}


def opened(path: Path, framework: str = "pt"):
    """The file, or an error that says what it is instead."""
    if not Path(path).is_file():
        raise BadInput(f"{path}: no such file")
    try:
        return safe_open(path, framework=framework)
    except SafetensorError as error:
        if zipfile.is_zipfile(path):
            raise BadInput(f"{path}: a PyTorch or NumPy archive, expected a safetensors file; `python -m itnet_train export "
                           "--checkpoint` writes one from a run's checkpoint") from None
        raise BadInput(f"{path}: not a readable safetensors file: {error}") from None


def is_quantised(path: Path) -> bool:
    with opened(path) as file:
        return MODEL_KEY in (file.metadata() or {})


def stored_description(path: Path) -> Description | None:
    """What a weights file says of its network."""
    with opened(path) as file:
        text = (file.metadata() or {}).get("description")
    return None if text is None else Description.from_json(text, f"{path}: metadata")


def load_model(path: Path, description: Description | None = None) -> ItNet:
    """The network of a weights file; a given description must agree with the file's."""
    tensors, metadata = read_tensors(path)
    if MODEL_KEY in metadata:
        raise BadInput(f"{path}: a quantised model, expected float weights (of `export` from a float run)")
    if "description" in metadata:
        own = Description.from_json(metadata["description"], f"{path}: metadata")
        if description is not None and own != description:
            raise BadInput(f"{path}: its description {own.to_json()} is not the given {description.to_json()}")
        description = own
    if description is None:
        raise BadInput(f"{path}: no description in its metadata, expected one there or --description")
    model = ItNet(description)
    load_weights(model, tensors, str(path))
    return model.to(memory_format=torch.channels_last).eval()
