# Everything a person or CI types. Each target installs what it needs first (scripts/setup.sh), so any of them may come
# first on a fresh machine. The work itself is in xtask/ and in cargo.
SHELL := /bin/bash
.DEFAULT_GOAL := help
# Always both, and started as they are: one alone, or `cargo run`, has other features of the libraries and builds them anew.
TARGET := $(or $(CARGO_TARGET_DIR),target)
BUILD := cargo build --release --package hwgen --package xtask
XTASK := $(TARGET)/release/xtask

.PHONY: help book check check-rtl docs setup setup-fpga demo test bench bench-fpga netlist fuzz lint formal mutants train-deps train-camvid-240 train-camvid-480 build golden clean
help:
	@echo "make demo        a core from nothing: quantise, emit, co-simulate, look at out/demo/index.html (minutes)"
	@echo "make check       format, clippy and the tests that need no tool, after an edit of Rust"
	@echo "make check-rtl   lint of the library and a small core simulated, after an edit of rtl/; builds nothing"
	@echo "make test        all that CI runs"
	@echo "make bench       the numbers of the README, measured here (long)"
	@echo "make bench-fpga  cores through Yosys and nextpnr, docs/fpga.md (very long; DESIGNS=tiny, SEED=…)"
	@echo "make netlist     the tiny core in the cells of an ECP5, simulated against the golden model (minutes)"
	@echo "make fuzz        200 random networks against the golden model (long; CASES=…, SEED=…)"
	@echo "make lint        Verilator, Icarus, Yosys and slang on rtl/ and on emitted cores"
	@echo "make formal      prove what tests/formal lists, kill its mutants, write docs/formal.md (long; PROOFS=fifo)"
	@echo "make mutants     faults in rtl/, killed by simulated cores and proofs; docs/mutants.md (long; MODULES=…, PER_MODULE=…)"
	@echo "make book        the documentation as a book, out/book/index.html"
	@echo "make docs        write the pages that are made from the sources (docs/errors.md)"
	@echo "make setup       install every tool that is missing"
	@echo "make setup-fpga  Yosys, nextpnr and ecppack, for hwgen synth"
	@echo "make train-deps  PyTorch for train/ (3 GB)"
	@echo "make train-camvid-480  float and 4-bit weights from nothing, CAMVID=folder; hours (also -240)"
	@echo "make golden      accept changed golden files and snapshots (read the diff)"
	@echo "make clean       remove out/ and target/"

setup:
	@scripts/setup.sh build sim lint formal python

setup-fpga:
	@scripts/setup.sh fpga

build:
	@scripts/setup.sh build
	cargo build --release

# What a change of a file or two wants to know at once, without any tool beside Rust.
check:
	@scripts/setup.sh build
	cargo fmt --all --check
	cargo clippy --quiet --workspace --all-targets -- -D warnings
	cargo test --quiet --workspace --lib --bins

# The same for a change in rtl/: nothing is built, the library is read from the disk (HWGEN_RTL).
check-rtl:
	@scripts/setup.sh build sim lint python
	@test -x $(TARGET)/debug/hwgen || cargo build --workspace
	HWGEN_BIN=$(TARGET)/debug/hwgen .venv/bin/python scripts/lint.py --quick library
	HWGEN_RTL=rtl $(TARGET)/debug/hwgen --quiet emit --preset tiny --width 4 --scales 2 --image-size 33x24 --multipliers 24 -o out/check
	HWGEN_RTL=rtl $(TARGET)/debug/hwgen cosim out/check --deep --frames 2 --gap 20 --stall 20 --build quick

demo:
	@scripts/setup.sh build sim
	$(BUILD)
	@$(XTASK) demo

# The tools are installed beside the compiler: one mostly waits for the network, the other for the processor.
test:
	@scripts/setup.sh build
	@scripts/setup.sh sim lint formal python fpga browser book package & setup=$$!; trap "kill $$setup" INT TERM; \
	    cargo build --workspace; built=$$?; wait $$setup && exit $$built
	@$(TARGET)/debug/xtask test

lint:
	@scripts/setup.sh build sim lint python
	$(BUILD)
	@$(XTASK) lint

netlist:
	@scripts/setup.sh build sim lint fpga
	$(BUILD)
	@$(XTASK) netlist

PROOFS ?=
formal:
	@scripts/setup.sh build formal
	$(BUILD)
	@$(XTASK) formal $(PROOFS)

MODULES ?=
PER_MODULE ?= 6
mutants:
	@scripts/setup.sh build sim formal python
	cargo build --workspace
	HWGEN_BIN=$(TARGET)/debug/hwgen XTASK_BIN=$(TARGET)/debug/xtask .venv/bin/python tests/mutants/mutants.py --per-module $(PER_MODULE) $(MODULES)

bench:
	@scripts/setup.sh build sim bench
	$(BUILD)
	@$(XTASK) bench

DESIGNS ?=
bench-fpga:
	@scripts/setup.sh build fpga
	$(BUILD)
	@$(XTASK) bench-fpga $(DESIGNS)

CASES ?= 200
SEED ?= 1
fuzz:
	@scripts/setup.sh build sim
	$(BUILD)
	$(TARGET)/release/hwgen fuzz --cases $(CASES) --seed $(SEED)

train-deps:
	@scripts/setup.sh build python
	train/deps.sh

# Stopped and started at will: the same command goes on. RECIPE_FLAGS: --estimate, --threads 2, --set epochs=1, …
RECIPE_FLAGS ?=
train-camvid-240 train-camvid-480:
	@test -d "$(CAMVID)" || { echo "CAMVID=$(CAMVID): no such folder, expected CamVid in the SegNet layout: make $@ CAMVID=DIR" >&2; exit 2; }
	@test -x train/.venv/bin/python || $(MAKE) train-deps
	PYTHONPATH=train train/.venv/bin/python -m itnet_train.recipe train/recipes/$(@:train-%=%).yaml --data "$(CAMVID)" \
	    --output out/train/$(@:train-%=%) $(RECIPE_FLAGS)

book:
	@scripts/setup.sh book
	.venv/bin/zensical build --strict

docs:
	@scripts/setup.sh build
	cargo xtask docs

golden:
	@scripts/setup.sh build
	HWGEN_UPDATE_GOLDEN=1 INSTA_UPDATE=always cargo test --package hwgen-tests
	@scripts/setup.sh package && cargo build --workspace && HWGEN_UPDATE_GOLDEN=1 $(TARGET)/debug/xtask step package

clean:
	rm -rf out target
