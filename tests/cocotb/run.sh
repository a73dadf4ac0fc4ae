#!/usr/bin/env bash
# An independent client of emitted cores, on Icarus Verilog: client.py; with the feedback in DRAM: memory.py; the FIFO
# there: fifo.py. HWGEN_BIN: the generator.
set -euo pipefail
cd "$(dirname "$0")/../.."
if ! command -v iverilog >/dev/null || ! .venv/bin/python -c 'import cocotb, cocotbext.axi' 2>/dev/null; then
    scripts/setup.sh python
fi
HWGEN_BIN=$(realpath "${HWGEN_BIN:-target/release/hwgen}")
export HWGEN_BIN
for module in client memory fifo; do
    .venv/bin/python "tests/cocotb/$module.py"
done
