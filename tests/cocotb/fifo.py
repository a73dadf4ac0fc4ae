"""The FIFO in DRAM by itself, with a ring so small that it is full, before the memory of cocotbext-axi.

Run by itself (run.sh does) it starts Icarus with the test below.
"""

import random
import sys
import tempfile
from pathlib import Path

import cocotb
from cocotb.clock import Clock
from cocotb.triggers import FallingEdge, RisingEdge, with_timeout

sys.path.insert(0, str(Path(__file__).parent))
import client  # noqa: E402
from memory import PAGE, memory, page_rule  # noqa: E402

# Words of four beats, a ring of one page.
WORD, BEAT = 100, 32


@cocotb.test()
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


def simulate():
    """The FIFO alone, its ring small."""
    from cocotb_tools.runner import get_results, get_runner

    rtl = Path(__file__).parents[2] / "rtl"
    with tempfile.TemporaryDirectory() as work:
        runner = get_runner("icarus")
        runner.build(
            sources=[rtl / "stream/hwg_fifo.sv", *(rtl / f"axi/hwg_axi_{n}.sv" for n in ("burst", "write", "read", "fifo"))],
            hdl_toplevel="hwg_axi_fifo",
            parameters={"WIDTH": WORD, "DATA": BEAT, "REGION": PAGE * 8 // BEAT},
            build_args=["-g2012", "-Wall"],
            build_dir=f"{work}/build",
            timescale=("1ns", "1ps"),
        )
        results = runner.test(
            test_module="fifo",
            hdl_toplevel="hwg_axi_fifo",
            build_dir=f"{work}/build",
            test_dir=work,
            results_xml=f"{work}/results.xml",
            extra_env={"PYTHONPATH": str(Path(__file__).parent)},
        )
        return get_results(results)


if __name__ == "__main__":
    sys.exit(client.report(*simulate()))
