"""Commands of hwgen inside this process: keywords to flags, the JSON document back."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from typing import Any, TypedDict

from . import _native

Path = str | os.PathLike[str]


class Network(TypedDict, total=False):
    """A network, as a preset, a file and fields that win over both (docs/configuration.md)."""

    preset: str
    config: Path
    width: int
    scales: int
    iterations: int
    blocks: int
    expansion: int
    classes: int
    image_size: tuple[int, int]
    outputs: Iterable[int] | str
    weight_sets: Iterable[int] | str
    mixing: str
    pixels: str
    normalisation: str


class Bits(TypedDict, total=False):
    """Bits of weights and activations (docs/configuration.md)."""

    weight_bits: int
    act_bits: int
    stem_bits: int
    data_bits: int
    expand_bits: int
    depthwise_bits: int
    project_bits: int
    head_bits: int
    act_data_bits: int
    act_state_bits: int
    act_expand_bits: int
    act_depthwise_bits: int
    act_logit_bits: int


class Description(Network, Bits, total=False):
    """A network and its bits."""


def flags(keywords: dict[str, Any]) -> list[str]:
    """``image_size=(96, 64)`` as ``--image-size=96x64``; ``None`` and ``False`` are left away, ``True`` stands alone."""
    given = []
    for keyword, value in keywords.items():
        flag = "--" + keyword.replace("_", "-")
        if value is None or value is False:
            continue
        if value is True:
            given.append(flag)
        elif keyword == "image_size" and not isinstance(value, str):
            width, height = value
            given.append(f"{flag}={width}x{height}")
        elif isinstance(value, Iterable) and not isinstance(value, (str, bytes)):
            given.append(f"{flag}={','.join(str(item) for item in value)}")
        else:
            given.append(f"{flag}={os.fspath(value) if isinstance(value, os.PathLike) else value}")
    return given


def execute(command: str, arguments: Iterable[str] = (), messages: bool = False, **keywords: Any) -> dict[str, Any]:
    """Runs a command; the document that ``--json`` prints."""
    return json.loads(_native.execute([command, *arguments, *flags(keywords)], messages))
