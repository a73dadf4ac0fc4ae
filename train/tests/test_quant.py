"""Fake quantisation against a second, integer-only implementation of docs/arithmetic.md; the model file."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch

import integer_reference
from conftest import VARIANTS, randomised
from itnet_train.errors import BadInput
from itnet_train.evaluation import class_maps
from itnet_train.matching import match_statistics
from itnet_train.model_file import accumulator_bits, content_hash, load_quantised, model_bytes, save_model, signed_bits
from itnet_train.quant import Bits, QuantItNet, round_clamp, up2_integer


def quantised(d, bits, seed=0, mid_shift=None):
    net = QuantItNet(d, bits).eval()
    rng = np.random.default_rng(seed)
    pixels = torch.from_numpy(rng.integers(0, 256, (2, 3, d.image[1], d.image[0])).astype(np.float32))
    net.calibrate(randomised(d, seed), [pixels])
    if mid_shift is not None and d.blocks > 1:
        net.mid_shift = mid_shift
    return net, pixels


@pytest.mark.parametrize("d", VARIANTS)
@pytest.mark.parametrize("bits", [Bits(), Bits.of(8), Bits.of(2, 4, 3, 8), Bits.of(5, 6, 6, 16)])
def test_exact_forward_is_the_integer_definition(d, bits):
    net, pixels = quantised(d, bits, 1, mid_shift=1)
    with torch.no_grad():
        totals = net.integer_logits(net.normalise(pixels))
        maps = class_maps(net, pixels)
    for i in range(len(pixels)):
        for n, (total, classes) in integer_reference.run(net, pixels[i].numpy().astype(np.int64)).items():
            assert np.array_equal(totals[n][i].numpy().astype(np.int64), total)
            assert np.array_equal(maps[n][i].numpy(), classes)


@pytest.mark.parametrize("d", VARIANTS)
def test_training_forward_is_close_to_the_exact_one(d):
    net, pixels = quantised(d, Bits.of(8))
    with torch.no_grad():
        fast = class_maps(net.train(), pixels)
        exact = class_maps(net.eval(), pixels)
    for n in d.outputs:
        assert (fast[n] == exact[n]).float().mean() > 0.995


def test_eight_bits_follow_the_float_network():
    d = VARIANTS[0]
    net, pixels = quantised(d, Bits.of(8))
    float_net = randomised(d, 0)
    with torch.no_grad():
        a, b = float_net(float_net.normalise(pixels)), net(net.normalise(pixels))
    for n in d.outputs:
        assert (a[n] - b[n]).norm() < 0.1 * a[n].norm()


def states_of(net, pixels, iterations):
    """Float states after the last iteration, of a float or a quantised network."""
    x = net.normalise(pixels)
    if not isinstance(net, QuantItNet):
        states = net.data_block(x)
        for n in range(iterations):
            states = net.iterate(states, n)
        return states
    layers = net.layers(iterations)
    states = net.first_states(x, layers)
    for n in range(iterations):
        states = [net.scale_step(states, n, l, layers) for l in range(net.description.scales)]
    return [net.step("state") * s for s in states]


def test_matching_brings_the_statistics_of_every_iteration_back():
    d = replace(VARIANTS[0], iterations=6, outputs=(1, 6))
    net, pixels = quantised(d, Bits.of(3), 4)
    float_net = randomised(d, 4)
    with torch.no_grad():
        wanted = states_of(float_net, pixels, 6)
        before = states_of(net, pixels, 6)
        match_statistics(net, float_net, pixels)
        after = states_of(net, pixels, 6)
    for truth, plain, matched in zip(wanted, before, after):
        def far(states):
            return (states.mean((0, 2, 3)) - truth.mean((0, 2, 3))).norm() + (states.std((0, 2, 3)) - truth.std((0, 2, 3))).norm()
        assert far(matched) < 0.25 * far(plain)
    logits = [net(net.normalise(pixels))[6], float_net(float_net.normalise(pixels))[6]]
    assert torch.allclose(*(found.mean((0, 2, 3)) for found in logits), atol=0.05)


def test_gradients_reach_every_parameter():
    net, pixels = quantised(VARIANTS[0], Bits())
    net.train()
    sum(t.square().sum() for t in net(net.normalise(pixels)).values()).backward()
    missing = [n for n, p in net.named_parameters() if p.grad is None or not torch.isfinite(p.grad).all()]
    assert not missing


def test_rounding_is_half_up_and_straight_through():
    x = torch.tensor([-2.5, -1.5, -0.5, 0.5, 1.5, 9.0], requires_grad=True)
    y = round_clamp(x, -2, 3)
    assert y.tolist() == [-2, -1, 0, 1, 2, 3]
    y.sum().backward()
    assert x.grad.tolist() == [0, 1, 1, 1, 1, 0]


def test_up2_is_exact_in_sixteenths():
    x = torch.randint(-128, 128, (1, 3, 5, 6)).float()
    assert np.array_equal(up2_integer(x, (9, 12))[0].numpy(), integer_reference.up2(x[0].numpy().astype(np.int64), (9, 12)))


def test_model_file_is_repeatable_and_hashed():
    net, _ = quantised(VARIANTS[1], Bits())
    content = model_bytes(net)
    assert content == model_bytes(net) == model_bytes(net.to(memory_format=torch.channels_last))
    from safetensors.numpy import load
    length = int.from_bytes(content[:8], "little")
    document = json.loads(json.loads(content[8:8 + length])["__metadata__"]["hwgen_model"])
    assert content_hash(document, load(content)) == document["sha256"]
    assert document["layers"]["data.0"]["lo"] == 0 and document["layers"]["affine.0.0"]["acc_bits"] == 0


def test_model_file_comes_back(tmp_path):
    net, pixels = quantised(VARIANTS[1], Bits())
    save_model(net, tmp_path / "q.safetensors")
    again = load_quantised(tmp_path / "q.safetensors")
    assert model_bytes(again) == model_bytes(net)
    with torch.no_grad():
        a, b = net.integer_logits(net.normalise(pixels)), again.integer_logits(net.normalise(pixels))
    assert all(torch.equal(a[n], b[n]) for n in a)
    content = bytearray((tmp_path / "q.safetensors").read_bytes())
    content[-1] ^= 1
    (tmp_path / "bad.safetensors").write_bytes(content)
    with pytest.raises(BadInput, match="hash"):
        load_quantised(tmp_path / "bad.safetensors")


def test_accumulator_width_is_the_worst_case():
    assert [signed_bits(v) for v in (0, 1, -2, 2, -3, 127, -128, 128, -129)] == [2, 2, 2, 3, 3, 8, 8, 9, 9]
    assert accumulator_bits(np.array([[7, 0], [1, 1]]), 0, 255) == 12
    assert accumulator_bits(np.array([[-1]]), -128, 127) == 9


def test_bits_out_of_range():
    with pytest.raises(BadInput, match="data: 9, expected 2..8"):
        Bits.of(9)
    assert replace(Bits(), act_state=6).residual == 10
