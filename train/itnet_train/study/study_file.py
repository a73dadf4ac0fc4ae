"""Study files: YAML with line numbers in, a list of runs for each curve out. `docs/studies.md` describes the format.

Owns: reading, checking, expanding. Leaves alone: what the fields mean (config.py).
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from ..errors import BadInput
from .config import FIELDS, Config, make

FOLDER = Path(__file__).parents[2] / "studies"
EFFORTS = "efforts.yaml"
POINT_LIMIT = 1_000_000
TOP = {"title", "paper", "question", "base", "curves", "effort", "figures"}
FIGURE_KINDS = ("outputs", "peaks", "grid", "bits")
COSTS = ("macs", "params", "graph_bytes", "traffic_bytes", "state_bytes", "depth")
SETTABLE = (*(name for name in FIELDS if name != "seed"), "max_macs")


@dataclass(frozen=True)
class Point:
    """One run of a study: the curve that it belongs to, and what is varied along the curve."""

    curve: str
    varied: tuple[tuple[str, object], ...]
    config: Config


@dataclass(frozen=True)
class Study:
    name: str
    path: Path
    title: str
    paper: str
    question: str
    figures: tuple[dict, ...]
    points: dict[str, tuple[Point, ...]]  # by effort


class Lines:
    """A YAML document as plain values, with the line of every key and item by its path."""

    def __init__(self, path: Path) -> None:
        self.path, self.lines = path, {}
        try:
            node = yaml.compose(path.read_text(), yaml.SafeLoader)
        except OSError as error:
            raise BadInput(f"{path}: {error.strerror}") from None
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line = f":{mark.line + 1}" if mark else ""
            raise BadInput(f"{path}{line}: not YAML: {getattr(error, 'problem', None) or error}") from None
        self.loader = yaml.SafeLoader("")
        self.value = {} if node is None else self.build(node, ())
        if not isinstance(self.value, dict):
            raise self.error((), f"found {type(self.value).__name__}, expected fields")

    def build(self, node, place: tuple):
        self.lines.setdefault(place, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            made = {}
            for key_node, value_node in node.value:
                key = self.loader.construct_object(key_node)
                self.lines[(*place, key)] = key_node.start_mark.line + 1
                if key in made:
                    raise self.error((*place, key), f"{key}: a second time, expected once")
                made[key] = self.build(value_node, (*place, key))
            return made
        if isinstance(node, yaml.SequenceNode):
            return [self.build(item, (*place, i)) for i, item in enumerate(node.value)]
        return self.loader.construct_object(node)

    def error(self, place: tuple, message: str) -> BadInput:
        while place and place not in self.lines:
            place = place[:-1]
        return BadInput(f"{self.path}:{self.lines.get(place, 1)}: {message}")

    def fields(self, place: tuple, known, what: str) -> dict:
        """The mapping at a place, all of whose keys must be known."""
        value = self.value
        for part in place:
            value = value.get(part) if isinstance(value, dict) else value[part]
            if value is None:
                return {}
        if not isinstance(value, dict):
            raise self.error(place, f"{what}: found {value!r}, expected fields")
        for key in value:
            if key not in known:
                raise self.error((*place, key), f"{what}: unknown field {key!r}, expected one of {', '.join(sorted(known))}")
        return value


def axes(lines: Lines, place: tuple, what: str) -> dict[str, list]:
    """The ranges of a `vary`."""
    ranges = lines.fields(place, SETTABLE, what)
    for name, values in ranges.items():
        if not isinstance(values, list):
            raise lines.error((*place, name), f"{what}: {name}: found {values!r}, expected a list of values")
        if not values:
            raise lines.error((*place, name), f"{what}: {name}: an empty range, expected at least one value")
    return ranges


class Efforts:
    """How much is trained: levels that all studies share, and the default one."""

    def __init__(self, folder: Path) -> None:
        self.lines = Lines(folder / EFFORTS)
        top = self.lines.fields((), {"default", "levels"}, EFFORTS)
        self.levels = self.lines.fields(("levels",), list((top.get("levels") or {})), "levels")
        self.default = top.get("default")
        if self.default not in self.levels:
            raise self.lines.error(("default",), f"default: {self.default!r}, expected one of {', '.join(self.levels)}")
        for level in self.levels:
            self.lines.fields(("levels", level), {"about", "set", "seeds"}, level)
            self.lines.fields(("levels", level, "set"), SETTABLE, f"{level}: set")

    def of(self, level: str) -> tuple[dict, list]:
        found = self.levels[level]
        return dict(found.get("set") or {}), seeds_of(self.lines, ("levels", level), found) or [1]


def seeds_of(lines: Lines, place: tuple, fields: dict) -> list | None:
    seeds = fields.get("seeds")
    if seeds is not None and (not isinstance(seeds, list) or not seeds or not all(type(s) is int and s >= 0 for s in seeds)):
        raise lines.error((*place, "seeds"), f"seeds: found {seeds!r}, expected a list of whole numbers, not empty")
    return seeds


def read(path: Path, efforts: Efforts, yes: bool = False) -> Study:
    lines = Lines(path)
    top = lines.fields((), TOP, "study")
    for name in ("title", "paper", "question"):
        if not isinstance(top.get(name), str):
            raise lines.error((name,), f"{name}: found {top.get(name)!r}, expected a text")
    curves = top.get("curves")
    if not isinstance(curves, list) or not curves:
        raise lines.error(("curves",), f"curves: found {curves!r}, expected a list of curves")
    lines.fields(("base",), SETTABLE, "base")
    names = []
    for i in range(len(curves)):
        curve = lines.fields(("curves", i), {"name", "set", "vary"}, "curve")
        if not isinstance(curve.get("name"), str) or curve["name"] in names:
            raise lines.error(("curves", i), f"curve: name {curve.get('name')!r}, expected a text that no other curve has")
        names.append(curve["name"])
        lines.fields(("curves", i, "set"), SETTABLE, f"curve {curve['name']}: set")
        axes(lines, ("curves", i, "vary"), f"curve {curve['name']}: vary")
    overrides = lines.fields(("effort",), efforts.levels, "effort")
    points = {level: tuple(expand(lines, level, efforts, names, yes)) for level in efforts.levels
              if overrides.get(level) is not False}
    return Study(path.stem, path, top["title"], top["paper"], top["question"], figures(lines), points)


def figures(lines: Lines) -> tuple[dict, ...]:
    found = lines.value.get("figures")
    if not isinstance(found, list) or not found:
        raise lines.error(("figures",), f"figures: found {found!r}, expected a list")
    for i in range(len(found)):
        figure = lines.fields(("figures", i), {"kind", "x", "references"}, "figure")
        if figure.get("kind") not in FIGURE_KINDS:
            raise lines.error(("figures", i), f"figure: kind {figure.get('kind')!r}, expected one of {', '.join(FIGURE_KINDS)}")
        x = figure.get("x", ["macs"])
        if not isinstance(x, list) or not x or any(name not in (*COSTS, *SETTABLE) for name in x):
            raise lines.error(("figures", i, "x"), f"figure: x: found {x!r}, expected a list of {', '.join(COSTS)} or fields")
    return tuple(found)


def expand(lines: Lines, level: str, efforts: Efforts, names: list[str], yes: bool):
    """All runs of a study at an effort, in order: curves, products of their ranges, seeds."""
    own = lines.fields(("effort", level), {"set", "vary", "curves", "seeds"}, f"effort {level}")
    level_set, seeds = efforts.of(level)
    seeds = seeds_of(lines, ("effort", level), own) or seeds
    common = (lines.value.get("base") or {}) | level_set
    common |= lines.fields(("effort", level, "set"), SETTABLE, f"effort {level}: set")
    all_ranges = axes(lines, ("effort", level, "vary"), f"effort {level}: vary")
    replaced = lines.fields(("effort", level, "curves"), names, f"effort {level}: curves")
    plans, count = [], 0
    for i, name in enumerate(names):
        curve, place = lines.value["curves"][i], ("curves", i)
        fixed, ranges = common | (curve.get("set") or {}), dict(curve.get("vary") or {})
        ranges |= {axis: values for axis, values in all_ranges.items() if axis in ranges}
        if name in replaced:
            place = ("effort", level, "curves", name)
            lines.fields(place, {"set", "vary"}, f"effort {level}: curve {name}")
            fixed |= lines.fields((*place, "set"), SETTABLE, f"effort {level}: curve {name}: set")
            ranges |= axes(lines, (*place, "vary"), f"effort {level}: curve {name}: vary")
        count += math.prod(len(values) for values in ranges.values()) * len(seeds)
        plans.append((name, place, fixed, ranges))
    if count > POINT_LIMIT and not yes:
        raise lines.error(("curves",), f"effort {level}: {count} runs, expected at most {POINT_LIMIT}; --yes allows more")
    for name, place, fixed, ranges in plans:
        for values in itertools.product(*ranges.values()):
            varied = dict(zip(ranges, values))
            try:
                first = make({**fixed, **varied})
                for seed in seeds:
                    yield Point(name, tuple(varied.items()), replace(first, seed=seed))
            except BadInput as error:
                shown = ", ".join(f"{key} {value}" for key, value in varied.items())
                raise lines.error(place, f"curve {name}{': ' if shown else ''}{shown}: {error}") from None


def read_all(folder: Path = FOLDER, names=(), yes: bool = False) -> tuple[Efforts, list[Study]]:
    """The studies of a folder: all, or those that are named."""
    if not folder.is_dir():
        raise BadInput(f"{folder}: no such folder")
    efforts = Efforts(folder)
    files = {path.stem: path for path in sorted(folder.glob("*.yaml")) if path.name not in (EFFORTS, "references.yaml")}
    for name in names:
        if name not in files:
            raise BadInput(f"no study {name!r} in {folder}, expected one of {', '.join(files)}")
    return efforts, [read(files[name], efforts, yes) for name in (names or files)]
