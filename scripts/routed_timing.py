#!/usr/bin/env python3
"""Longest paths of a routed core, register to register, from the delays that nextpnr wrote (`--sdf synth/itnet.sdf`).

    hwgen synth DIR --nextpnr-args "--sdf synth/itnet.sdf"
    routed_timing.py DIR/synth/itnet.sdf                 the worst groups of registers, a line each
    routed_timing.py DIR/synth/itnet.sdf --path REGEX    the worst path to a register whose name matches, step by step

nextpnr reports one path; the work is in the groups behind it. Delays are the worst of their triples. One clock.
"""

import argparse
import collections
import re
import sys

WIRE = re.compile(r"\(INTERCONNECT (\S+) (\S+) \(([^)]*)\)")
ARC = re.compile(r"\(IOPATH (\S+) (\S+) \(([^)]*)\)")
CHECK = re.compile(r"\(SETUPHOLD \((?:pos|neg)edge (\S+)\) \(posedge \S+\) \(([^)]*)\)")
NEVER = -1_000_000_000  # of constants
CLOCKS = {"CLK", "CLKA", "CLKB", "CLK0", "WCK", "CLKI"}


def worst(triple: str) -> int:
    """Picoseconds."""
    return int(triple.split(":")[-1])


class Timing:
    """Delays between pins, named `instance/pin`."""

    def __init__(self, file: str) -> None:
        self.before = collections.defaultdict(list)  # pin -> [(earlier pin, ps)]
        self.launch = {}  # output pin of a register -> ps after the clock
        self.setup = collections.defaultdict(int)
        instance = ""
        with open(file, encoding="utf-8") as lines:
            for line in lines:
                text = line.strip().replace("\\", "")
                if text.startswith("(INSTANCE"):
                    instance = text[len("(INSTANCE") : -1].strip()
                elif found := WIRE.match(text):
                    self.before[found[2]].append((found[1], worst(found[3])))
                elif found := ARC.match(text):
                    pin = f"{instance}/{found[2]}"
                    if found[1] in CLOCKS:
                        self.launch[pin] = max(worst(found[3]), self.launch.get(pin, 0))
                    else:
                        self.before[pin].append((f"{instance}/{found[1]}", worst(found[3])))
                elif found := CHECK.match(text):
                    pin = f"{instance}/{found[1]}"
                    self.setup[pin] = max(worst(found[2]), self.setup[pin])
        self.arrival = {}  # pin -> (ps, earlier pin)

    def at(self, pin: str) -> int:
        """The latest arrival, without recursion: paths are long."""
        stack = [pin]
        while stack:
            node = stack[-1]
            if node in self.arrival:
                stack.pop()
                continue
            if node in self.launch:
                self.arrival[node] = (self.launch[node], None)
                continue
            waiting = [earlier for earlier, _ in self.before.get(node, ()) if earlier not in self.arrival]
            if waiting:
                stack.extend(waiting)
                continue
            arrivals = [(self.arrival[earlier][0] + ps, earlier) for earlier, ps in self.before.get(node, ())]
            self.arrival[node] = max(arrivals, default=(NEVER, None))
        return self.arrival[pin][0]

    def path(self, pin: str) -> list[str]:
        """Pins from the register that launches."""
        pins = [pin]
        while self.arrival[pins[-1]][1]:
            pins.append(self.arrival[pins[-1]][1])
        return pins[::-1]


def group(pin: str) -> str:
    """The register's name in the source, numbers and what Yosys appended left out."""
    instance = pin.rsplit("/", 1)[0]
    name = re.sub(r"(_TRELLIS_|_CCU2C|_LUT4|_PFUMX|_L6MUX|_MULT18|\$|\.mem\.).*", "", instance)
    return re.sub(r"^(u_core\.)*", "", re.sub(r"\d+", "#", name))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sdf", help="delay file of nextpnr")
    parser.add_argument("--count", type=int, default=40, help="groups to list")
    parser.add_argument("--path", metavar="REGEX", help="a register whose worst path to show")
    arguments = parser.parse_args()
    timing = Timing(arguments.sdf)
    ends = [(timing.at(pin) + setup, pin) for pin, setup in timing.setup.items()]
    if not ends:
        print(f"{arguments.sdf}: no registers: is it the SDF of nextpnr?", file=sys.stderr)
        return 2
    if arguments.path:
        wanted = [end for end in ends if re.search(arguments.path, end[1])]
        if not wanted:
            print(f"{arguments.sdf}: no register matches {arguments.path!r}", file=sys.stderr)
            return 2
        total, pin = max(wanted)
        for step in timing.path(pin):
            print(f"{timing.arrival[step][0] / 1000:7.2f} ns  {step}")
        print(f"{total / 1000:7.2f} ns  with setup")
        return 0
    limits = ", ".join(f"{sum(ps > 1000 * ns for ps, _ in ends)} beyond {ns} ns" for ns in (10, 11, 12, 12.5, 13))
    print(f"{len(ends)} ends; {limits}")
    groups = collections.defaultdict(list)
    for ps, pin in ends:
        if ps > 9000:
            groups[group(timing.path(pin)[0]), group(pin)].append(ps)
    for (first, last), found in sorted(groups.items(), key=lambda item: -max(item[1]))[: arguments.count]:
        print(f"{max(found) / 1000:6.2f} ns {len(found):5}  {first} -> {last}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
