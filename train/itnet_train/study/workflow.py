"""Hands a list of runs to Snakemake, which lives in an environment of its own.

Owns: the plan file, the lock on the runs' folder, Snakemake's command line. Leaves alone: what a run does (job.py).
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from ..errors import BadInput
from ..weights_file import write_atomically
from .config import FIELDS, Config, from_text
from .job import CHECKPOINT, RESULT

SNAKEFILE = Path(__file__).with_name("Snakefile")
PACKAGE = Path(__file__).parents[2]


def snakemake() -> Path:
    """$SNAKEMAKE, the environment that `deps.sh study` makes, or one on the path."""
    for candidate in (os.environ.get("SNAKEMAKE"), PACKAGE / ".venv-study" / "bin" / "snakemake", shutil.which("snakemake")):
        if candidate and Path(candidate).is_file():
            return Path(candidate)
    raise BadInput("snakemake: not found in $SNAKEMAKE, train/.venv-study or on the path; `train/deps.sh study` installs it")


def order(configs: list[Config], done, runs: Path) -> dict[str, list[str]]:
    """Every run that is to be made, with the runs that must come before; float runs whose checkpoint is missing join."""
    wanted: dict[str, tuple[Config, list[str]]] = {}
    for config in configs:
        if config.run in done:
            continue
        before = []
        if config.method != "float":
            source = config.float_run()
            if not ((runs / source.run / CHECKPOINT).is_file() and (runs / source.run / RESULT).is_file()):
                wanted[source.run] = (source, [])
            if source.run in wanted:
                before = [source.run]
        wanted[config.run] = (config, before)
    return {run: {"config": config.texts(), "after": before} for run, (config, before) in wanted.items()}


def execute(plan: dict, runs: Path, folders: dict[str, Path], cores: int | None, executor: str | None, extra: list[str],
            threads: int) -> int:
    """Run the plan; Snakemake's exit status, 130 when interrupted."""
    program = snakemake()
    runs.mkdir(parents=True, exist_ok=True)
    with (runs / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise BadInput(f"{runs}: another `study run` works in this folder; wait for it or give another --runs") from None
        path = runs / "plan.json"
        data = {name: str(folder.resolve()) for name, folder in folders.items()}
        whole = {"schema_version": 1, "python": sys.executable, "threads": threads, "data": data, "runs": plan}
        write_atomically(path, (json.dumps(whole, indent=1) + "\n").encode())
        command = [str(program), "--snakefile", str(SNAKEFILE), "--directory", str(runs), "--config", f"plan={path.resolve()}",
                   "--rerun-incomplete", "--rerun-triggers", "input", "--keep-going", "--nolock", "--quiet", "rules"]
        command += ["--executor", executor] if executor else []
        command += ["--cores", str(cores)] if cores else []
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(PACKAGE), *filter(None, [os.environ.get("PYTHONPATH")])])}
        process = subprocess.Popen([*command, *extra], env=environment, stdout=sys.stderr, start_new_session=True,
                                   pass_fds=(lock.fileno(),))  # the lock lasts as long as Snakemake does
        try:
            return process.wait()
        except KeyboardInterrupt:
            os.killpg(process.pid, signal.SIGTERM)  # Snakemake and every job that it started here
            process.wait()
            raise


def read_plan(path: Path, run: str) -> tuple[Config, dict[str, Path], dict]:
    """One run of a plan file, and the folders of the data sets."""
    try:
        plan = json.loads(path.read_text())
        found = plan["runs"][run]
    except (OSError, ValueError, KeyError) as error:
        raise BadInput(f"{path}: no plan with the run {run}: {error!r}") from None
    config = Config(**{name: from_text(name, found["config"][name]) for name in FIELDS})
    return config, {name: Path(folder) for name, folder in plan["data"].items()}, plan
