"""Measures the networks under weights/ and writes docs/accuracy.md, its pictures and accuracy.json.

accuracy.json keeps what was measured, so that `--network NAME` measures one network anew and leaves the others as they
were. The strips of CamVid pictures show the networks' maps only: the data set's images and labels stay out of the project;
`--private-strip FOLDER` writes the full ones, with image and label, elsewhere.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np
import torch

from .. import data, golden, scenes
from ..arguments import parse_count
from ..errors import BadInput
from . import measure as measuring
from . import page, pictures

CAMVID = ("camvid-480", "camvid-240")
NETWORKS = (*CAMVID, "tiny")
TINY_IMAGES, TINY_SEED = 200, 1000


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m itnet_train.report", description="Write docs/accuracy.md.")
    parser.add_argument("--root", type=Path, default=Path("."), help="the project's root: weights/ is read, docs/ written")
    parser.add_argument("--data", type=Path, required=True, help="CamVid folder, SegNet layout")
    parser.add_argument("--network", action="append", choices=NETWORKS,
                        help="measure only this one (may be repeated); the others as accuracy.json has them")
    parser.add_argument("--hwgen", type=Path, help="the hwgen binary, for the golden model; without it hwgen's Python package, if installed")
    parser.add_argument("--limit", type=parse_count, help="only the first LIMIT images (a trial; says so in the page)")
    parser.add_argument("--golden-limit", type=parse_count, help="fewer still for the golden model")
    parser.add_argument("--exact-limit", type=parse_count,
                        help="compare PyTorch's exact forward of integer networks on the first images only, and take their "
                             "mIoU from the golden model: hours less at 480x360")
    parser.add_argument("--private-strip", type=Path, help="folder for the CamVid strips with images and labels, outside the project")
    parser.add_argument("--threads", type=int, default=1)
    return parser.parse_args()


def main() -> int:
    arguments = parse_arguments()
    torch.set_num_threads(arguments.threads)
    try:
        write(arguments)
    except BadInput as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted; run it again, the pages may be of two runs", file=sys.stderr)
        return 130
    return 0


def write(arguments) -> None:
    docs = arguments.root / "docs" / "accuracy"
    kept = docs / "accuracy.json"
    known = json.loads(kept.read_text()) if kept.is_file() else {}
    shipped = [name for name in NETWORKS if (arguments.root / "weights" / name / f"{name}.safetensors").is_file()]
    for name in arguments.network or ():
        if name not in shipped:
            raise BadInput(f"--network {name}: no weights/{name}/{name}.safetensors")
    wanted = arguments.network or shipped
    for name in shipped:
        if name not in wanted and "versions" not in known.get(name, {}):
            raise BadInput(f"--network: {kept} has nothing of {name}; measure it too")
    hwgen = golden.find(arguments.hwgen)
    found = {}
    for name in shipped:
        found[name] = measured(arguments, name, hwgen) if name in wanted else known[name]
        docs.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(known | found, indent=1) + "\n")  # an interruption loses one network at most
    pictures.plot(docs / "miou_over_macs.svg", {name: found[name] for name in CAMVID if name in found})
    (arguments.root / "docs" / "accuracy.md").write_text("\n".join(text(found, docs)))


def measured(arguments, name: str, hwgen) -> dict:
    """Measures one network and draws its maps."""
    folder, docs = arguments.root / "weights" / name, arguments.root / "docs" / "accuracy"
    size = measuring.load_model(folder / f"{name}.safetensors").description.image
    if name in CAMVID:
        dataset, training = (data.open_dataset("camvid", arguments.data, split, size) for split in ("val", "train"))
    else:
        dataset, training = data.Scenes(TINY_IMAGES, TINY_SEED, size), data.open_dataset("scenes", None, "train", size)
    networks = measuring.versions(folder, training, hwgen)
    golden_limit = min((n for n in (arguments.limit, arguments.golden_limit) if n is not None), default=None)
    result = measuring.measure(networks, dataset, hwgen, arguments.limit, golden_limit,
                               arguments.exact_limit if hwgen is not None else None)
    result["limit"] = arguments.limit
    if name in CAMVID:
        indices = [int(i) for i in np.linspace(10, len(dataset) - 10, 3)]
        result["pictures"] = [dataset.name(i) for i in indices]
        pictures.write_strip(docs / f"{name}_maps.png", networks[-1][1], dataset, indices, data.CAMVID_COLOURS, 1, False)
        if arguments.private_strip:
            pictures.write_strip(arguments.private_strip / f"{name}.png", networks[-1][1], dataset, indices,
                                 data.CAMVID_COLOURS, 1, True)
    else:
        pictures.write_strip(docs / f"{name}_strip.png", networks[-1][1], dataset, range(3), scenes.COLOURS, 2, True)
    return result


def text(found: dict[str, dict], docs: Path) -> list[str]:
    lines = ["# Accuracy", "",
             "Written by `python -m itnet_train.report` from the shipped weights; not edited by hand. Pixels and activations "
             "have 8 bits throughout, the first convolution 8-bit weights.", ""]
    for name, result in found.items():
        if result.get("limit"):
            lines += [f"**{name}: a trial on the first {result['limit']} images only.**", ""]
    for name in (name for name in CAMVID if name in found):
        lines += page.section(f"{name}, CamVid validation set", found[name])
        lines += ["Maps of the outputs, from left to right, of the last version above on validation images "
                  f"{', '.join(found[name]['pictures'])} (the images and labels themselves stay with the data set):", "",
                  f"![maps of {name}](accuracy/{name}_maps.png)", ""]
        if name == "camvid-240":
            lines += page.early_exit(docs / "early_exit.csv")
    lines += ["![mIoU over MACs](accuracy/miou_over_macs.svg)", ""]
    if "tiny" in found:
        lines += page.section("tiny, fresh procedural scenes", found["tiny"])
        lines += ["Image, label, outputs 1, 2, 3, 4 of the last version above:", "", "![tiny](accuracy/tiny_strip.png)", ""]
    return lines


if __name__ == "__main__":
    sys.exit(main())
