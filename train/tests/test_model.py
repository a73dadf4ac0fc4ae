"""The float network: names, geometry, operators, weights files."""

from dataclasses import replace

import pytest
import torch

from conftest import SMALL, VARIANTS, randomised
from itnet_train import cost
from itnet_train.description import PRESETS, Description
from itnet_train.errors import BadInput
from itnet_train.model import ItNet, named_weights, pool2, up2, up8
from itnet_train.weights_file import load_model, save_weights


def documented_shapes(d: Description) -> dict[str, list[int]]:
    """The table of docs/weights.md."""
    f, shapes = d.width, {}

    def norm(prefix, channels=f):
        for part in ("weight", "bias", "running_mean", "running_var"):
            shapes[f"{prefix}.{part}"] = [channels]

    for j in range(d.scales + 2):
        shapes[f"data.{j}.conv.weight"] = [f, 3 if j == 0 else f, 3, 3]
        norm(f"data.{j}.bn")
    for s in range(d.set_count):
        for l in range(d.scales):
            for k in range(d.blocks):
                c = d.block_inputs(l, k)
                e = d.expansion * c
                shapes[f"iter.{s}.{l}.{k}.expand.weight"] = [e, c, 1, 1]
                shapes[f"iter.{s}.{l}.{k}.depthwise.weight"] = [e, 1, 3, 3]
                shapes[f"iter.{s}.{l}.{k}.project.weight"] = [f, e, 1, 1]
                if d.normalisation == "convolutions":
                    for part, channels in (("expand", e), ("depthwise", e), ("project", f)):
                        norm(f"iter.{s}.{l}.{k}.{part}_bn", channels)
    for n in range(d.iterations if d.normalisation == "iterations" else 0):
        for l in range(d.scales):
            norm(f"norm.{n}.{l}")
    for n in d.outputs:
        for l in range(d.scales):
            shapes[f"head.{n - 1}.{l}.weight"] = [d.classes, f, 3, 3]
            shapes[f"head.{n - 1}.{l}.bias"] = [d.classes]
    return shapes


@pytest.mark.parametrize("d", VARIANTS)
def test_state_dict_is_documented(d):
    assert {n: list(t.shape) for n, t in named_weights(ItNet(d)).items()} == documented_shapes(d)


@pytest.mark.parametrize("d", VARIANTS)
def test_forward_gives_every_output_at_scale_0(d):
    logits = randomised(d)(torch.rand(2, 3, d.image[1], d.image[0]))
    assert tuple(logits) == d.outputs
    assert all(t.shape == (2, d.classes, *d.scale_size(0)) for t in logits.values())


def test_costs_of_the_paper():
    """What hwgen's own table has, to the printed digit."""
    shared = Description(image=(480, 360), outputs=tuple(range(1, 17)))
    independent = replace(shared, width=29, weight_sets="independent")
    a, b = cost.up_to(shared, 16), cost.up_to(independent, 16)
    assert (round(a.macs / 1e9, 3), round(b.macs / 1e9, 3)) == (6.160, 2.152)
    assert (round(a.graph_bytes / 1e6, 1), round(b.graph_bytes / 1e6, 1)) == (78.2, 359.8)
    assert round(a.params / b.params, 3) == 0.400
    assert a.state_bytes == 4 * 51 * 3570 and a.depth == 3 + 2 + 3 * 16 + 1
    assert cost.up_to(shared, 1).traffic_bytes == cost.up_to(shared, 1).graph_bytes  # no layer is used twice yet


def test_batch_norm_after_every_convolution():
    d = replace(VARIANTS[0], normalisation="convolutions", weight_sets="independent")
    net = randomised(d)
    names = net.state_dict().keys()
    assert "iter.0.0.0.project_bn.weight" in names and not any(name.startswith("norm.") for name in names)
    assert Description.from_json(d.to_json()) == d and "normalisation" not in VARIANTS[0].to_json()
    states = net.data_block(torch.rand(1, 3, d.image[1], d.image[0]))
    block = net.iter[0][0][0]
    x = net.block_input(states, 0)
    for conv, norm in ((block.expand, block.expand_bn), (block.depthwise, block.depthwise_bn),
                       (block.project, block.project_bn)):
        gain = norm.weight / (norm.running_var + norm.eps).sqrt()
        x = conv(x) * gain[:, None, None] + (norm.bias - norm.running_mean * gain)[:, None, None]
        x = x if conv is block.project else x.clamp(0, 6)
    assert torch.allclose(net.iterate(states, 0)[0], states[0] + x, atol=1e-4)


def test_up8_is_interpolate_cropped():
    x = torch.randn(1, 2, 5, 6)
    wanted = torch.nn.functional.interpolate(x, scale_factor=8, mode="bilinear", align_corners=False)[..., :37, :44]
    assert torch.allclose(up8(x, torch.arange(37), torch.arange(44)), wanted, atol=1e-5)


def test_up2_crops_and_pool2_replicates():
    x = torch.randn(1, 1, 3, 4)
    assert up2(x, (5, 7)).shape[-2:] == (5, 7)
    odd = torch.arange(9.0).reshape(1, 1, 3, 3)
    assert pool2(odd).flatten().tolist() == [2.0, 3.5, 6.5, 8.0]


def test_a_scale_reads_old_states_only():
    d = VARIANTS[1]
    net = randomised(d)
    states = net.data_block(torch.rand(1, 3, d.image[1], d.image[0]))
    both = net.iterate(states, 0)
    assert torch.equal(both[1], net.iterate([states[0], states[1]], 0)[1])


def test_extension_copies_the_last_norm():
    net = randomised(SMALL)
    net.extend_from(1)
    assert torch.equal(net.norm[2][1].running_mean, net.norm[0][1].running_mean)
    assert torch.equal(net.head["2"][0].weight, net.head["0"][0].weight)


def test_weights_file_round_trip_and_same_bytes(tmp_path):
    net = randomised(VARIANTS[1])
    save_weights(net, tmp_path / "a.safetensors")
    save_weights(net, tmp_path / "b.safetensors")
    again = load_model(tmp_path / "a.safetensors")
    assert again.description == VARIANTS[1]
    assert all(torch.equal(a, b) for a, b in zip(named_weights(net).values(), named_weights(again).values()))
    assert (tmp_path / "a.safetensors").read_bytes() == (tmp_path / "b.safetensors").read_bytes()


def test_wrong_weights_are_named(tmp_path):
    from dataclasses import replace
    save_weights(randomised(SMALL), tmp_path / "a.safetensors")
    with pytest.raises(BadInput, match="description"):
        load_model(tmp_path / "a.safetensors", replace(SMALL, width=6))
    from safetensors.torch import save_file
    tensors = named_weights(randomised(SMALL))
    meta = {"description": SMALL.to_json()}
    for change, message in (
        (lambda t: t.pop("head.0.1.bias"), "head.0.1.bias is missing"),
        (lambda t: t.update({"norm.0.0.weight": torch.zeros(6)}), r"norm.0.0.weight has shape \[6\], expected \[5\]"),
        (lambda t: t.update({"extra": torch.zeros(1)}), "extra is not part"),
        (lambda t: t["norm.0.0.bias"].fill_(float("nan")), "norm.0.0.bias holds NaN"),
    ):
        changed = {k: v.clone() for k, v in tensors.items()}
        change(changed)
        save_file(changed, tmp_path / "b.safetensors", metadata=meta)
        with pytest.raises(BadInput, match=message):
            load_model(tmp_path / "b.safetensors")


def test_description_json_and_errors():
    for d in (*VARIANTS, *PRESETS.values()):
        assert Description.from_json(d.to_json()) == d
    with pytest.raises(BadInput, match="width.*outputs"):
        Description(width=0, outputs=(3, 2))
    with pytest.raises(BadInput, match="unknown fields"):
        Description.from_json('{"widht": 3}')


@pytest.mark.parametrize("name", ["shared", "independent", "map"])
def test_fixtures_for_the_float_reference_are_current(name):
    """hwgen's side of the same comparison is network/tests/pytorch.rs."""
    from safetensors.torch import load_file

    from make_fixtures import FOLDER
    network = load_model(FOLDER / f"{name}.safetensors")
    io = load_file(FOLDER / f"{name}.io.safetensors")
    with torch.no_grad():
        logits = network(network.normalise(io["pixels"].permute(2, 0, 1)[None].float()))
    for n, total in logits.items():
        assert (total[0] - io[f"total.{n - 1}"]).norm() <= 1e-5 * total.norm()
