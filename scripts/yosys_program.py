"""Yosys from its Python package, with the arguments of the program that this project needs.

    pyosys [-q] [-l LOG] -p COMMANDS        pyosys --version

The package has the library as a native build and no program; `scripts/setup.sh fpga` puts this one beside it.
"""

import argparse
import importlib.metadata
import os
import sys

from pyosys import libyosys


def main() -> int:
    parser = argparse.ArgumentParser(prog="pyosys", description="Runs commands of Yosys, in order, on one design.")
    parser.add_argument("-q", action="store_true", help="no messages on stdout")
    parser.add_argument("-l", metavar="LOG", help="all messages into this file, too")
    parser.add_argument("-p", metavar="COMMANDS", required="--version" not in sys.argv, help="separated by ;")
    parser.add_argument("--version", action="store_true")
    arguments = parser.parse_args()
    if arguments.version:
        print(f"Yosys {importlib.metadata.version('pyosys')} (pyosys)")
        return 0
    if arguments.q:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    commands = [command.strip() for command in arguments.p.split(";")]
    if arguments.l:
        commands = [f"tee -q -a {arguments.l} {command}" for command in commands]
        open(arguments.l, "w").close()
    design = libyosys.Design()
    for command in filter(None, commands):
        libyosys.run_pass(command, design)
    return 0


if __name__ == "__main__":
    sys.exit(main())
