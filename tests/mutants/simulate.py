"""Mutants in simulated cores: one build of a core holds all switched mutants of its modules, a memory file says which counts."""

import os
import re
import shlex
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from generate import Mutant, switched

HWGEN = os.environ.get("HWGEN_BIN", "target/debug/hwgen")
# Read by the core when it starts, as its other memories are.
NUMBER = "mem/hwg_mutant.hex"
# Longer than any run of a core that works, on a busy machine.
SECONDS = 240
# Builds of a core with its mutants, without those that Verilator refuses.
TRIES = 8


@dataclass
class Core:
    name: str
    folder: Path
    modules: set[str]
    numbers: dict[str, int]  # of the mutants that are in it
    cosim: str  # what it is simulated with beside a run's own


def switched_library(library: Path, target: Path, numbered: dict[int, Mutant]) -> None:
    """A copy of the library in which every mutant can be switched on."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(library, target)
    for path in target.rglob("*.sv"):
        text = path.read_bytes()
        mine = [(number, mutant) for number, mutant in numbered.items() if mutant.module == path.stem]
        if mine and path.parent.parent.name != "tech":
            text = switched(text, mine)
        if path.stem == "hwg_pkg":
            text = text.replace(b"endpackage", b"  reg [31:0] mutant [0:0];\nendpackage")
        if path.stem == "hwg_core":
            head, _, tail = text.rpartition(b"endmodule")
            text = head + b'  initial $readmemh("%s", hwg_pkg::mutant);\nendmodule' % NUMBER.encode() + tail
        path.write_bytes(text)


def lines_refused(folder: Path) -> tuple[list[tuple[str, int]], str]:
    """Places of which Verilator says an error; all that it said."""
    sources = sorted(str(path.relative_to(folder)) for path in (folder / "rtl").glob("*.sv"))
    sources += [str(path.relative_to(folder)) for path in (folder / "rtl/tech/generic").glob("*.sv")]
    packages = [s for s in sources if s.endswith("_pkg.sv") or s.endswith("hwg_tech.sv")]
    order = packages + [s for s in sources if s not in packages] + ["itnet_top.sv"]
    verilator = os.environ.get("HWGEN_VERILATOR", "verilator")
    command = [verilator, "--lint-only", "-Wno-lint", "-Wno-style", "-Wno-fatal", "--top-module", "itnet_top", *order]
    said = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    found = re.findall(r"%Error[^:]*: rtl/(?:.*/)?(hwg_\w+)\.sv:(\d+):", said.stderr)
    if said.returncode == 0:
        return [], ""
    return [(module, int(line)) for module, line in found], said.stderr


def build(name: str, wanted: dict[str, str], library: Path, work: Path, mutants: list[Mutant]) -> Core:
    """Emits and compiles a core with all mutants that it can hold; the unchanged core has to pass first."""
    numbered = dict(enumerate(mutants, 1))
    folder = work / "cores" / name
    for _ in range(TRIES):
        switched_library(library, work / f"rtl-{name}", numbered)
        environment = os.environ | {"HWGEN_RTL": str(work / f"rtl-{name}")}
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(copies(folder), ignore_errors=True)
        folder.parent.mkdir(parents=True, exist_ok=True)
        command = [HWGEN, "--quiet", "emit", *shlex.split(wanted["emit"]), "-o", str(folder)]
        subprocess.run(command, env=environment, check=True)
        (folder / NUMBER).write_text("0\n")
        places, words = lines_refused(folder)
        if not words:
            break
        height = {number: mutant.line + mutant.before.count("\n") for number, mutant in numbered.items()}
        bad = {n for n, m in numbered.items() if any(m.module == file and m.line <= line <= height[n] + 1 for file, line in places)}
        if not bad:
            raise SystemExit(f"error: Verilator refuses core `{name}` with its mutants:\n{words[-2000:]}")
        print(f"{name}: Verilator refuses {', '.join(numbered[n].name for n in sorted(bad))}: left out", flush=True)
        numbered = {n: m for n, m in numbered.items() if n not in bad}
    modules = {path.stem for path in (folder / "rtl").rglob("*.sv")}
    return Core(name, folder, modules, {m.name: n for n, m in numbered.items() if m.module in modules}, wanted.get("cosim", ""))


def copies(folder: Path) -> Path:
    """Where the workers' own copies of a core are: numbers of mutants are those of one build."""
    return folder.parent.with_name("copies") / folder.name


def simulate(core: Core, run: str, number: int, worker: int) -> tuple[bool, str]:
    """Whether one run tells the mutant of this number from the core; how."""
    folder = copies(core.folder) / str(worker)
    if not folder.exists():
        shutil.copytree(core.folder, folder)
    (folder / NUMBER).write_text(f"{number:08x}\n")
    command = [HWGEN, "--quiet", "cosim", str(folder), "--build", "quick", *shlex.split(core.cosim), *shlex.split(run)]
    limit = SECONDS if number else None  # the first run compiles
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=limit)
    except subprocess.TimeoutExpired:
        return True, "does not end"
    if done.returncode == 0:
        return False, ""
    said = [line.strip() for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    if done.returncode != 1 and number == 0:
        raise SystemExit("error: " + "\n".join(said))
    return True, plain_words(said, done.returncode)


def plain_words(said: list[str], status: int) -> str:
    """The line that says what differs."""
    chosen = next((line for line in said if "×" in line or "error" in line.lower() or "differ" in line), said[0] if said else "")
    return re.sub(r"\s+", " ", chosen.lstrip("×× ").strip())[:160] or f"exit status {status}"
