"""The page of accuracies: measured on a network of seconds, kept as data, written from it."""

import json
import sys

import pytest

from conftest import randomised
from itnet_train import golden
from itnet_train.description import Description
from itnet_train.errors import BadInput
from itnet_train.report import __main__ as report
from itnet_train.weights_file import save_weights

NETWORK = Description(width=3, scales=2, iterations=2, blocks=1, expansion=1, classes=9, image=(32, 24), outputs=(1, 2))


@pytest.fixture
def root(tmp_path, monkeypatch):
    (tmp_path / "weights/tiny").mkdir(parents=True)
    save_weights(randomised(NETWORK), tmp_path / "weights/tiny/tiny.safetensors")
    monkeypatch.setattr(golden, "find", lambda _: None)
    monkeypatch.setattr(report, "TINY_IMAGES", 3)
    return tmp_path


def run(monkeypatch, root, *flags) -> int:
    monkeypatch.setattr(sys, "argv", ["report", "--root", str(root), "--data", "x", *flags])
    return report.main()


def test_the_page_is_written_from_what_was_measured(root, monkeypatch):
    assert run(monkeypatch, root, "--limit", "2") == 0
    page = (root / "docs/accuracy.md").read_text()
    assert "f = 3, L = 2, N = 2, K = 1, t = 1, 9 classes, 32×24; 2 images" in page
    assert "tiny: a trial on the first 2 images only" in page
    kept = json.loads((root / "docs/accuracy/accuracy.json").read_text())
    rows = [f"| {v['name']} | {100 * v['miou']['1']:.1f} | {100 * v['miou']['2']:.1f} |" for v in kept["tiny"]["versions"]]
    assert len(rows) == 3 and all(row in page for row in rows)
    assert (root / "docs/accuracy/tiny_strip.png").is_file()


def test_other_networks_stay_as_they_were_measured(root, monkeypatch, capsys):
    assert run(monkeypatch, root, "--network", "camvid-240") == 2
    assert "--network camvid-240: no weights/camvid-240/camvid-240.safetensors" in capsys.readouterr().err
    assert run(monkeypatch, root, "--limit", "1") == 0
    before = json.loads((root / "docs/accuracy/accuracy.json").read_text())["tiny"]
    (root / "weights/camvid-240").mkdir()
    save_weights(randomised(NETWORK), root / "weights/camvid-240/camvid-240.safetensors")
    found = before | {"pictures": ["a", "b"]}
    monkeypatch.setattr(report, "measured", lambda _arguments, _name, _hwgen: found)
    (root / "docs/accuracy/early_exit.csv").write_text("kind,cycles,miou,line\nadaptive,1160221,0.56,0.55\n")
    assert run(monkeypatch, root, "--network", "camvid-240") == 0
    kept = json.loads((root / "docs/accuracy/accuracy.json").read_text())
    assert kept == {"tiny": before, "camvid-240": found}
    assert "| 1.16 | 56.00 | 55.00 | +1.00 |" in (root / "docs/accuracy.md").read_text()


def test_a_network_that_was_never_measured_is_asked_for(root, monkeypatch, capsys):
    (root / "weights/camvid-480").mkdir()
    save_weights(randomised(NETWORK), root / "weights/camvid-480/camvid-480.safetensors")
    assert run(monkeypatch, root, "--network", "tiny") == 2
    assert "has nothing of camvid-480; measure it too" in capsys.readouterr().err


def test_a_limited_report_asks_the_golden_model_for_no_more(root, monkeypatch):
    asked = []

    def measured(*arguments):
        asked.append(arguments[3:5])
        raise BadInput("enough")

    monkeypatch.setattr(report.measuring, "measure", measured)
    for flags in (["--limit", "6"], ["--limit", "6", "--golden-limit", "2"], []):
        assert run(monkeypatch, root, *flags) == 2
    assert asked == [(6, 6), (6, 2), (None, None)]
