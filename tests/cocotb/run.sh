#!/usr/bin/env bash
# An independent client of an emitted core, on Icarus Verilog: client.py. HWGEN_BIN: the generator.
set -euo pipefail
cd "$(dirname "$0")/../.."
if ! command -v iverilog >/dev/null || ! .venv/bin/python -c 'import cocotb, cocotbext.axi' 2>/dev/null; then
    scripts/setup.sh python
fi
HWGEN_BIN=$(realpath "${HWGEN_BIN:-target/release/hwgen}") exec .venv/bin/python tests/cocotb/client.py
