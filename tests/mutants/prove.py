"""Mutants and the proofs of their modules: `xtask formal` in a folder laid out as the project, with one module changed."""

import functools
import hashlib
import os
import re
import shutil
import signal
import subprocess
from pathlib import Path

import yaml
from generate import Mutant

XTASK = os.environ.get("XTASK_BIN", "target/debug/xtask")
# A proof that a fault makes harder than this has not decided.
SECONDS = 240
# The runner wants a mutant for each proof; this one changes nothing.
NONE = {"from": "`default_nettype none", "to": "`default_nettype none "}


@functools.cache
def listed(root: Path) -> dict:
    """proofs.yaml, which takes a second to read."""
    return yaml.safe_load((root / "tests/formal/proofs.yaml").read_text())


def proofs_of(module: str, root: Path) -> list[dict]:
    """Proofs that read a module, those about it first, each with the parameter sets that are quick."""
    mine = [proof for proof in listed(root)["proofs"] if module in proof["modules"] and proof.get("runs")]
    return sorted(mine, key=lambda proof: (proof["modules"][0] != module, len(proof["modules"])))


def check(module: str, root: Path) -> str:
    """The name of this check; another one when a proof changes."""
    told = []
    for proof in proofs_of(module, root):
        told.append({key: value for key, value in proof.items() if key not in ("mutants", "slow_runs")})
        told.append((root / f"tests/formal/{proof.get('harness', proof['name'])}.sv").read_text())
    return f"proofs {hashlib.sha256(repr(told).encode()).hexdigest()[:8]}"


def told(command: list[str], folder: Path, environment: dict[str, str]) -> str:
    """What a proof says in the time that it has; the solvers end with it."""
    ways = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "text": True, "start_new_session": True}
    with subprocess.Popen(command, cwd=folder, env=environment, **ways) as runs:
        try:
            return runs.communicate(timeout=SECONDS)[0]
        except subprocess.TimeoutExpired:
            return ""
        finally:
            try:
                os.killpg(runs.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass


def prove(mutant: Mutant, root: Path, folder: Path) -> tuple[bool, str]:
    """Whether a proof finds a counterexample; which."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "tests/formal").mkdir(parents=True)
    shutil.copytree(root / "rtl", folder / "rtl")
    path = next(folder.glob(f"rtl/*/{mutant.module}.sv"))
    path.write_bytes(mutant.alone(path.read_bytes()))
    for entry in (root / "tests/formal").iterdir():
        if entry.name != "proofs.yaml":
            (folder / "tests/formal" / entry.name).symlink_to(entry.resolve())
    (folder / "tests/netlist").symlink_to((root / "tests/netlist").resolve())
    (folder / ".venv").symlink_to((root / ".venv").resolve())
    for proof in proofs_of(mutant.module, root):
        one = {key: value for key, value in proof.items() if key != "slow_runs"} | {"mutants": [NONE]}
        text = yaml.safe_dump({"versions": listed(root)["versions"], "proofs": [one]}, sort_keys=False)
        (folder / "tests/formal/proofs.yaml").write_text(text)
        environment = {key: value for key, value in os.environ.items() if key != "CARGO_MANIFEST_DIR"}
        command = [str((root / XTASK).resolve()), "formal", proof["name"]]
        found = re.search(r"(?:: |killed by )(\S.*?) (?:fails )?at step (\d+)", told(command, folder, environment))
        if found:
            return True, f"proof {proof['name']}: {found[1]}"
    return False, ""
