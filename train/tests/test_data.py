"""Data sets, their errors, augmentation, losses."""

import numpy as np
import pytest
import torch
from PIL import Image

from itnet_train import data, losses, samples, scenes
from itnet_train.augment import VOID, Augment, augmented, pasted
from itnet_train.errors import BadInput


def test_camvid_layout(camvid):
    train = data.open_dataset("camvid", camvid, "train", (44, 36))
    image, label = train.load(0)
    assert len(train) == 8 and image.size == label.size == (48, 40)
    assert set(np.unique(np.asarray(label))) == {0, 3, 8, VOID}


def test_camvid_errors(camvid):
    with pytest.raises(BadInput, match="nowhere/train: no such folder"):
        data.open_dataset("camvid", camvid / "nowhere", "train", (44, 36))
    with pytest.raises(BadInput, match="needs its folder"):
        data.open_dataset("camvid", None, "train", (44, 36))
    label = camvid / "trainannot" / "003.png"
    values = np.asarray(Image.open(label)).copy()
    values[5, 5] = 12
    Image.fromarray(values).save(label)
    with pytest.raises(BadInput, match="003.png: label value 12, expected 0..11"):
        data.class_frequencies(data.open_dataset("camvid", camvid, "train", (44, 36)))
    Image.fromarray(values[:30]).save(label)
    with pytest.raises(BadInput, match="003.png: label is 48×30, expected the image's 48×40"):
        data.open_dataset("camvid", camvid, "train", (44, 36)).load(3)
    label.write_bytes(b"no picture")
    with pytest.raises(BadInput, match="003.png: not a readable image"):
        data.open_dataset("camvid", camvid, "train", (44, 36)).load(3)
    label.unlink()
    with pytest.raises(BadInput, match="003.png: no label, expected .*trainannot/003.png"):
        data.open_dataset("camvid", camvid, "train", (44, 36))


def test_cityscapes_layout_and_map(tmp_path):
    for city in ("aachen", "bochum"):
        (tmp_path / "leftImg8bit" / "train" / city).mkdir(parents=True)
        (tmp_path / "gtFine" / "train" / city).mkdir(parents=True)
        stem = f"{city}_000000_000019"
        Image.new("RGB", (64, 32)).save(tmp_path / "leftImg8bit" / "train" / city / f"{stem}_leftImg8bit.png")
        ids = np.arange(64, dtype=np.uint8)[None].repeat(32, 0) % 34
        ids[0] = 255
        Image.fromarray(ids).save(tmp_path / "gtFine" / "train" / city / f"{stem}_gtFine_labelIds.png")
    found = data.open_dataset("cityscapes", tmp_path, "train", (64, 32))
    label = np.asarray(found.load(1)[1])
    assert len(found) == 2 and len(found.classes) == 19
    assert label[1, 7] == 0 and label[1, 8] == 1 and label[1, 33] == 18 and label[1, 24] == 11
    assert label[1, 0] == VOID and label[1, 29] == VOID and label[0, 7] == VOID
    (tmp_path / "gtFine" / "train" / "aachen" / "aachen_000000_000019_gtFine_labelIds.png").unlink()
    with pytest.raises(BadInput, match="no label, expected .*labelIds.png"):
        data.open_dataset("cityscapes", tmp_path, "train", (64, 32))
    with pytest.raises(BadInput, match="leftImg8bit/val: no such folder"):
        data.open_dataset("cityscapes", tmp_path, "val", (64, 32))


def test_cityscapes_id_out_of_range(tmp_path):
    (tmp_path / "leftImg8bit" / "val" / "x").mkdir(parents=True)
    (tmp_path / "gtFine" / "val" / "x").mkdir(parents=True)
    Image.new("RGB", (32, 32)).save(tmp_path / "leftImg8bit" / "val" / "x" / "a_leftImg8bit.png")
    Image.new("L", (32, 32), 40).save(tmp_path / "gtFine" / "val" / "x" / "a_gtFine_labelIds.png")
    with pytest.raises(BadInput, match="label value 40, expected 0..33"):
        data.open_dataset("cityscapes", tmp_path, "val", (32, 32)).load(0)


def test_augmentation_repeats_and_moves_image_and_label_alike(camvid):
    dataset = data.open_dataset("camvid", camvid, "train", (44, 36))
    pair = dataset.load(2)
    how = Augment(colour=0.0, rotate=8.0)
    for seed in range(40):
        pixels, label = augmented(*pair, (44, 36), how, np.random.default_rng(seed))
        again = augmented(*pair, (44, 36), how, np.random.default_rng(seed))
        assert pixels.shape == (36, 44, 3) and label.shape == (36, 44)
        assert np.array_equal(pixels, again[0]) and np.array_equal(label, again[1])
        inner = (label == 8)
        if inner.sum() > 30:  # the red box stays red under its label
            assert pixels[inner][:, 0].mean() > pixels[inner][:, 1].mean() + 80


def test_two_processes_see_the_doubled_batch(camvid):
    dataset = data.open_dataset("camvid", camvid, "train", (44, 36))
    kind = {"size": (44, 36), "how": Augment(rotate=5.0, cutmix=0.7), "seed": 5}
    whole = list(samples.HostSamples(dataset, batch=4, **kind).epoch(3))
    parts = [list(samples.HostSamples(dataset, batch=2, rank=r, world=2, **kind).epoch(3)) for r in (0, 1)]
    for step, (pixels, labels) in enumerate(whole):
        assert torch.equal(pixels, torch.cat([parts[0][step][0], parts[1][step][0]]))
        assert torch.equal(labels, torch.cat([parts[0][step][1], parts[1][step][1]]))


def test_workers_draw_the_same_samples_and_pass_errors_on(camvid):
    dataset = data.open_dataset("camvid", camvid, "train", (44, 36))
    kind = {"size": (44, 36), "how": Augment(rotate=5.0, cutmix=0.7), "seed": 5, "batch": 2}
    alone, helped = (samples.HostSamples(dataset, workers=workers, **kind) for workers in (0, 2))
    for epoch in (3, 4, 1):  # one after another, and back
        pairs = list(zip(alone.epoch(epoch), helped.epoch(epoch), strict=True))
        assert len(pairs) == 4
        assert all(torch.equal(a, b) for one, other in pairs for a, b in zip(one, other))
    (camvid / "trainannot" / "003.png").write_bytes(b"no picture")
    broken = data.open_dataset("camvid", camvid, "train", (44, 36))
    with pytest.raises(BadInput, match="003.png: not a readable image"):
        list(samples.HostSamples(broken, workers=2, **kind).epoch(0))


def test_a_rectangle_of_another_image_brings_its_labels(camvid):
    rng = np.random.default_rng(1)
    onto, other = ((np.full((36, 44, 3), v, np.uint8), np.full((36, 44), v, np.uint8)) for v in (3, 7))
    for _ in range(20):
        pixels, labels = pasted(onto, other, rng)
        assert np.array_equal(pixels[..., 0], labels)
        share = (labels == 7).mean()
        assert 0.04 < share <= 0.25
    assert (onto[1] == 3).all(), "the sample itself was changed"


def test_scenes_repeat_and_have_all_classes():
    a, b = scenes.draw((96, 64), (1, 2)), scenes.draw((96, 64), (1, 2))
    assert np.array_equal(a[0], b[0]) and np.array_equal(a[1], b[1])
    seen = np.zeros(9, int)
    for i in range(20):
        seen += np.bincount(scenes.draw((96, 64), (5, i))[1].ravel(), minlength=9)
    assert (seen > 0).all()


@pytest.mark.parametrize(("kind", "wanted"), [
    ("single", [0, 0, 0, 0, 1]), ("late", [0, 0, 0, 0, 1]), ("thinned2", [.2] * 5), ("thinned4", [1 / 4, 0, 1 / 4, 1 / 4, 1 / 4]),
    ("uniform", [.2] * 5), ("linear", [1 / 31, 2 / 31, 4 / 31, 8 / 31, 16 / 31]),
])
def test_output_weights(kind, wanted):
    assert list(losses.output_weights(kind, (1, 2, 4, 8, 16)).values()) == pytest.approx(wanted)


def test_void_is_ignored():
    logits = torch.randn(2, 3, 4, 5, requires_grad=True)
    labels = torch.randint(0, 3, (2, 4, 5))
    labels[:, 2:] = VOID
    losses.cross_entropy(logits, labels, torch.ones(3)).backward()
    assert logits.grad[:, :, 2:].abs().max() == 0 and logits.grad[:, :, :2].abs().min() > 0
    assert losses.confusion(logits.argmax(1), labels, 3).sum() == 20


def test_iou_of_a_known_matrix():
    matrix = torch.tensor([[3, 1, 0], [0, 4, 0], [0, 0, 0]])
    assert losses.mean_iou(matrix) == pytest.approx((3 / 4 + 4 / 5) / 2)
