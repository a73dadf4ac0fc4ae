"""Other networks that the paper compares with: published figures, kept as data (studies/references.yaml)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .config import image_size
from .study_file import Lines

KNOWN = {"name", "data_set", "miou", "miou_input", "macs", "macs_input", "graph_bytes", "depth", "unchecked",
         "published"}


@dataclass(frozen=True)
class Reference:
    """A point beside our curves; a cost that nobody published is missing."""

    name: str
    miou: float
    costs: dict[str, float]
    unchecked: tuple[str, ...]


def references(folder: Path, data_set: str) -> list[Reference]:
    """The networks of one data set. MACs are brought to the input of the mIoU by the number of pixels, as the paper does."""
    lines = Lines(folder / "references.yaml")
    lines.fields((), {"networks"}, "references")
    networks = lines.value.get("networks")
    if not isinstance(networks, list):
        raise lines.error(("networks",), f"networks: found {networks!r}, expected a list")
    found = []
    for i in range(len(networks)):
        entry = lines.fields(("networks", i), KNOWN, "network")
        for name in ("name", "data_set", "miou", "miou_input", "published"):
            if name not in entry:
                raise lines.error(("networks", i), f"network: no field {name!r}, expected {', '.join(sorted(KNOWN))}")
        if not isinstance(entry["miou"], float) or not 0 < entry["miou"] < 1:
            raise lines.error(("networks", i, "miou"), f"miou: {entry['miou']!r}, expected a number between 0 and 1")
        if entry["data_set"] != data_set:
            continue
        costs = {name: float(entry[name]) for name in ("graph_bytes", "depth") if entry.get(name) is not None}
        if entry.get("macs") is not None:
            costs["macs"] = float(entry["macs"]) * pixels(entry["miou_input"]) / pixels(entry["macs_input"])
        unchecked = entry.get("unchecked") or []
        if not isinstance(unchecked, list) or not set(unchecked) <= set(entry):
            raise lines.error(("networks", i, "unchecked"), f"unchecked: {unchecked!r}, expected a list of this network's fields")
        found.append(Reference(entry["name"], entry["miou"], costs, tuple(unchecked)))
    return found


def pixels(size: str) -> int:
    width, height = image_size(size)
    return width * height
