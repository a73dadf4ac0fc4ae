"""log.csv of a run: a line for each epoch."""

from __future__ import annotations

import csv
import os
import sys
from pathlib import Path


def columns(outputs: tuple[int, ...]) -> list[str]:
    """`seconds` is all of the epoch, with evaluation; `step_seconds` one step, `wait_seconds` what of it the step waited
    for its samples."""
    return ["epoch", "iterations", "lr", "loss", *(f"train_{n}" for n in outputs), *(f"val_{n}" for n in outputs),
            *(f"fold_{n}" for n in outputs), "seconds", "step_seconds", "wait_seconds"]


def write_row(path: Path, row: dict, outputs: tuple[int, ...]) -> None:
    """Add a line; a resumed run replaces those after its checkpoint. Fields that an epoch does not have stay empty."""
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = []
    if path.exists():
        with path.open(newline="") as file:
            kept = [r for r in csv.DictReader(file) if int(r["epoch"]) < row["epoch"]]
    shown = {k: f"{v:.5g}" if isinstance(v, float) else v for k, v in row.items() if v is not None}
    rows = [*kept, shown]
    used = [name for name in columns(outputs) if not name.startswith("fold_") or any(r.get(name) for r in rows)]
    temporary = path.with_suffix(".tmp")
    with temporary.open("w", newline="") as file:
        writer = csv.DictWriter(file, used, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    os.replace(temporary, path)
    print(" ".join(f"{k}={v}" for k, v in shown.items()), file=sys.stderr, flush=True)
