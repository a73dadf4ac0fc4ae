"""A client of `itnet_top` that knows nothing but its port and register table.

Run by itself (run.sh does) it emits a small core, has `hwgen run` compute the maps of a few images, and starts Icarus
with the tests below: AXI4-Stream Video in with gaps, class maps out with stalls, AXI4-Lite, interrupt; then the same for a
core with four pixels a beat.
"""

import logging
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import cocotb
from cocotb.clock import Clock
from cocotb.triggers import FallingEdge, ReadOnly, RisingEdge, with_timeout
from cocotbext.axi import AxiLiteBus, AxiLiteMaster, AxiResp, AxiStreamBus, AxiStreamFrame, AxiStreamSink, AxiStreamSource

sys.path.insert(0, str(Path(__file__).parent))
import png  # noqa: E402
import registers as reg  # noqa: E402

WIDTH, HEIGHT, ITERATIONS = 32, 24, 2
BEAT = int(os.environ.get("ITNET_BEAT", "1"))  # pixels
BEATS = WIDTH * HEIGHT // BEAT
IMAGES = 3
CORE = f"--preset tiny --width 4 --scales 2 --iterations {ITERATIONS} --image-size {WIDTH}x{HEIGHT} --multipliers 24"
ALL = (1 << ITERATIONS) - 1


def image(index):
    """Something with edges and noise, the same every time."""
    rng = random.Random(index)
    colours = [[rng.randrange(256) for _ in range(3)] for _ in range(4)]
    return [
        tuple(min(255, max(0, c + rng.randrange(-20, 21))) for c in colours[(x > 9 + 4 * index) + 2 * (y > 11)])
        for y in range(HEIGHT)
        for x in range(WIDTH)
    ]


def golden(index, iterations=ITERATIONS):
    """Maps of an image as `hwgen run` wrote them, by output."""
    folder = Path(os.environ["ITNET_WORK"]) / f"maps_{index}"
    return {n: png.read_grey(folder / f"m_{n:02}.png") for n in range(1, iterations + 1)}


def at_rate(percent, seed):
    """Pause generator: paused in so many percent of the cycles."""
    rng = random.Random(seed)
    while True:
        yield rng.randrange(100) < percent


class Bench:
    """The core with a source, a sink, a bus master and a monitor on its ports."""

    def __init__(self, dut, gap=0, stall=0, seed=1):
        reset = {"reset": dut.aresetn, "reset_active_level": False}
        for name in ("s_axis_video", "m_axis_class", "s_axil"):
            logging.getLogger(f"cocotb.itnet_top.{name}").setLevel(logging.WARNING)
        self.dut = dut
        self.source = AxiStreamSource(AxiStreamBus.from_prefix(dut, "s_axis_video"), dut.aclk, byte_lanes=1, **reset)
        self.sink = AxiStreamSink(AxiStreamBus.from_prefix(dut, "m_axis_class"), dut.aclk, byte_lanes=1, **reset)
        self.bus = AxiLiteMaster(AxiLiteBus.from_prefix(dut, "s_axil"), dut.aclk, **reset)
        if gap:
            self.source.set_pause_generator(at_rate(gap, seed))
        if stall:
            self.sink.set_pause_generator(at_rate(stall, seed + 1))
        self.cycle, self.taken, self.given, self.stalls = 0, [], [], 0

    async def start(self):
        cocotb.start_soon(Clock(self.dut.aclk, 10, unit="ns").start())
        self.dut.aresetn.value = 0
        for _ in range(5):
            await RisingEdge(self.dut.aclk)
        self.dut.aresetn.value = 1
        await RisingEdge(self.dut.aclk)
        cocotb.start_soon(self.monitor())
        cocotb.start_soon(self.rules())
        return self

    async def monitor(self):
        """Cycle of each handshake; stalled cycles of the class stream."""
        d = self.dut
        while True:
            await FallingEdge(d.aclk)  # everything has settled; the handshake is at the next rising edge
            self.cycle += 1
            if int(d.s_axis_video_tvalid.value) and int(d.s_axis_video_tready.value):
                self.taken.append(self.cycle)
            if int(d.m_axis_class_tvalid.value):
                if int(d.m_axis_class_tready.value):
                    self.given.append(self.cycle)
                else:
                    self.stalls += 1

    async def rules(self):
        """Valid and data hold until ready; no bit of a word that is offered is undefined."""
        d, held = self.dut, None
        while True:
            await FallingEdge(d.aclk)
            await ReadOnly()
            if not int(d.m_axis_class_tvalid.value):
                assert held is None, "tvalid fell before tready"
                continue
            names = ("tdata", "tid", "tuser", "tlast")
            word = tuple(int(getattr(d, f"m_axis_class_{name}").value) for name in names)
            assert held in (None, word), f"the word changed while it waited: {held} -> {word}"
            held = None if int(d.m_axis_class_tready.value) else word

    async def read(self, address):
        answer = await with_timeout(self.bus.read(address, 4), 10, "us")
        assert answer.resp == AxiResp.OKAY, f"read of {address:#x}: {answer.resp!r}"
        return int.from_bytes(answer.data, "little")

    async def write(self, address, value):
        answer = await with_timeout(self.bus.write(address, value.to_bytes(4, "little")), 10, "us")
        assert answer.resp == AxiResp.OKAY, f"write of {address:#x}: {answer.resp!r}"

    def send(self, index, lines=HEIGHT, short_line=None):
        """Queues a frame, one stream frame a line; `lines` of it, with one line a beat short."""
        pixels = [r | g << 8 | b << 16 for r, g, b in image(index)]
        for y in range(lines):
            line = pixels[y * WIDTH : (y + 1) * WIDTH - BEAT * (y == short_line)]
            beats = [sum(line[x + i] << 24 * i for i in range(BEAT)) for x in range(0, len(line), BEAT)]
            user = [int(y == 0 and x == 0) for x in range(len(beats))]
            self.source.send_nowait(AxiStreamFrame(tdata=beats, tuser=user))

    async def maps(self, outputs, expected):
        """Takes one map for each of `outputs` and compares it."""
        for n in outputs:
            for y in range(HEIGHT):
                line = await with_timeout(self.sink.recv(compact=False), 1, "ms")
                assert set(line.tid) == {n}, f"output {n} line {y}: tid {line.tid}"
                assert line.tuser == [int(y == 0 and x == 0) for x in range(WIDTH // BEAT)], f"output {n} line {y}: tuser"
                classes = [beat >> 8 * i & 0xFF for beat in line.tdata for i in range(BEAT)]
                assert classes == list(expected[n][y]), f"output {n} line {y}: classes differ from `hwgen run`"

    async def idle(self):
        """Waits until the frame is over."""
        for _ in range(20_000):
            if not await self.read(reg.STATUS) & reg.STATUS_BUSY:
                assert self.sink.empty(), "words that nobody expects"
                return
        raise AssertionError("still busy")

    async def irq(self):
        await FallingEdge(self.dut.aclk)
        return int(self.dut.irq.value)


@cocotb.test()
async def registers(dut):
    bench = await Bench(dut).start()
    assert await bench.read(reg.ID) == reg.ID_VALUE
    assert await bench.read(reg.VERSION) == await bench.read(reg.VERSION)
    assert await bench.read(reg.HASH) == int(os.environ["ITNET_HASH"], 0)
    expected = {**reg.RESET, reg.ITERATIONS: ITERATIONS, reg.MASK_LOW: ALL, reg.MASK_HIGH: 0}
    for address, value in expected.items():
        assert await bench.read(address) == value, f"register {address:#x} after reset"
    for address in (0x4C, 0x7C, 0x80, 0xFC):
        answer = await bench.bus.read(address, 4)
        assert answer.resp == AxiResp.SLVERR, f"read of unmapped {address:#x}"
        answer = await bench.bus.write(address, bytes(4))
        assert answer.resp == AxiResp.SLVERR, f"write of unmapped {address:#x}"
    await bench.write(reg.THRESHOLD, 0x11223344)
    await bench.bus.write(reg.THRESHOLD, b"\xaa\xbb")  # byte strobes
    assert await bench.read(reg.THRESHOLD) == 0x1122BBAA
    assert not await bench.irq()


@cocotb.test()
async def frame_without_stalls(dut):
    bench = await Bench(dut).start()
    bench.send(0)
    await bench.maps(range(1, ITERATIONS + 1), golden(0))
    await bench.idle()
    assert len(bench.taken) == BEATS
    assert await bench.read(reg.CYCLES) == bench.given[-1] - bench.taken[0] + 1
    assert await bench.read(reg.STALLS) == bench.stalls == 0
    assert await bench.read(reg.GAPS) == 0


@cocotb.test()
async def frames_with_gaps_and_stalls(dut):
    bench = await Bench(dut, gap=60, stall=50).start()
    await bench.write(reg.INT_ENABLE, reg.STATUS_FRAME_DONE)
    bench.send(0)
    bench.send(1)
    for frame in range(2):
        await bench.maps(range(1, ITERATIONS + 1), golden(frame))
    await bench.idle()
    assert await bench.read(reg.STATUS) == reg.STATUS_OUTPUT_SENT | reg.STATUS_FRAME_DONE
    assert await bench.irq()
    await bench.write(reg.STATUS, reg.STATUS_FRAME_DONE)
    assert await bench.read(reg.STATUS) == reg.STATUS_OUTPUT_SENT
    assert not await bench.irq()
    await bench.write(reg.INT_ENABLE, reg.STATUS_OUTPUT_SENT)
    assert await bench.irq()
    await bench.write(reg.STATUS, 0xFFFFFFFF)
    assert not await bench.irq()
    assert await bench.read(reg.FRAMES) == 2
    assert await bench.read(reg.LAST_OUTPUT) == ITERATIONS
    first, last = bench.taken[BEATS], bench.given[-1]
    assert await bench.read(reg.CYCLES) == last - first + 1
    assert 0 < await bench.read(reg.STALLS) < bench.stalls  # the second frame's part
    assert await bench.read(reg.GAPS) > 0


@cocotb.test()
async def iterations_and_mask_at_run_time(dut):
    """Written while a frame is under way, taken over by the next one."""
    bench = await Bench(dut, gap=20, stall=20, seed=3).start()
    bench.send(0)
    while len(bench.taken) < 10:
        await RisingEdge(dut.aclk)
    await bench.write(reg.ITERATIONS, 1)
    bench.send(1)
    await bench.maps(range(1, ITERATIONS + 1), golden(0))
    await bench.maps([1], golden(1))
    await bench.idle()
    assert await bench.read(reg.LAST_OUTPUT) == 1
    await bench.write(reg.ITERATIONS, 99)  # acts as the configured N
    await bench.write(reg.MASK_LOW, 0b10)
    bench.send(2)
    await bench.maps([2], golden(2))
    await bench.idle()
    assert await bench.read(reg.LAST_OUTPUT) == 2
    await bench.write(reg.ITERATIONS, 0)  # acts as 1: output 2 is not reached, nothing is sent
    bench.send(0)
    while await bench.read(reg.FRAMES) != 4:
        pass
    await bench.idle()
    assert await bench.read(reg.LAST_OUTPUT) == 0
    assert await bench.read(reg.STATUS) == reg.STATUS_OUTPUT_SENT | reg.STATUS_FRAME_DONE


@cocotb.test()
async def early_exit_and_stop(dut):
    bench = await Bench(dut, stall=30, seed=5).start()
    bench.send(0)
    await bench.maps(range(1, ITERATIONS + 1), golden(0))
    await bench.idle()
    assert await bench.read(reg.CONFIDENCE) > 0
    await bench.write(reg.THRESHOLD, 1)
    await bench.write(reg.STATUS, 0xFFFFFFFF)
    bench.send(1)
    await bench.maps([1], golden(1))
    await bench.idle()
    assert await bench.read(reg.STATUS) == reg.STATUS_STOPPED_EARLY | reg.STATUS_OUTPUT_SENT | reg.STATUS_FRAME_DONE
    assert await bench.read(reg.LAST_OUTPUT) == 1
    await bench.write(reg.THRESHOLD_OUTPUT, 1)  # all outputs but the first have a threshold now
    await bench.write(reg.THRESHOLD, 0)
    await bench.write(reg.THRESHOLD_OUTPUT, 2)
    assert await bench.read(reg.THRESHOLD) == 1
    bench.send(1)
    await bench.maps([1, 2], golden(1))
    await bench.idle()
    assert await bench.read(reg.LAST_OUTPUT) == 2
    await bench.write(reg.THRESHOLD_OUTPUT, 0)
    await bench.write(reg.THRESHOLD, 0)
    await bench.write(reg.STATUS, 0xFFFFFFFF)
    bench.send(2)
    while len(bench.taken) < 3 * BEATS + 10:
        await RisingEdge(dut.aclk)
    await bench.write(reg.CONTROL, reg.CONTROL_ENABLE | reg.CONTROL_STOP)
    await bench.maps([1], golden(2))
    await bench.idle()
    assert await bench.read(reg.STATUS) == reg.STATUS_STOPPED_EARLY | reg.STATUS_OUTPUT_SENT | reg.STATUS_FRAME_DONE
    assert await bench.read(reg.CONTROL) == reg.CONTROL_ENABLE, "stop clears itself"


@cocotb.test()
async def malformed_frames_and_disable(dut):
    """A frame that is out of step is dropped whole; the next one is right."""
    bench = await Bench(dut, gap=10, seed=7).start()
    bench.send(0, short_line=5)
    bench.send(1, lines=HEIGHT - 1)  # a start of frame comes in the middle
    bench.send(2)
    await bench.maps(range(1, ITERATIONS + 1), golden(2))
    await bench.idle()
    assert await bench.read(reg.STATUS) == reg.STATUS_SIZE_ERROR | reg.STATUS_OUTPUT_SENT | reg.STATUS_FRAME_DONE
    assert await bench.read(reg.FRAMES) == 1
    await bench.write(reg.CONTROL, 0)
    count = len(bench.taken)
    bench.send(0)
    for _ in range(200):
        await RisingEdge(dut.aclk)
    assert len(bench.taken) <= count + 1, "a frame began while the core was disabled"
    await bench.write(reg.CONTROL, reg.CONTROL_ENABLE)
    await bench.maps(range(1, ITERATIONS + 1), golden(0))
    await bench.idle()
    assert await bench.read(reg.FRAMES) == 2


@cocotb.test()
async def soft_reset_in_a_frame(dut):
    bench = await Bench(dut, stall=50, seed=9).start()
    bench.send(0)
    await bench.maps([1], golden(0))
    await bench.write(reg.CONTROL, reg.CONTROL_ENABLE | reg.CONTROL_SOFT_RESET)
    for _ in range(50):
        await RisingEdge(dut.aclk)
    assert not await bench.read(reg.STATUS) & reg.STATUS_BUSY
    assert await bench.read(reg.FRAMES) == 0
    bench.sink.clear()
    bench.sink.current_frame = None
    bench.send(1)
    await bench.maps(range(1, ITERATIONS + 1), golden(1))
    await bench.idle()


def simulate(flags, module):
    """Emits a core, has `hwgen run` compute the maps, starts Icarus with the tests of a module: tests and failures."""
    import json

    from cocotb_tools.runner import get_results, get_runner

    hwgen = os.environ["HWGEN_BIN"]
    with tempfile.TemporaryDirectory() as work:
        core = Path(work) / "core"
        subprocess.run([hwgen, "-q", "emit", *flags.split(), "-o", core], check=True)
        for index in range(IMAGES):
            picture = f"{work}/image_{index}.png"
            png.write_rgb(picture, WIDTH, HEIGHT, image(index))
            command = [hwgen, "-q", "run", "--model", core / "model.safetensors", "--image", picture]
            subprocess.run([*command, "--maps", f"{work}/maps_{index}"], check=True, stdout=subprocess.DEVNULL)
        manifest = json.loads((core / "manifest.json").read_text())
        runner = get_runner("icarus")
        runner.build(
            sources=[core / source for source in manifest["sources"]],
            hdl_toplevel="itnet_top",
            build_args=["-g2012", "-Wall"],
            build_dir=f"{work}/build",
            timescale=("1ns", "1ps"),
        )
        results = runner.test(
            test_module=module,
            hdl_toplevel="itnet_top",
            build_dir=f"{work}/build",
            test_dir=core,
            results_xml=f"{work}/results.xml",
            extra_env={
                "ITNET_WORK": work,
                "ITNET_HASH": manifest["config_hash"],
                "ITNET_BEAT": str(manifest["pixels_per_beat"]),
                "PYTHONPATH": str(Path(__file__).parent),
            },
        )
        return get_results(results)


def report(tests, failed):
    """The last line, and the exit status."""
    print(f"cocotb: {tests - failed} passed, {failed} failed")
    return 1 if failed or not tests else 0


if __name__ == "__main__":
    runs = [simulate(CORE, "client"), simulate(f"{CORE} --pixels-per-beat 4", "client")]
    sys.exit(report(*map(sum, zip(*runs))))
