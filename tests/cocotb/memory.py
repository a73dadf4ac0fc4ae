"""The core with its feedback in DRAM before the memory of cocotbext-axi, which shares nothing with that of our own
simulation.

Run by itself (run.sh does) it starts Icarus with the tests below, as client.py does with its own.
"""

import sys
from pathlib import Path

import cocotb
from cocotb.triggers import FallingEdge, RisingEdge
from cocotbext.axi import AxiBus, AxiRam

sys.path.insert(0, str(Path(__file__).parent))
import client  # noqa: E402
import registers as reg  # noqa: E402
from client import ITERATIONS, at_rate, golden  # noqa: E402

SIZE = 1 << 20
CORE = f"{client.CORE} --feedback axi"
PAGE = 4096


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
    """No burst crosses 4 KiB."""
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


@cocotb.test()
async def frames_through_a_memory(dut):
    """At a base address of the host's choice, which the frame before does not see."""
    bench, ram = await bench_with_memory(dut)
    bench.send(0)
    await bench.maps(range(1, ITERATIONS + 1), golden(0))
    await bench.idle()
    assert ram.read(0, 64) != bytes(64), "the first frame's state is at address 0"
    await bench.write(reg.BASE_LOW, 0x0004_0FFF)
    assert await bench.read(reg.BASE_LOW) == 0x0004_0000
    assert ram.read(0x40000, 64) == bytes(64)
    bench.send(1)
    await bench.maps(range(1, ITERATIONS + 1), golden(1))
    await bench.idle()
    assert ram.read(0x40000, 64) != bytes(64)
    assert not await bench.read(reg.STATUS) & reg.STATUS_BUS_ERROR


@cocotb.test()
async def frames_through_a_slow_memory(dut):
    bench, _ = await bench_with_memory(dut, stall=70, seed=3, gap=30)
    for index in range(2):
        bench.send(index)
    for index in range(2):
        await bench.maps(range(1, ITERATIONS + 1), golden(index))
    await bench.idle()


@cocotb.test()
async def early_exit_and_soft_reset(dut):
    bench, _ = await bench_with_memory(dut, stall=50, seed=5)
    await bench.write(reg.THRESHOLD, 1)
    bench.send(0)
    await bench.maps([1], golden(0))
    await bench.idle()
    assert await bench.read(reg.STATUS) & reg.STATUS_STOPPED_EARLY
    await bench.write(reg.THRESHOLD, 0)
    bench.send(1)
    await bench.maps([1], golden(1))
    await bench.write(reg.CONTROL, reg.CONTROL_ENABLE | reg.CONTROL_SOFT_RESET)
    for _ in range(50):
        await RisingEdge(dut.aclk)
    bench.sink.clear()
    bench.sink.current_frame = None
    bench.send(2)
    await bench.maps(range(1, ITERATIONS + 1), golden(2))
    await bench.idle()


if __name__ == "__main__":
    sys.exit(client.report(*client.simulate(CORE, "memory")))
