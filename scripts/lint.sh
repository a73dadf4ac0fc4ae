#!/usr/bin/env bash
# Verilator, Icarus, Yosys and slang on every module of rtl/ with its default parameters, and on emitted cores that
# differ in what the emitter writes. Any output of a linter is a failure. `make lint` is the short form of this.
#   lint.sh [library] [CORE]…     nothing: all        HWGEN_BIN: the generator, default target/release/hwgen
set -uo pipefail
cd "$(dirname "$0")/.."
root=$PWD
hwgen=$(realpath "${HWGEN_BIN:-target/release/hwgen}")
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
failures=0

declare -A cores=(
    [tiny]="--preset tiny"
    [tiny-stream]="--preset tiny --feedback stream"
    [tiny-axi]="--preset tiny --feedback axi"
    [tiny-axi-128]="--preset tiny --multipliers 400 --feedback axi --axi-width 128"
    [tiny-axi-32]="--preset tiny --multipliers 16 --feedback axi --axi-width 32"
    [tiny-16]="--preset tiny --multipliers 16"
    [paper-w8]="--preset paper --multipliers 342 --weight-bits 8"
    [paper]="--preset paper --multipliers 342"
    [paper-stream]="--preset paper --feedback stream"
    [paper-axi]="--preset paper --feedback axi"
    [paper-shared]="--preset paper --outputs 1,2,4,8,16 --feedback axi --device ecp5-85k --act-logit-bits 9 --multipliers 172"
    [paper-4]="--preset paper --multipliers 4"
    [paper-16]="--preset paper --multipliers 16"
    [paper-4096]="--preset paper --multipliers 4096"
    [deep]="--width 5 --scales 5 --blocks 2 --mixing bidirectional --iterations 3 --image-size 67x45 --multipliers 100"
    [deep-stream]="--width 7 --scales 5 --blocks 2 --mixing bidirectional --iterations 3 --image-size 50x37 --multipliers 64 --feedback stream"
    [one-scale]="--preset tiny --scales 1"
    [two-scales]="--preset tiny --scales 2 --mixing bidirectional"
    [one-class]="--preset tiny --classes 1"
    [odd]="--preset tiny --image-size 97x61 --pixels symmetric"
    [smallest]="--width 1 --scales 1 --iterations 1 --outputs 1 --classes 1 --expansion 1 --image-size 16x16 --multipliers 4"
    [many-classes]="--preset tiny --width 3 --classes 256 --weight-bits 2 --act-bits 4"
    [sets]="--preset tiny --weight-sets independent --iterations 8 --outputs 2,5 --weight-bits 3 --data-bits 7"
    [silent]="--preset tiny --iterations 64 --outputs 64"
    [board-ulx3s]="--preset tiny --multipliers 24 --board ulx3s-85f --video-clock separate"
    [board-ecpix]="--preset tiny --multipliers 24 --board ecpix-5-85f --clock 80 --baud 3000000"
    [board-evn]="--preset tiny --multipliers 24 --board ecp5-evn --clock 48"
    [video-clock-stream]="--preset tiny --feedback stream --video-clock separate"
)

said() { # said NAME COMMAND…: prints what the command says; counts a failure if it says anything or fails
    local name=$1 text status
    shift
    text=$("$@" 2>&1 </dev/null)
    status=$?
    if [ $status -ne 0 ] || [ -n "$text" ]; then
        printf 'FAIL  %s (status %d)\n%s\n' "$name" $status "$(head -n "${LINT_LINES:-12}" <<<"$text")"
        failures=$((failures + 1))
    else
        printf 'ok    %s\n' "$name"
    fi
}

checks() { # checks TOP OPTION… FILE…: commands of Yosys
    local top=$1
    shift
    echo "read_verilog -lib +/ecp5/cells_bb.v; read_verilog -sv -defer $*; hierarchy -check -top $top; proc; check -assert"
}

four() { # four NAME TOP WAIVERS FILE…, in the folder of the files
    local name=$1 top=$2 waivers=$3
    shift 3
    said "$name verilator" verilator --lint-only -Wall --top-module "$top" "$waivers" "$@"
    said "$name verilator, structure" verilator --lint-only -Wall -DSYNTHESIS --top-module "$top" "$waivers" "$@"
    said "$name icarus" iverilog -g2012 -Wall -t null -s "$top" "$@"
    said "$name yosys" yosys -q -p "$(checks "$top" "$@")"
    # the technology layer of a family takes the place of the generic one
    said "$name yosys, ECP5" yosys -q -p "$(checks "$top" "${@//tech\/generic\//tech\/ecp5\/}")"
    said "$name slang" "$root/.venv/bin/python" "$root/scripts/slang_lint.py" "$top" "$@"
}

# Verilator 5.006 does not elaborate a module that instantiates itself when it is the top: its user is, then.
declare -A inside=([hwg_best2]=hwg_argbest [hwg_tree]=hwg_dot)

# Yosys takes an operator before a cast into its width: -(W+1)'(x) is (-(W+1))'(x) to it, a number without the sign.
casts() { ! grep -nE "[-~!]\([^()]*\)'\(" "$@"; }

# The rule that slang_lint.py adds to slang's own finds what it is for, and no more.
finds_narrowing_casts() {
    local found
    found=$("$root/.venv/bin/python" "$root/scripts/slang_lint.py" narrowing_cast tests/lint/narrowing_cast.sv)
    [ "$(grep -o 'sv:[0-9]*:' <<<"$found" | tr -d '\n')" = "sv:13:sv:14:" ] || echo "wanted lines 13 and 14, found: $found"
}

# The core file: FuseSoC lints by it, and prepares a run of Yosys, nextpnr and ecppack with every file in its place.
fuses() { # fuses NAME, in the folder of the core
    local log=$out/fusesoc.log build=$out/fusesoc core
    core=$(sed -n 's/^name: //p' itnet.core)
    if "$root/.venv/bin/fusesoc" --cores-root . run --work-root "$build/lint" --target=lint "$core" >"$log" 2>&1 &&
        "$root/.venv/bin/fusesoc" --cores-root . run --work-root "$build/synth" --target=synth --setup "$core" >"$log" 2>&1 &&
        make -n -C "$build/synth" | grep ecppack >/dev/null && cmp -s mem/expand.hex "$build/synth/mem/expand.hex"; then
        printf 'ok    %s fusesoc\n' "$1"
    else
        printf 'FAIL  %s fusesoc\n%s\n' "$1" "$(tail -n 12 "$log")"
        failures=$((failures + 1))
    fi
    rm -rf "$build"
}

# The library, each module as the top. The memory files that defaults name do not exist, so the tools get empty ones.
library() {
    local file module files
    mkdir -p "$out/library/mem"
    said "rtl casts" casts rtl/*/*.sv rtl/tech/*/*.sv
    said "narrowing casts are found" finds_narrowing_casts
    cp -r rtl/* "$out/library"
    cd "$out/library" || exit 2
    # packages before what uses them
    mapfile -t files < <(grep -l '^package ' tech/generic/*.sv ./*/*.sv; grep -L '^package ' ./*/*.sv tech/generic/*.sv)
    touch {rom,array,requant}.hex mem/{expand,depthwise,project,classify}{,_requant}.hex mem/affine.hex
    for file in "${files[@]}"; do
        grep -q '^module ' "$file" || continue
        module=$(basename "$file" .sv)
        module=${inside[$module]:-$module}
        four "rtl $module" "$module" lint.vlt "${files[@]}"
    done
    module=hwg_pll
    four "rtl $module" "$module" lint.vlt tech/ecp5/$module.sv
    cd "$root" || exit 2
}

core() { # core NAME
    local top sources
    # shellcheck disable=SC2086
    "$hwgen" --quiet emit ${cores[$1]} -o "$out/$1" 2>&1 || { failures=$((failures + 1)); return; }
    cd "$out/$1" || exit 2
    # the core, then each top around it with the files that it adds
    while read -r top sources; do
        # shellcheck disable=SC2086
        four "$1 $top" "$top" lint.vlt $sources
    done < <("$root/.venv/bin/python" -c '
import json
manifest = json.load(open("manifest.json"))
for top in [manifest] + [manifest[key] for key in ("board", "video") if key in manifest]:
    print(top["top"], *top["sources"], *(manifest["sources"] if top is not manifest else []))')
    [ "$1" != tiny ] || fuses "$1"
    cd "$root" || exit 2
    rm -rf "${out:?}/$1"
}

mapfile -t all < <(printf '%s\n' "${!cores[@]}" | sort)
for name in "${@:-library}"; do
    if [ "$name" = library ]; then library; else core "$name"; fi
done
[ $# -gt 0 ] || for name in "${all[@]}"; do core "$name"; done
echo "lint: $failures failures"
[ $failures -eq 0 ]
