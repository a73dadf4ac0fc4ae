#!/usr/bin/env bash
# hwg_cdc_fifo under any two clocks (cdc_fifo.sv), by Yosys and its ABC: no counterexample within FRAMES steps of the
# solver's clock; then the same for broken copies, each of which has to have one. FRAMES=… SECONDS_EACH=…
#   METHOD=pdr tries to prove it for any number of steps instead; that takes long.
set -euo pipefail
cd "$(dirname "$0")/../.."
root=$PWD
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
frames=${FRAMES:-30}
seconds=${SECONDS_EACH:-600}

check() { # check FIFO: what ABC says in its last line
    local method="bmc3 -F $frames -T $seconds"
    [ "${METHOD:-bmc}" = pdr ] && method="pdr -T $seconds"
    yosys -q -p "read_verilog -formal -sv rtl/hwg_sync.sv $1 tests/formal/cdc_fifo.sv; prep -top proof; flatten;
        memory_map; clk2fflogic; opt -fast; setundef -undriven -anyseq; techmap; abc -g AND -fast; opt_clean;
        write_aiger -zinit $out/fifo.aig" || return
    (cd "$out" && yosys-abc -c "read_aiger fifo.aig; fold; $method") |
        { grep -E "asserted|proved|undecided" || echo "no answer"; } | tail -n 1
}

failures=0
said=$(check rtl/hwg_cdc_fifo.sv)
echo "hwg_cdc_fifo: $said"
case $said in *'No output asserted'* | *proved*) ;; *) failures=1 ;; esac
while read -r line; do
    from=${line%% => *} to=${line##* => }
    ROOT=$root FROM=$from TO=$to python3 -c '
import os
text = open(os.environ["ROOT"] + "/rtl/hwg_cdc_fifo.sv").read()
assert os.environ["FROM"] in text, os.environ["FROM"]
print(text.replace(os.environ["FROM"], os.environ["TO"]))' >"$out/mutant.sv"
    said=$(check "$out/mutant.sv")
    case $said in
        *'was asserted'*) echo "found: $from -> $to" ;;
        *) echo "NOT found: $from -> $to: $said"; failures=$((failures + 1)) ;;
    esac
done <<'MUTANTS'
{~rgray_seen[AW:AW-1], rgray_seen[AW-2:0]} => ~rgray_seen
rgray_q != wgray_seen && ( => 1'b1 && (
(!m_valid || m_ready) => 1'b1
rptr_q  <= rptr; => rptr_q  <= rptr + 1'b1;
mem[wptr_q[AW-1:0]] <= s_data => mem[wptr_q[AW-2:0]] <= s_data
wgray_q <= wptr ^ {1'b0, wptr[AW:1]}; => wgray_q <= wptr;
MUTANTS
[ $failures -eq 0 ]
