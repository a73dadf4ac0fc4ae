"""`python -m itnet_train.study list|run|report`.

stdout is data, stderr is messages; exit status 0 success, 1 a run failed, 2 bad input, 130 interrupted.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
from pathlib import Path

from .. import cost
from ..data import CLASSES
from ..errors import BadInput
from . import results, study_file

EXAMPLES = """examples:
  python -m itnet_train.study list
  python -m itnet_train.study run --data camvid=CAMVID --cores 2                      all studies at the default effort
  python -m itnet_train.study run width bits --effort night --data camvid=CAMVID --cores 16
  python -m itnet_train.study run grid --effort paper --data camvid=CAMVID --executor slurm -- --jobs 40
  python -m itnet_train.study report --output docs/studies
"""


def parse_arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m itnet_train.study", description="The paper's experiments.",
                                     epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    given = list(sys.argv[1:] if arguments is None else arguments)
    own = given[: given.index("--")] if "--" in given else given
    listing = commands.add_parser("list", help="the studies, their runs, how many are finished")
    add_common(listing)
    listing.add_argument("--json", action="store_true", help="one JSON document on stdout")

    run = commands.add_parser("run", help="make the runs that are missing; stop and start it as you like",
                              epilog="Arguments after -- go to Snakemake.")
    add_common(run)
    run.add_argument("--data", action="append", default=[], metavar="SET=FOLDER", help="where a data set is, say camvid=DIR")
    run.add_argument("--runs", type=Path, default=Path("runs/studies"), help="folder of checkpoints and logs")
    run.add_argument("--cores", type=int, help="processor cores to use (default 1 without --executor)")
    run.add_argument("--threads", type=int, default=1, help="cores of one run")
    run.add_argument("--executor", help="Snakemake's: slurm, kubernetes, …")
    run.add_argument("--yes", action="store_true", help="also more than 10⁶ runs")
    run.add_argument("--dry-run", action="store_true", help="only say what would be run")

    report = commands.add_parser("report", help="tables and the paper's figures from what has been run")
    add_common(report)
    report.add_argument("--output", type=Path, default=Path("studies"), help="folder for results.md and the figures")

    job = commands.add_parser("job", help="one run of a plan; Snakemake calls this")
    job.add_argument("plan", type=Path)
    job.add_argument("run")
    job.add_argument("--threads", type=int, default=1)
    parsed = parser.parse_args(own)
    parsed.snakemake = given[len(own) + 1:]
    if parsed.snakemake and parsed.command != "run":
        parser.error(f"-- {' '.join(parsed.snakemake)}: arguments for Snakemake belong to `run`")
    return parsed


def add_common(parser) -> None:
    parser.add_argument("studies", nargs="*", metavar="STUDY", help="all of them unless told")
    parser.add_argument("--folder", type=Path, default=study_file.FOLDER, help="folder of the study files")
    parser.add_argument("--results", type=Path, default=results.TABLE, help="table of all results (CSV)")
    parser.add_argument("--effort", help="how much is trained: a level of efforts.yaml")


def data_folders(arguments) -> dict[str, Path]:
    folders = {}
    for text in arguments.data:
        name, equals, folder = text.partition("=")
        if not equals or name not in CLASSES:
            raise BadInput(f"--data: {text!r}, expected SET=FOLDER with one of {', '.join(CLASSES)}")
        if not Path(folder).is_dir():
            raise BadInput(f"--data: {folder}: no such folder")
        folders[name] = Path(folder)
    return folders


def chosen(efforts, effort: str | None) -> str:
    if effort is not None and effort not in efforts.levels:
        raise BadInput(f"--effort: {effort!r}, expected one of {', '.join(efforts.levels)}")
    return effort or efforts.default


def listed(arguments) -> int:
    efforts, studies = study_file.read_all(arguments.folder, arguments.studies)
    level = chosen(efforts, arguments.effort)
    done = results.read(arguments.results)
    rows = []
    for study in studies:
        configs = {point.config.run: point.config for point in study.points.get(level, ())}
        work = sum(cost.up_to(c.description(), c.iterations).macs * c.epochs for c in configs.values() if c.method == "float")
        rows.append({"study": study.name, "title": study.title, "paper": study.paper, "effort": level, "runs": len(configs),
                     "finished": sum(run in done for run in configs), "mac_epochs": work})
    if arguments.json:
        print(json.dumps({"schema_version": 1, "studies": rows}, ensure_ascii=False))
        return 0
    print(f"{'study':14} {'runs':>5} {'finished':>8} {'10⁹ MACs × epochs':>18}  what (effort {level})")
    for row in rows:
        print(f"{row['study']:14} {row['runs']:5} {row['finished']:8} {row['mac_epochs'] / 1e9:18.1f}  "
              f"{row['title']} ({row['paper']})")
    return 0


def run(arguments) -> int:
    from . import workflow
    efforts, studies = study_file.read_all(arguments.folder, arguments.studies, arguments.yes)
    level = chosen(efforts, arguments.effort)
    folders = data_folders(arguments)
    if (arguments.cores is not None and arguments.cores < 1) or arguments.threads < 1:
        raise BadInput(f"--cores {arguments.cores}, --threads {arguments.threads}: expected at least 1")
    configs = {p.config.run: p.config for study in studies for p in study.points.get(level, ())}
    for config in configs.values():
        if config.data_set != "scenes" and config.data_set not in folders:
            raise BadInput(f"--data {config.data_set}=FOLDER: missing, expected for study "
                           f"{next(s.name for s in studies if config in [p.config for p in s.points.get(level, ())])} at "
                           f"effort {level}")
    done = results.read(arguments.results)
    plan = workflow.order(list(configs.values()), done, arguments.runs)
    say(f"{len(configs)} runs at effort {level}, {len(configs) - sum(r in done for r in configs)} of them to be made"
        + (f", {len(plan)} with those that they need" if plan else ""))
    if arguments.dry_run or not plan:
        for name in plan if arguments.dry_run else ():
            print(name)
        return 0
    cores = arguments.cores or (None if arguments.executor else 1)
    try:
        status = workflow.execute(plan, arguments.runs, folders, cores, arguments.executor, arguments.snakemake,
                                  arguments.threads)
    finally:
        total = results.gather(arguments.results, arguments.runs, list(plan))
        say(f"{arguments.results}: {total} runs")
    if status:
        failed = [name for name in plan if not (arguments.runs / name / "result.json").is_file()]
        say(f"error: {len(failed)} of {len(plan)} runs did not finish; the last lines of {arguments.runs}/NAME/job.log say why: "
            + ", ".join(failed[:5]) + (" …" if len(failed) > 5 else ""))
    return 1 if status else 0


def job(arguments) -> int:
    from . import job as one
    from . import workflow
    config, folders, _ = workflow.read_plan(arguments.plan, arguments.run)
    say(f"run {config.run}: " + ", ".join(f"{name} {text}" for name, text in config.texts().items()))
    one.perform(config, Path.cwd(), folders, arguments.threads)
    return 0


def report(arguments) -> int:
    from . import page
    efforts, studies = study_file.read_all(arguments.folder, arguments.studies)
    if arguments.effort is not None:
        chosen(efforts, arguments.effort)
    page.write(arguments.output, efforts, studies, results.read(arguments.results), arguments.effort, arguments.folder)
    return 0


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main(arguments: list[str] | None = None) -> int:
    parsed = parse_arguments(arguments)
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # a batch system's end of time is an interruption too
    try:
        return {"list": listed, "run": run, "report": report, "job": job}[parsed.command](parsed)
    except BadInput as error:
        say(f"error: {error}")
        return 2
    except KeyboardInterrupt:
        say("interrupted; the same command goes on")
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
