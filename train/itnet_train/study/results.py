"""The table of all results, one line for each output of each run, and its checking.

Owns: `results.csv`, its columns and what must agree in a line. Leaves alone: what is drawn from it.
"""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from pathlib import Path

from .. import cost
from ..errors import BadInput
from ..weights_file import write_atomically
from .config import FIELDS, Config, from_text
from .job import RESULT
from .study_file import COSTS, FOLDER

TABLE = FOLDER / "results" / "results.csv"
MEASURED = ("miou", "pixel_accuracy", "train_images", "val_images", "seconds")
COLUMNS = ("run", "output", *MEASURED, *COSTS, *FIELDS)


@dataclass
class Result:
    """What one run reached."""

    config: Config
    miou: dict[int, float]
    rows: list[dict[str, str]]

    @property
    def train_images(self) -> int:
        return int(self.rows[0]["train_images"])


def read(path: Path) -> dict[str, Result]:
    """All runs of a table, by name. A line that does not agree with itself is an error that names it."""
    if not path.is_file():
        return {}
    results: dict[str, Result] = {}
    known: dict[tuple[str, ...], Config] = {}
    with path.open(newline="") as file:
        reader = csv.DictReader(file)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            found = set(reader.fieldnames or ())
            raise BadInput(f"{path}:1: columns {sorted(found - set(COLUMNS))} are unknown, {sorted(set(COLUMNS) - found)} "
                           f"missing, expected in this order: {','.join(COLUMNS)}")
        for row in reader:
            where = f"{path}:{reader.line_num}"
            if None in row or None in row.values():
                raise BadInput(f"{where}: found another number of values, expected {len(COLUMNS)}")
            texts = tuple(row[name] for name in FIELDS)
            try:
                if texts not in known:
                    known[texts] = Config(**{name: from_text(name, row[name]) for name in FIELDS})
                config = known[texts]
                output, miou = whole(row, "output"), share(row, "miou")
                whole(row, "train_images"), whole(row, "val_images")
            except BadInput as error:
                raise BadInput(f"{where}: {error}") from None
            if row["run"] != config.run:
                raise BadInput(f"{where}: run {row['run']}, expected {config.run}, which its network and training give")
            if output not in config.outputs:
                raise BadInput(f"{where}: output {output}, expected one of {' '.join(map(str, config.outputs))}")
            spent = cost.up_to(config.description(), output)
            for name in COSTS:
                if row[name] != str(getattr(spent, name)):
                    raise BadInput(f"{where}: {name} {row[name]}, expected {getattr(spent, name)}, which its network takes")
            result = results.setdefault(config.run, Result(config, {}, []))
            if output in result.miou:
                raise BadInput(f"{where}: output {output} of run {config.run} a second time, expected once")
            result.miou[output] = miou
            result.rows.append(row)
    for run, result in results.items():
        if set(result.miou) != set(result.config.outputs):
            raise BadInput(f"{path}: run {run} has the outputs {sorted(result.miou)}, expected {list(result.config.outputs)}")
    return results


def whole(row: dict[str, str], name: str) -> int:
    if not row[name].isdigit():
        raise BadInput(f"{name}: {row[name]!r}, expected a whole number")
    return int(row[name])


def share(row: dict[str, str], name: str) -> float:
    try:
        value = float(row[name])
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise BadInput(f"{name}: {row[name]!r}, expected a number from 0 to 1")
    return value


def from_run(folder: Path) -> Result | None:
    """What a run's folder holds, if the run is finished."""
    path = folder / RESULT
    if not path.is_file():
        return None
    try:
        found = json.loads(path.read_text())
        config = Config(**{name: from_text(name, found["config"][name]) for name in FIELDS})
        rows, miou = [], {}
        for n, measured in found["outputs"].items():
            spent = cost.up_to(config.description(), int(n))
            miou[int(n)] = measured["miou"]
            rows.append({
                "run": config.run, "output": n, "miou": f"{measured['miou']:.5f}",
                "pixel_accuracy": f"{measured['pixel_accuracy']:.5f}", "train_images": str(found["train_images"]),
                "val_images": str(found["val_images"]), "seconds": str(found["seconds"]),
                **{name: str(getattr(spent, name)) for name in COSTS}, **config.texts()})
    except (ValueError, KeyError, TypeError) as error:
        raise BadInput(f"{path}: not the result of a run: {error!r}") from None
    if config.run != folder.name:
        raise BadInput(f"{path}: its fields are those of run {config.run}, expected {folder.name}")
    return Result(config, miou, rows)


def gather(path: Path, runs: Path, names) -> int:
    """Take the finished runs among `names` into the table; how many it has then."""
    results = read(path)
    for name in names:
        found = from_run(runs / name)
        if found is not None:
            results[name] = found
    if not results:
        return 0
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for _, result in sorted(results.items()):
        writer.writerows(sorted(result.rows, key=lambda row: int(row["output"])))
    write_atomically(path, text.getvalue().encode())
    return len(results)
