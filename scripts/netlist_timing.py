"""Longest paths of a Yosys netlist for the ECP5, register to register, before anything is placed.

    netlist_timing.py synth/itnet.json                  the worst groups of registers, a line each
    netlist_timing.py synth/itnet.json --path REGEX     the worst path to a register whose name matches, step by step

A wire takes what its fan-out says (0.75 ns + 0.25 ns for each doubling), a cell about what it takes at speed grade 6. The
figures rank paths; they are no prediction of a clock, which placement decides. Seconds, where place and route takes an hour.
"""

from __future__ import annotations

import argparse
import collections
import json
import math
import re

CLOCK_TO_Q = {"TRELLIS_FF": 0.52, "DP16KD": 5.73, "registered": 0.85}  # of block RAMs and multipliers with output registers
LUT, CARRY_IN, CARRY, CARRY_OUT, MUX, MULTIPLY, RAM_SETUP = 0.24, 0.45, 0.07, 0.44, 0.20, 3.90, 0.20
CELL = re.compile(r"_(TRELLIS_FF|DP16KD|LUT4|CCU2C|PFUMX|L6MUX21|MULT18X18D|TRELLIS_DPR16X4).*")


class Netlist:
    """Timing graph: a node is a net's bit (its number) or a multiplier (its name)."""

    def __init__(self, module: dict) -> None:
        self.fan_out: collections.Counter = collections.Counter()
        self.edges = collections.defaultdict(list)  # node -> (node, delay, through a wire)
        self.launch: dict = {}                      # node -> (clock to output, cell)
        self.ends: list = []                        # (node, cell, pin, set-up)
        self.names: dict = {}
        for name, net in module["netnames"].items():
            for index, bit in enumerate(net["bits"]):
                if isinstance(bit, int) and (bit not in self.names or len(name) < len(self.names[bit][0])):
                    self.names[bit] = name, index
        for cell in module["cells"].values():
            for pin, bits in cell["connections"].items():
                if cell["port_directions"][pin] == "input":
                    self.fan_out.update(bit for bit in bits if isinstance(bit, int))
        for name, cell in module["cells"].items():
            self.add(name, cell)

    def add(self, name: str, cell: dict) -> None:
        kind, pins, directions = cell["type"], cell["connections"], cell["port_directions"]
        parameters = cell.get("parameters", {})

        def nets(pin):
            return [bit for bit in pins.get(pin, []) if isinstance(bit, int)]

        def arcs(sources, sinks, delay, wire=True):
            for source in sources:
                for sink in sinks:
                    self.edges[source].append((sink, delay, wire))

        if kind == "TRELLIS_FF":
            self.launch.update((bit, (CLOCK_TO_Q[kind], name)) for bit in nets("Q"))
            self.ends += [(bit, name, pin, 0.0) for pin in ("DI", "M", "CE", "LSR") for bit in nets(pin)]
        elif kind == "DP16KD":
            launch = CLOCK_TO_Q["registered" if parameters.get("REGMODE_B") == "OUTREG" else kind]
            for pin in pins:
                if directions[pin] == "output":
                    self.launch.update((bit, (launch, name)) for bit in nets(pin))
                elif not pin.startswith("CLK"):
                    self.ends += [(bit, name, pin.rstrip("0123456789"), RAM_SETUP) for bit in nets(pin)]
        elif kind == "LUT4":
            arcs([bit for pin in "ABCD" for bit in nets(pin)], nets("Z"), LUT)
        elif kind in ("PFUMX", "L6MUX21"):
            arcs([bit for pin in pins if pin != "Z" for bit in nets(pin)], nets("Z"), MUX, wire=False)
        elif kind == "CCU2C":
            for half in "01":
                sources = [bit for pin in "ABCD" for bit in nets(pin + half)]
                sinks = nets("S1") + nets("COUT") + (nets("S0") if half == "0" else [])
                arcs(sources, sinks, CARRY_IN)
            arcs(nets("CIN"), nets("S0") + nets("S1"), CARRY_OUT, wire=False)
            arcs(nets("CIN"), nets("COUT"), CARRY, wire=False)
        elif kind == "MULT18X18D":
            operands = [bit for pin in pins if pin[0] in "AB" and directions[pin] == "input" for bit in nets(pin)]
            products = [bit for pin in pins if pin[0] == "P" for bit in nets(pin)]
            if parameters.get("REG_INPUTA_CLK", "NONE") != "NONE":
                self.ends += [(bit, name, "A", RAM_SETUP) for bit in operands]
                self.launch[name] = CLOCK_TO_Q["TRELLIS_FF"], name
            else:
                arcs(operands, [name], 0.0)
            if parameters.get("REG_OUTPUT_CLK", "NONE") != "NONE":
                self.launch.update((bit, (CLOCK_TO_Q["registered"], name)) for bit in products)
                if parameters.get("REG_INPUTA_CLK", "NONE") == "NONE":
                    self.ends.append((name, name, "P", MULTIPLY))
            else:
                arcs([name], products, MULTIPLY, wire=False)
        elif kind == "TRELLIS_DPR16X4":
            arcs(nets("RAD"), nets("DO"), LUT)
            self.ends += [(bit, name, pin, 0.0) for pin in ("DI", "WAD", "WRE") for bit in nets(pin)]

    def wire(self, node) -> float:
        return 0.75 + 0.25 * math.log2(max(self.fan_out[node], 1)) if isinstance(node, int) else 0.0

    def arrivals(self) -> tuple[dict, dict]:
        """Latest arrival at each node in ns, and the node that it comes from."""
        inputs = collections.Counter(sink for sinks in self.edges.values() for sink, *_ in sinks)
        ready = collections.deque(node for node in {*self.edges, *self.launch} if inputs[node] == 0)
        arrival = {node: self.launch.get(node, (0.0, ""))[0] for node in ready}
        before: dict = {}
        while ready:
            node = ready.popleft()
            for sink, delay, wire in self.edges.get(node, ()):
                at = arrival[node] + delay + (self.wire(node) if wire else 0.0)
                if at > arrival.get(sink, -1.0):
                    arrival[sink], before[sink] = at, node
                inputs[sink] -= 1
                if inputs[sink] == 0:
                    ready.append(sink)
        return arrival, before

    def name(self, node) -> str:
        return "{}[{}]".format(*self.names[node]) if node in self.names else str(node)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("netlist", help="JSON of Yosys after synth_ecp5")
    parser.add_argument("--top", default="itnet_pins")
    parser.add_argument("--count", type=int, default=40, help="groups to list: paths that begin and end at registers of one name, # for their numbers")
    parser.add_argument("--path", metavar="REGEX", help="a register whose worst path to show")
    arguments = parser.parse_args()
    try:
        with open(arguments.netlist) as file:
            modules = json.load(file)["modules"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SystemExit(f"{arguments.netlist}: no netlist of Yosys: {error}") from None
    if arguments.top not in modules:
        raise SystemExit(f"{arguments.netlist}: no module {arguments.top}, there is {', '.join(list(modules)[:5])}")
    netlist = Netlist(modules[arguments.top])
    arrival, before = netlist.arrivals()

    def path(node):
        nodes = [node]
        while nodes[-1] in before:
            nodes.append(before[nodes[-1]])
        return nodes[::-1]

    ends = [(arrival[node] + netlist.wire(node) + setup, node, cell, pin)
            for node, cell, pin, setup in netlist.ends if node in arrival]
    ends.sort(key=lambda end: -end[0])
    if arguments.path:
        found = next((end for end in ends if re.search(arguments.path, end[2])), None)
        if found is None:
            raise SystemExit(f"no register of {arguments.netlist} matches {arguments.path!r}")
        for node in path(found[1]):
            print(f"{arrival[node]:7.2f} ns, fan-out {netlist.fan_out[node]:5d}: {netlist.name(node)[-110:]}")
        print(f"{found[0]:7.2f} ns at {found[2][-100:]} {found[3]}")
        return
    groups: dict = {}
    for at, node, cell, pin in ends:
        first = path(node)[0]
        source = netlist.launch[first][1] if first in netlist.launch else netlist.name(first)
        key = tuple(re.sub(r"\d+", "#", CELL.sub("", text)) for text in (source, cell)) + ("" if pin in ("DI", "M") else pin,)
        groups.setdefault(key, [at, 0])[1] += 1
    print(len(ends), "ends;", ", ".join(f"{sum(end[0] > limit for end in ends)} beyond {limit} ns" for limit in range(8, 14)))
    for (source, cell, pin), (at, count) in list(groups.items())[:arguments.count]:
        print(f"{at:6.2f} ns {count:5d}  {source} -> {cell} {pin}")


if __name__ == "__main__":
    main()
