#!/usr/bin/env python3
"""Verilator, Icarus, Yosys and slang on every module of rtl/ with its default parameters, and on emitted cores that
differ in what the emitter writes. Whatever a linter says is a failure. `make lint` is the short form of this.

    lint.py                  everything
    lint.py library tiny     only these
    lint.py --quick library  Verilator and slang alone, for the loop of edit and check

HWGEN_BIN: the generator, default target/release/hwgen. As many tools run at a time as there are processors.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = ROOT / ".venv/bin/python"
SLANG = [PYTHON, ROOT / "scripts/slang_lint.py"]
# How much of what a tool says is shown.
LINES = int(os.environ.get("LINT_LINES", "12"))

CORES = {
    "tiny": "--preset tiny",
    "tiny-stream": "--preset tiny --feedback stream",
    "tiny-axi": "--preset tiny --feedback axi",
    "tiny-axi-128": "--preset tiny --multipliers 400 --feedback axi --axi-width 128",
    "tiny-axi-32": "--preset tiny --multipliers 16 --feedback axi --axi-width 32",
    "tiny-16": "--preset tiny --multipliers 16",
    "paper-w8": "--preset paper --multipliers 342 --weight-bits 8",
    "paper": "--preset paper --multipliers 342",
    "paper-stream": "--preset paper --feedback stream",
    "paper-axi": "--preset paper --feedback axi",
    "paper-shared": "--preset paper --outputs 1,2,4,8,16 --feedback axi --device ecp5-85k --act-logit-bits 9 "
    "--multipliers 172",
    "paper-4": "--preset paper --multipliers 4",
    "paper-16": "--preset paper --multipliers 16",
    "paper-4096": "--preset paper --multipliers 4096",
    "deep": "--width 5 --scales 5 --blocks 2 --mixing bidirectional --iterations 3 --image-size 67x45 "
    "--multipliers 100",
    "deep-stream": "--width 7 --scales 5 --blocks 2 --mixing bidirectional --iterations 3 --image-size 50x37 "
    "--multipliers 64 --feedback stream",
    "one-scale": "--preset tiny --scales 1",
    "two-scales": "--preset tiny --scales 2 --mixing bidirectional",
    "one-class": "--preset tiny --classes 1",
    "odd": "--preset tiny --image-size 97x61 --pixels symmetric",
    "smallest": "--width 1 --scales 1 --iterations 1 --outputs 1 --classes 1 --expansion 1 --image-size 16x16 "
    "--multipliers 4",
    "many-classes": "--preset tiny --width 3 --classes 256 --weight-bits 2 --act-bits 4",
    "sets": "--preset tiny --weight-sets independent --iterations 8 --outputs 2,5 --weight-bits 3 --data-bits 7",
    "spans": "--preset tiny --multipliers 200 --pixels-per-cycle 2 --mixing bidirectional --blocks 2",
    "spans-4": "--preset tiny --multipliers 400 --pixels-per-cycle 4 --image-size 45x30 --feedback stream",
    "beats-2": "--preset tiny --multipliers 24 --pixels-per-beat 2 --image-size 98x61 --video-clock separate",
    "beats-4": "--preset tiny --multipliers 60 --pixels-per-beat 4 --pixels-per-cycle 1 --pixels symmetric",
    "beats-4-spans": "--preset tiny --multipliers 400 --pixels-per-beat 4 --pixels-per-cycle 4 --classes 1",
    "silent": "--preset tiny --iterations 64 --outputs 64",
    "board-ulx3s": "--preset tiny --multipliers 24 --board ulx3s-85f --video-clock separate",
    "board-ecpix": "--preset tiny --multipliers 24 --board ecpix-5-85f --clock 80 --baud 3000000",
    "board-evn": "--preset tiny --multipliers 24 --board ecp5-evn --clock 48",
    "video-clock-stream": "--preset tiny --feedback stream --video-clock separate",
}

# Verilator 5.006 does not elaborate a module that instantiates itself when it is the top: its user is, then.
INSIDE = {"hwg_best2": "hwg_argbest", "hwg_tree": "hwg_dot"}
# Memory files that default parameters name; they do not exist, so the tools get empty ones.
MEMORIES = ["rom.hex", "array.hex", "requant.hex", "mem/affine.hex"] + [
    f"mem/{array}{kind}.hex" for array in ("expand", "depthwise", "project", "classify") for kind in ("", "_requant")
]

Check = Callable[[], str]


def said(command: list[str | Path], folder: Path) -> str:
    """What a command says, with its status where that is not 0; nothing is good."""
    done = subprocess.run(
        command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    text = done.stdout.decode(errors="replace").strip()
    if done.returncode == 0 and not text:
        return ""
    shown = text.splitlines()
    return "\n".join([f"(status {done.returncode})", *shown[:LINES]])


def verilator(folder: Path, top: str, files: list[str], *options: str) -> Check:
    return lambda: said(["verilator", "--lint-only", "-Wall", *options, "--top-module", top, "lint.vlt", *files], folder)


def icarus(folder: Path, tops: list[str], files: list[str]) -> Check:
    roots = [part for top in tops for part in ("-s", top)]
    return lambda: said(["iverilog", "-g2012", "-Wall", "-t", "null", *roots, *files], folder)


def yosys(folder: Path, tops: list[str], files: list[str]) -> Check:
    """All tops in one process, which reads the files once; if it says anything, each alone, to say of which."""
    reading = f"read_verilog -lib +/ecp5/cells_bb.v; read_verilog -sv -defer {' '.join(files)}"

    def checked(tops: list[str]) -> str:
        each = [f"design -load read; hierarchy -check -top {top}; proc; check -assert" for top in tops]
        return said(["yosys", "-q", "-p", "; ".join([reading, "design -save read", *each])], folder)

    def check() -> str:
        words = checked(tops)
        if words and len(tops) > 1:
            alone = [(top, checked([top])) for top in tops]
            return "\n".join(f"{top} {told}" for top, told in alone if told) or words
        return words

    return check


def slang(folder: Path, tops: list[str], files: list[str]) -> Check:
    return lambda: said([*SLANG, ",".join(tops), *files], folder)


def for_ecp5(files: list[str]) -> list[str]:
    """The technology layer of a family takes the place of the generic one."""
    return [file.replace("tech/generic/", "tech/ecp5/") for file in files]


def library(work: Path, quick: bool) -> Iterator[tuple[str, Check]]:
    """Each module of rtl/ as the top."""
    sources = sorted(ROOT.glob("rtl/**/*.sv"))
    yield "rtl casts", lambda: casts(sources)
    yield "narrowing casts are found", finds_narrowing_casts
    folder = work / "library"
    shutil.copytree(ROOT / "rtl", folder)
    (folder / "mem").mkdir()
    for name in MEMORIES:
        (folder / name).touch()
    is_package = {path: re.search(r"^package ", path.read_text(), re.MULTILINE) for path in sources}
    generic = [path for path in sources if "tech" not in path.parts or "generic" in path.parts]
    # packages before what uses them
    generic.sort(key=lambda path: (not is_package[path], "tech" not in path.parts))
    files = [str(path.relative_to(ROOT / "rtl")) for path in generic]
    tops = sorted({INSIDE.get(path.stem, path.stem) for path in generic if not is_package[path]})
    for top in tops:
        yield f"rtl {top} verilator", verilator(folder, top, files)
        if not quick:
            yield f"rtl {top} verilator, structure", verilator(folder, top, files, "-DSYNTHESIS")
    yield "rtl slang", slang(folder, tops, files)
    if quick:
        return
    yield "rtl icarus", icarus(folder, tops, files)
    yield "rtl yosys", yosys(folder, tops, files)
    yield "rtl yosys, ECP5", yosys(folder, tops, for_ecp5(files))
    # what only a board has, made of a family's own cells
    pll = ["tech/ecp5/hwg_pll.sv"]
    yield "rtl hwg_pll verilator", verilator(folder, "hwg_pll", pll)
    yield "rtl hwg_pll icarus", icarus(folder, ["hwg_pll"], pll)
    yield "rtl hwg_pll yosys", yosys(folder, ["hwg_pll"], pll)
    yield "rtl hwg_pll slang", slang(folder, ["hwg_pll"], pll)


def casts(sources: list[Path]) -> str:
    """Yosys takes an operator before a cast into its width: -(W+1)'(x) is (-(W+1))'(x) to it, without the sign."""
    found = []
    for path in sources:
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if re.search(r"[-~!]\([^()]*\)'\(", line):
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()}")
    return "\n".join(found)


def finds_narrowing_casts() -> str:
    """The rule that slang_lint.py adds to slang's own finds what it is for, and no more."""
    command = [*SLANG, "narrowing_cast", "tests/lint/narrowing_cast.sv"]
    text = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False).stdout
    found = re.findall(r"sv:(\d+):", text)
    return "" if found == ["13", "14"] else f"wanted lines 13 and 14, found: {text}"


def core(work: Path, hwgen: Path, name: str) -> Iterator[tuple[str, Check]]:
    """One emitted core: its top, and each top around it."""
    folder = work / name
    words = said([hwgen, "--quiet", "emit", *CORES[name].split(), "-o", folder], ROOT)
    yield f"{name} emit", lambda: "" if (folder / "manifest.json").is_file() else words or "no core"
    if not (folder / "manifest.json").is_file():
        return
    manifest = json.loads((folder / "manifest.json").read_text())
    tops = [(manifest["top"], manifest["sources"])]
    for key in ("board", "video"):
        if key in manifest:
            tops.append((manifest[key]["top"], manifest[key]["sources"] + manifest["sources"]))
    for top, files in tops:
        yield f"{name} {top} verilator", verilator(folder, top, files)
        yield f"{name} {top} verilator, structure", verilator(folder, top, files, "-DSYNTHESIS")
        yield f"{name} {top} icarus", icarus(folder, [top], files)
        yield f"{name} {top} yosys", yosys(folder, [top], files)
        yield f"{name} {top} yosys, ECP5", yosys(folder, [top], for_ecp5(files))
        yield f"{name} {top} slang", slang(folder, [top], files)
    if name == "tiny":
        yield "tiny fusesoc", lambda: fuses(work, folder)


def fuses(work: Path, folder: Path) -> str:
    """The core file: FuseSoC lints by it, and prepares a run of Yosys, nextpnr and ecppack, every file in its place."""
    name = re.search(r"^name: (.*)$", (folder / "itnet.core").read_text(), re.MULTILINE)[1]
    for target, more in (("lint", []), ("synth", ["--setup"])):
        command = [ROOT / ".venv/bin/fusesoc", "--cores-root", ".", "run", "--work-root", work / "fusesoc" / target]
        done = subprocess.run([*command, f"--target={target}", *more, name], cwd=folder, capture_output=True, check=False)
        if done.returncode != 0:
            return (done.stdout + done.stderr).decode(errors="replace")
    build = work / "fusesoc/synth"
    plan = subprocess.run(["make", "-n", "-C", build], capture_output=True, text=True, check=False).stdout
    if "ecppack" not in plan:
        return f"no ecppack in what make would do:\n{plan}"
    memory = "mem/expand.hex"
    return "" if (build / memory).read_bytes() == (folder / memory).read_bytes() else f"{memory} is another there"


# Deep memories: Yosys works minutes on them.
SLOWEST = "paper-4"


def main() -> int:
    parser = argparse.ArgumentParser(description="Lints rtl/ and emitted cores")
    parser.add_argument("names", nargs="*", metavar="NAME", help="`library` or one of the cores [default: all]")
    parser.add_argument("--quick", action="store_true", help="of the library Verilator and slang alone")
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)), help="tools at a time [%(default)s]")
    arguments = parser.parse_args()
    # the slowest first, so that the others fill the time beside it
    names = arguments.names or [SLOWEST, "library", *sorted(set(CORES) - {SLOWEST})]
    if unknown := [name for name in names if name != "library" and name not in CORES]:
        parser.error(f"core `{unknown[0]}` is unknown, wanted one of library, {', '.join(sorted(CORES))}")
    hwgen = Path(os.environ.get("HWGEN_BIN") or ROOT / "target/release/hwgen").resolve()
    failures = checks = 0
    with tempfile.TemporaryDirectory(prefix="hwgen-lint-") as scratch, ThreadPoolExecutor(arguments.jobs) as pool:
        work = Path(scratch)
        running: list[tuple[str, Future[str]]] = []

        def report(most: int) -> None:
            """Says what is done, and waits until no more than so many are not: a slow one keeps nobody waiting."""
            nonlocal failures, checks, running
            while True:
                done = [(name, future) for name, future in running if future.done()]
                running = [(name, future) for name, future in running if not future.done()]
                for name, future in done:
                    text = future.result()
                    checks += 1
                    failures += bool(text)
                    print(f"FAIL  {name}\n{text}" if text else f"ok    {name}", flush=True)
                if len(running) <= most:
                    return
                wait([future for _, future in running], return_when=FIRST_COMPLETED)

        for name in names:
            for what, check in library(work, arguments.quick) if name == "library" else core(work, hwgen, name):
                running.append((what, pool.submit(check)))
            # a core's folder stays until the end; a few cores' worth of checks may wait
            report(4 * arguments.jobs)
        report(0)
    print(f"lint: {checks} checks, {failures} failures")
    return 1 if failures else 0


sys.exit(main())
