"""The core with its feedback in DRAM, and the FIFO by itself, before the memory of cocotbext-axi: one that shares
nothing with the memory of our own simulation.

Run by itself (run.sh does) it starts Icarus with the tests below, as client.py does with its own.
"""

import os
import random
import sys
import tempfile
from pathlib import Path

import cocotb
from cocotb.clock import Clock
from cocotb.triggers import FallingEdge, RisingEdge, with_timeout
from cocotbext.axi import AxiBus, AxiRam

sys.path.insert(0, str(Path(__file__).parent))
import client  # noqa: E402
from client import ENABLE, ITERATIONS, SOFT_RESET, STATUS, STOPPED, THRESHOLD, at_rate, golden  # noqa: E402

BASE_LOW, BASE_HIGH = 0x3C, 0x40
BUS_ERROR = 8
SIZE = 1 << 20
CORE = f"{client.CORE} --feedback axi"
# The FIFO by itself: words of four beats, a ring of one page.
WORD, BEAT, PAGE = 100, 32, 4096


def memory(dut, clock, reset, active, stall=0, seed=1):
    """The memory behind m_axi_fb, each of its channels pausing in so many percent of the cycles."""
    ram = AxiRam(AxiBus.from_prefix(dut, "m_axi_fb"), clock, reset, reset_active_level=active, size=SIZE)
    for name in ("write_if", "read_if"):
        getattr(ram, name).log.setLevel("WARNING")
    channels = [ram.write_if.aw_channel, ram.write_if.w_channel, ram.write_if.b_channel,
                ram.read_if.ar_channel, ram.read_if.r_channel]  # fmt: skip
    for index, channel in enumerate(channels):
        if stall:
            channel.set_pause_generator(at_rate(stall, seed + index))
    return ram


async def page_rule(dut, clock):
    """No burst crosses 4 KiB; counts the bursts."""
    while True:
        await FallingEdge(clock)
        for name in ("aw", "ar"):
            pin = {key: getattr(dut, f"m_axi_fb_{name}{key}") for key in ("valid", "addr", "len", "size")}
            if pin["valid"].value == 1:
                first, beats = int(pin["addr"].value), int(pin["len"].value) + 1
                assert first // PAGE == (first + (beats << int(pin["size"].value)) - 1) // PAGE, "crosses 4 KiB"


async def bench_with_memory(dut, stall=0, seed=1, **rates):
    bench = client.Bench(dut, seed=seed, **rates)
    ram = memory(dut, dut.aclk, dut.aresetn, False, stall, seed)
    await bench.start()
    cocotb.start_soon(page_rule(dut, dut.aclk))
    return bench, ram


@cocotb.test(skip="ITNET_WORK" not in os.environ)
async def frames_through_a_memory(dut):
    """At a base address of the host's choice, which the frame before does not see."""
    bench, ram = await bench_with_memory(dut)
    bench.send(0)
    await bench.maps(range(1, ITERATIONS + 1), golden(0))
    await bench.idle()
    assert ram.read(0, 64) != bytes(64), "the first frame's state is at address 0"
    await bench.write(BASE_LOW, 0x0004_0FFF)
    assert await bench.read(BASE_LOW) == 0x0004_0000
    assert ram.read(0x40000, 64) == bytes(64)
    bench.send(1)
    await bench.maps(range(1, ITERATIONS + 1), golden(1))
    await bench.idle()
    assert ram.read(0x40000, 64) != bytes(64)
    assert not await bench.read(STATUS) & BUS_ERROR


@cocotb.test(skip="ITNET_WORK" not in os.environ)
async def frames_through_a_slow_memory(dut):
    bench, _ = await bench_with_memory(dut, stall=70, seed=3, gap=30)
    for index in range(2):
        bench.send(index)
    for index in range(2):
        await bench.maps(range(1, ITERATIONS + 1), golden(index))
    await bench.idle()


@cocotb.test(skip="ITNET_WORK" not in os.environ)
async def early_exit_and_soft_reset(dut):
    bench, _ = await bench_with_memory(dut, stall=50, seed=5)
    await bench.write(THRESHOLD, 1)
    bench.send(0)
    await bench.maps([1], golden(0))
    await bench.idle()
    assert await bench.read(STATUS) & STOPPED
    await bench.write(THRESHOLD, 0)
    bench.send(1)
    await bench.maps([1], golden(1))
    await bench.write(client.CONTROL, ENABLE | SOFT_RESET)
    for _ in range(50):
        await RisingEdge(dut.aclk)
    bench.sink.clear()
    bench.sink.current_frame = None
    bench.send(2)
    await bench.maps(range(1, ITERATIONS + 1), golden(2))
    await bench.idle()


@cocotb.test(skip="ITNET_WORK" in os.environ)
async def a_full_ring_in_order(dut):
    """More words than the ring holds before a reader that waits, then words at many rates of both sides."""
    cocotb.start_soon(Clock(dut.clk, 10, unit="ns").start())
    dut.rst.value, dut.clear.value, dut.base.value = 1, 0, 0x3000
    dut.s_valid.value, dut.s_last.value, dut.m_ready.value = 0, 0, 0
    ram = memory(dut, dut.clk, dut.rst, True, 30, 11)
    cocotb.start_soon(page_rule(dut, dut.clk))
    for _ in range(5):
        await RisingEdge(dut.clk)
    dut.rst.value = 0
    rng = random.Random(4)
    words = [rng.getrandbits(WORD) for _ in range(900)]
    full = PAGE * 8 // BEAT // 4
    taken = []

    async def push():
        for number, word in enumerate(words):
            dut.s_valid.value, dut.s_data.value, dut.s_last.value = 1, word, number % 97 == 96
            await FallingEdge(dut.clk)
            while dut.s_ready.value != 1:
                await FallingEdge(dut.clk)
            await RisingEdge(dut.clk)
            dut.s_valid.value = 0
            for _ in range(rng.randrange(8) if number > 600 else 0):
                await RisingEdge(dut.clk)
            taken.append(word)

    pushing = cocotb.start_soon(push())
    for _ in range(6000):
        await RisingEdge(dut.clk)
    assert full <= len(taken) < full + 40, f"{len(taken)} words taken before a reader that waits, the ring holds {full}"
    for number, word in enumerate(words):
        dut.m_ready.value = 1
        await FallingEdge(dut.clk)
        for _ in range(2000):
            if dut.m_valid.value == 1:
                break
            await FallingEdge(dut.clk)
        assert dut.m_valid.value == 1, f"word {number} does not come"
        assert int(dut.m_data.value) == word, f"word {number}"
        await RisingEdge(dut.clk)
        dut.m_ready.value = 0
        for _ in range(rng.randrange(12) if number > 700 else 0):
            await RisingEdge(dut.clk)
    await with_timeout(pushing, 10, "us")
    assert dut.draining.value == 0 and dut.error.value == 0
    assert ram.read(0x3000, 16) != bytes(16) and ram.read(0x2000, PAGE) == bytes(PAGE), "the ring is at its base"
    assert ram.read(0x4000, PAGE) == bytes(PAGE), "and one page long"


def fifo():
    """The FIFO alone, its ring small."""
    from cocotb_tools.runner import get_results, get_runner

    rtl = Path(__file__).parents[2] / "rtl"
    with tempfile.TemporaryDirectory() as work:
        runner = get_runner("icarus")
        runner.build(
            sources=[rtl / f"hwg_{name}.sv" for name in ("fifo", "axi_burst", "axi_write", "axi_read", "axi_fifo")],
            hdl_toplevel="hwg_axi_fifo",
            parameters={"WIDTH": WORD, "DATA": BEAT, "REGION": PAGE * 8 // BEAT},
            build_args=["-g2012", "-Wall"],
            build_dir=f"{work}/build",
            timescale=("1ns", "1ps"),
        )
        results = runner.test(
            test_module="memory",
            hdl_toplevel="hwg_axi_fifo",
            build_dir=f"{work}/build",
            test_dir=work,
            results_xml=f"{work}/results.xml",
            extra_env={"PYTHONPATH": str(Path(__file__).parent)},
        )
        return get_results(results)


if __name__ == "__main__":
    results = [fifo(), client.simulate(CORE, "memory")]
    sys.exit(client.report(*(sum(column) for column in zip(*results))))
