"""`python -m itnet_train.recipe RECIPE.yaml`: a network from nothing to float weights, quantised model and their scores.

Owns: the order of stages, what is finished, the names of files. Leaves alone: what a stage does (cli.py). The same command
goes on where it was stopped: a stage resumes from its checkpoint, and what is finished is not made again.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from pathlib import Path

from . import cli, data
from .arguments import parse_arguments, parse_count
from .checkpoint import read_checkpoint
from .description import PRESETS
from .distribution import device
from .errors import BadInput
from .model import ItNet
from .product import seconds_of_step
from .quant import Bits, QuantItNet
from .settings import Settings
from .study.study_file import Lines
from .weights_file import write_atomically

COMMANDS = ("train", "finetune")
STAGE = {"name", "command", "flags"}
TOP = {"title", "data_set", "preset", "stages"}


class Recipe:
    """A recipe file, checked: every stage is a command line that the parser takes."""

    def __init__(self, path: Path, changes: list[str]) -> None:
        lines = Lines(path)
        top = lines.fields((), TOP, "recipe")
        for name in ("title", "data_set", "preset"):
            if not isinstance(top.get(name), str):
                raise lines.error((name,), f"{name}: found {top.get(name)!r}, expected a text")
        if top["preset"] not in PRESETS:
            raise lines.error(("preset",), f"preset: {top['preset']!r}, expected one of {', '.join(sorted(PRESETS))}")
        self.title, self.data_set, self.preset = top["title"], top["data_set"], top["preset"]
        stages = top.get("stages")
        if not isinstance(stages, list) or not stages:
            raise lines.error(("stages",), f"stages: found {stages!r}, expected a list")
        self.stages: list[dict] = []
        for i in range(len(stages)):
            stage = lines.fields(("stages", i), STAGE, "stage")
            name = stage.get("name")
            if not isinstance(name, str) or name in [s["name"] for s in self.stages]:
                raise lines.error(("stages", i), f"stage: name {name!r}, expected a text that no other stage has")
            if stage.get("command") not in COMMANDS:
                raise lines.error(("stages", i), f"stage {name}: command {stage.get('command')!r}, expected one of "
                                                 f"{', '.join(COMMANDS)}")
            flags = lines.fields(("stages", i, "flags"), list(stage.get("flags") or {}), f"stage {name}: flags")
            self.stages.append({"name": name, "command": stage["command"], "flags": dict(flags)})
        for change in changes:
            self.change(change)

    def change(self, text: str) -> None:
        """STAGE.FLAG=VALUE of --set; every stage without STAGE."""
        place, equals, value = text.partition("=")
        stage, dot, flag = place.rpartition(".")
        names = [s["name"] for s in self.stages]
        if not equals or (dot and stage not in names):
            raise BadInput(f"--set: {text!r}, expected [STAGE.]FLAG=VALUE with a stage of {', '.join(names)}")
        for found in self.stages:
            if not dot or found["name"] == stage:
                found["flags"][flag.replace("-", "_")] = {"true": True, "false": False}.get(value, value)


def words(flags: dict) -> list[str]:
    """Flags as a command line has them; true is a flag without a value, false none."""
    found = []
    for name, value in flags.items():
        if value is not False:
            found += [f"--{name.replace('_', '-')}"] + ([] if value is True else [str(value)])
    return found


class Run:
    """A recipe in its folder."""

    def __init__(self, recipe: Recipe, arguments) -> None:
        self.recipe, self.folder, self.start = recipe, arguments.output, arguments.weights
        self.data = ["--data-set", recipe.data_set] + (["--data", str(arguments.data)] if arguments.data else [])
        self.threads = ["--threads", str(arguments.threads)] if arguments.threads else []

    def weights(self, index: int) -> Path | None:
        """The float weights that a stage starts from."""
        before = [s for s in self.recipe.stages[:index] if s["command"] == "train"]
        return self.folder / f"{before[-1]['name']}.safetensors" if before else self.start

    def command(self, index: int) -> list[str]:
        stage, weights = self.recipe.stages[index], self.weights(index)
        flags = dict(stage["flags"])
        given = [stage["command"], *self.data, *self.threads, "--output", str(self.folder / stage["name"]), "--resume"]
        if stage["command"] == "finetune" and weights is None:
            raise BadInput(f"stage {stage['name']}: no stage with float weights before it; give --weights")
        if weights is None:
            given += ["--preset", self.recipe.preset]
        else:
            given += ["--weights", str(weights)]
            if stage["command"] == "train":
                given += ["--image", "{}x{}".format(*PRESETS[self.recipe.preset].image)]
            if float(flags.get("distill", 0)) > 0 and "teacher" not in flags:
                given += ["--teacher", str(weights)]
        return given + words(flags)

    def result(self, index: int) -> Path:
        stage = self.recipe.stages[index]
        return self.folder / (stage["name"] + (".safetensors" if stage["command"] == "train" else ".model.safetensors"))

    def perform(self, index: int) -> None:
        """Train what is missing of a stage, export it, measure it."""
        stage, result = self.recipe.stages[index], self.result(index)
        command = self.command(index)
        checkpoint = self.folder / stage["name"] / "checkpoint.pt"
        parsed = parse_arguments(command)
        if not finished(checkpoint, parsed):
            cli.say(f"stage {stage['name']}: python -m itnet_train {' '.join(command)}")
            checked(command)
            if parsed.schedule != "time" and not finished(checkpoint, parsed):
                raise Unfinished(stage["name"])
        if not result.is_file() or result.stat().st_mtime < checkpoint.stat().st_mtime:
            checked(["export", "--checkpoint", str(checkpoint), "--output", str(result)])
        scores = result.with_suffix(".json")
        if not scores.is_file() or scores.stat().st_mtime < result.stat().st_mtime:
            kind = "--weights" if stage["command"] == "train" else "--model"
            fold = ["--fold", parsed.fold, "--split", "fold"] if parsed.fold else []
            document = cli.scores(parse_arguments(["evaluate", *self.data, *self.threads, *fold, kind, str(result)]))
            document |= {"split": "fold " + parsed.fold if parsed.fold else "val"}
            write_atomically(scores, (json.dumps(document, indent=1) + "\n").encode())

    def report(self) -> str:
        """A table of all stages' scores."""
        found = [(stage["name"], json.loads(self.result(i).with_suffix(".json").read_text()))
                 for i, stage in enumerate(self.recipe.stages)]
        outputs = list(found[0][1]["miou"])
        lines = [f"# {self.recipe.title}", "",
                 f"mIoU in percent on {found[-1][1]['images']} images ({found[-1][1]['split']}):", "",
                 "| stage | " + " | ".join(f"output {n}" for n in outputs) + " |", "|---" * (len(outputs) + 1) + "|"]
        lines += [f"| {name} | " + " | ".join(f"{100 * scores['miou'][n]:.1f}" for n in outputs) + " |" for name, scores in found]
        return "\n".join(lines) + "\n"

    def finish(self) -> None:
        """Report, and the last float weights and quantised models under the recipe's name."""
        title = self.recipe.title
        for index, stage in enumerate(self.recipe.stages):
            if stage["command"] == "train":
                shutil.copyfile(self.result(index), self.folder / f"{title}.safetensors")
            else:
                shutil.copyfile(self.result(index), self.folder / f"{title}-{stage['name']}.model.safetensors")
            shutil.copyfile(self.folder / stage["name"] / "log.csv", self.folder / f"{stage['name']}.csv")
        write_atomically(self.folder / "report.md", self.report().encode())
        print(self.report(), end="")


class Unfinished(Exception):
    """A stage ran out of --minutes."""


def finished(checkpoint: Path, parsed) -> bool:
    """Whether a stage has made its epochs; one by the clock knows itself, when it is run, whether time is left."""
    return parsed.schedule != "time" and checkpoint.is_file() and read_checkpoint(checkpoint)["epoch"] >= parsed.epochs


def checked(command: list[str]) -> None:
    status = cli.main(command)
    if status:
        raise SystemExit(status)


def estimate(run: Run) -> None:
    """Hours of each stage, from one step of its network timed at each number of iterations; without samples and scores."""
    d = PRESETS[run.recipe.preset]
    images = len(data.open_dataset(run.recipe.data_set, Path(run.data[-1]) if len(run.data) > 2 else None, "train", d.image))
    total = 0.0
    for index, stage in enumerate(run.recipe.stages):
        parsed = parse_arguments(["train" if run.weights(index) is None else stage["command"], *words(stage["flags"]),
                                      *run.data, "--output", "x", *(["--weights", "x"] if run.weights(index) else [])])
        settings: Settings = cli.run_settings(parsed)
        network = ItNet(d) if stage["command"] == "train" else QuantItNet(d, Bits())
        network = network.to(device())
        counts = [settings.iterations_at(epoch, d.iterations) for epoch in range(settings.epochs)]
        spent = 0.0
        for iterations in sorted(set(counts)):
            step = seconds_of_step(network, settings.batch, settings.precision == "bf16", iterations)
            epochs = counts.count(iterations)
            spent += epochs * (images // settings.batch) * step
            print(f"{stage['name']}: {epochs} epochs of {images // settings.batch} steps with {iterations} iterations, "
                  f"{step:.2f} s a step")
        print(f"{stage['name']}: {spent / 3600:.1f} h")
        total += spent
    print(f"all: {total / 3600:.1f} h")


def parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m itnet_train.recipe", description="A network from a recipe.")
    parser.add_argument("recipe", type=Path, help="YAML file, say recipes/camvid-480.yaml")
    parser.add_argument("--data", type=Path, help="folder of the data set (not for scenes)")
    parser.add_argument("--output", type=Path, required=True, help="folder for everything that is written")
    parser.add_argument("--weights", type=Path, help="float weights for the first stage to start from; nothing unless told")
    parser.add_argument("--threads", type=parse_count, help="CPU threads")
    parser.add_argument("--set", action="append", default=[], metavar="[STAGE.]FLAG=VALUE", help="another value of a flag")
    parser.add_argument("--dry-run", action="store_true", help="only print the commands of the stages")
    parser.add_argument("--estimate", action="store_true", help="time some steps and print the hours of each stage")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    parsed = parse(arguments)
    try:
        run = Run(Recipe(parsed.recipe, parsed.set), parsed)
        stages = range(len(run.recipe.stages))
        commands = [run.command(i) for i in stages]
        for command in commands:  # a wrong flag of the last stage speaks now, not after days
            cli.run_settings(parse_arguments(command))
        if parsed.dry_run:
            for command in commands:
                print("python -m itnet_train " + " ".join(command))
        elif parsed.estimate:
            estimate(run)
        else:
            for index in stages:
                run.perform(index)
            run.finish()
    except BadInput as error:
        cli.say(f"error: {error}")
        return 2
    except Unfinished as stage:
        cli.say(f"stage {stage} is not finished; the same command goes on")
    except KeyboardInterrupt:
        cli.say("interrupted; the same command goes on")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
