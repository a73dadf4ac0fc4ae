#!/usr/bin/env python3
"""Mutants of the library, and what kills them: simulated cores first, then proofs. `make mutants` runs it.

What was found is kept in results.json, by the hash of the module: a run does only what is missing there, and may be
interrupted at any time. docs/mutants.md is written from it. Exit status 1 if too many survive, or if one that
equivalent.yaml calls equivalent is killed.
"""

import argparse
import fcntl
import hashlib
import json
import os
import queue
import sys
import threading
from collections import Counter
from pathlib import Path

import page
import prove
import simulate
import yaml
from generate import Mutant, module_mutants

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
LOCK = ROOT / "out/mutants/lock"
RESULTS, EQUIVALENT = HERE / "results.json", HERE / "equivalent.yaml"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("modules", nargs="*", help="names, as hwg_fifo [default: all]")
    parser.add_argument("--per-module", type=int, default=6, help="mutants of a module; twice as many of a large one")
    parser.add_argument("--jobs", type=int, default=2, help="at the same time")
    parser.add_argument("--cores", nargs="*", help="of cores.yaml [default: all]")
    parser.add_argument("--no-proofs", action="store_true", help="simulate only")
    only = parser.add_mutually_exclusive_group()
    only.add_argument("--page", action="store_true", help="write docs/mutants.md from what is known, run nothing")
    only.add_argument("--check", action="store_true", help="run nothing; is docs/mutants.md what is known?")
    return parser.parse_args()


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


def selection(names: list[str], per_module: int) -> list[Mutant]:
    paths = sorted(ROOT.glob("rtl/*/hwg_*.sv"))
    unknown = set(names) - {path.stem for path in paths}
    if unknown:
        raise SystemExit(f"error: no module {', '.join(sorted(unknown))} in a folder of rtl/")
    found = []
    for path in paths:
        if not names or path.stem in names:
            large = path.read_text().count("\n") > 150
            found += module_mutants(path, per_module * 2 if large else per_module)
    return found


class Results:
    """results.json: of each mutant the hash of its module, the fault and its fate."""

    def __init__(self):
        self.lock = threading.Lock()
        self.hashes = {path.stem: digest(path) for path in ROOT.glob("rtl/*/hwg_*.sv")}
        self.read()

    def read(self) -> None:
        known = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
        self.known: dict[str, dict] = {
            name: result for name, result in known.items() if self.hashes.get(result["module"]) == result["hash"]
        }

    def tried(self, mutant: Mutant, check: str) -> bool:
        """Whether it is killed, or survived this check already."""
        result = self.known.get(mutant.name, {})
        return result.get("fate") == "killed" or check in result.get("tried", [])

    def put(self, mutant: Mutant, check: str, killed: bool, by: str) -> None:
        with self.lock, open(LOCK, "w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # another run may do other modules
            self.read()
            tried = self.known.get(mutant.name, {}).get("tried", [])
            fate = {"fate": "killed", "by": by} if killed else {"fate": "survives", "tried": sorted({*tried, check})}
            self.known[mutant.name] = {
                "module": mutant.module,
                "hash": self.hashes[mutant.module],
                "before": mutant.before,
                "after": mutant.after,
            } | fate
            temporary = RESULTS.with_suffix(".part")
            temporary.write_text(json.dumps(dict(sorted(self.known.items())), indent=1, ensure_ascii=False) + "\n")
            temporary.rename(RESULTS)


def in_parallel(jobs: int, items: list, work) -> None:
    """Calls work(item, worker) for each; an error or Ctrl-C ends all."""
    waiting, failed = queue.SimpleQueue(), []
    for item in items:
        waiting.put(item)

    def worker(index: int) -> None:
        while not failed:
            try:
                item = waiting.get_nowait()
            except queue.Empty:
                return
            try:
                work(item, index)
            except BaseException as error:  # said by the main thread
                failed.append(error)

    threads = [threading.Thread(target=worker, args=(index,), daemon=True) for index in range(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        while thread.is_alive():
            thread.join(0.5)
    if failed:
        raise failed[0]


def simulated(core: simulate.Core, check: str, runs: dict[str, str], left: list[Mutant], results: Results, jobs: int) -> None:
    """Tries what is left in a core."""
    for name, run in runs.items():
        differs, words = simulate.simulate(core, run, 0, 0)
        if differs:
            raise SystemExit(f"error: core `{core.name}` without a mutant fails run `{name}`: {words}")
    mine = [mutant for mutant in left if mutant.name in core.numbers]
    # A run of all of them after the other: most are killed by the first one, and what is killed is known soon.
    for place, (name, run) in enumerate(runs.items(), 1):
        survivors, done = [], [0]

        def one(mutant: Mutant, worker: int) -> None:
            killed, words = simulate.simulate(core, run, core.numbers[mutant.name], worker)
            if not killed:
                survivors.append(mutant)
            if killed or place == len(runs):
                results.put(mutant, check, killed, f"core {core.name}, {name}: {words}")
            done[0] += 1
            fate = "killed" if killed else "survives"
            print(f"[{core.name}, {name} {done[0]}/{len(mine)}] {mutant.name} {fate}", flush=True)

        in_parallel(jobs, mine, one)
        mine = sorted(survivors, key=lambda mutant: mutant.name)


def proved(left: list[Mutant], results: Results, work: Path, jobs: int) -> None:
    left = [m for m in left if prove.proofs_of(m.module, ROOT) and not results.tried(m, prove.check(m.module, ROOT))]
    done = [0]

    def one(mutant: Mutant, worker: int) -> None:
        killed, words = prove.prove(mutant, ROOT, work / f"proof-{os.getpid()}-{worker}")
        results.put(mutant, prove.check(mutant.module, ROOT), killed, words)
        done[0] += 1
        print(f"[proofs {done[0]}/{len(left)}] {mutant.name} {'killed, ' + words if killed else 'survives'}", flush=True)

    in_parallel(jobs, left, one)


def main() -> int:
    options = arguments()
    LOCK.parent.mkdir(parents=True, exist_ok=True)
    results = Results()
    if not (options.page or options.check):
        mutants = selection(options.modules, options.per_module)
        cores = yaml.safe_load((HERE / "cores.yaml").read_text())
        work = ROOT / "out/mutants"

        print(f"{len(mutants)} mutants, {sum(not results.tried(m, '') for m in mutants)} of them not known to be killed", flush=True)
        for name, wanted in cores["cores"].items():
            # a core or a run that changes makes another check
            check = f"{name} {hashlib.sha256(repr((wanted, cores['runs'])).encode()).hexdigest()[:8]}"
            left = [m for m in mutants if not results.tried(m, check)]
            if not left or (options.cores is not None and name not in options.cores):
                continue
            print(f"{name}: building it with its mutants …", flush=True)
            core = simulate.build(name, wanted, ROOT / "rtl", work, mutants)
            simulated(core, check, cores["runs"], left, results, options.jobs)
        if not options.no_proofs:
            proved(mutants, results, work, options.jobs)
    equivalent = yaml.safe_load(EQUIVALENT.read_text()) or {}
    untried = Counter(m.module for m in selection([], options.per_module) if m.name not in results.known)
    return page.write(results.known, equivalent, untried, ROOT / "docs/mutants.md", options.check)


if __name__ == "__main__":
    os.chdir(ROOT)
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        print("interrupted; what was found is in tests/mutants/results.json", file=sys.stderr)
        os._exit(130)
