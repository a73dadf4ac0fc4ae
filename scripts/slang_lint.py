#!/usr/bin/env python3
"""slang on Verilog sources, through pyslang: slang_lint.py TOP FILE… Exit status 1 if it says anything at all."""

import sys

from pyslang import driver


def main() -> int:
    top, files = sys.argv[1], sys.argv[2:]
    slang = driver.Driver()
    slang.addStandardArgs()
    quoted = " ".join(f'"{file}"' for file in files)
    if not slang.parseCommandLine(f"slang -Werror --top {top} {quoted}"):
        return 1
    if not slang.processOptions() or not slang.parseAllSources():
        return 1
    return 0 if slang.runFullCompilation(quiet=True) else 1


sys.exit(main())
