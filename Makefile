# Two commands set everything up on a fresh machine: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
PEER := .peer
BIN := $(VENV)/bin
PEER_VERSION := 7.2.4
SHARED ?= ../shared
NIGHTLY := tests/interop/test_walks.py tests/interop/test_scripts.py tests/interop/test_mixed.py tests/faults
export PIP_DISABLE_PIP_VERSION_CHECK := 1

RUST_SOURCES := $(shell find rust -name '*.rs' -not -path '*/target/*' -not -path '*/fuzz/*' 2>/dev/null) $(shell find rust -name Cargo.toml -not -path '*/target/*' -not -path '*/fuzz/*' 2>/dev/null) rust/Cargo.lock
PYTHON_SOURCES := $(shell find src -name '*.py' -o -name '*.pyi') pyproject.toml setup.py

.PHONY: demo test bench lint site dev tables clean fuzz test-rust test-python test-pure test-conformance test-crash test-nightly

demo: $(VENV)/.installed $(PEER)/.installed
	$(BIN)/python tools/demo.py --hg $(BIN)/hg --peer $(PEER)/bin/hg $(if $(REPO),--repo "$(REPO)")
	$(if $(REPO),,$(BIN)/python tools/demo_recording.py --hg $(BIN)/hg --peer $(PEER)/bin/hg)

test: lint test-rust test-python test-pure test-conformance
	@echo "make test: everything passed"

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -q -U pip

$(VENV)/.installed: $(VENV)/bin/python $(RUST_SOURCES) $(PYTHON_SOURCES)
	$(BIN)/pip install -q --no-deps --force-reinstall .
	@touch $@

$(VENV)/.test-tools: pyproject.toml $(VENV)/bin/python
	$(BIN)/python tools/install_extras.py test lint docs
	@touch $@

$(PEER)/.installed:
	$(PYTHON) -m venv $(PEER)
	$(PEER)/bin/pip install -q mercurial==$(PEER_VERSION)
	@touch $@

lint: $(VENV)/.test-tools $(VENV)/.installed
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	PYTHONPATH=src $(BIN)/lint-imports --no-cache
	$(BIN)/python tools/gen_tables.py --check
	$(BIN)/python tools/make_site.py
	cd rust && cargo fmt --check
	cd rust && cargo clippy -q --workspace --all-targets -- -D warnings
	MYPYPATH=src $(BIN)/python -m mypy.stubtest hydrargyrum._native --mypy-config-file pyproject.toml --ignore-disjoint-bases

test-rust:
	cd rust && cargo test -q --workspace

test-python: $(VENV)/.test-tools $(VENV)/.installed $(PEER)/.installed
	HYG_TEST_ENGINES=both HYG_PEER=$(CURDIR)/$(PEER)/bin/hg HYG_TEST_HG=$(CURDIR)/$(BIN)/hg \
	  $(BIN)/python -m pytest -q -n 2 --dist loadgroup tests

# every crash point of every story, at most so many minutes; called again it goes on with what is left
MINUTES ?= 120
CRASH_LOG ?= build/crash-points.jsonl
test-crash: $(VENV)/.test-tools $(VENV)/.installed $(PEER)/.installed
	mkdir -p $(dir $(CRASH_LOG))
	HYG_PEER=$(CURDIR)/$(PEER)/bin/hg HYG_TEST_HG=$(CURDIR)/$(BIN)/hg \
	  $(BIN)/python tests/faults/exhaust.py --jobs 2 --minutes $(MINUTES) --log $(CRASH_LOG)

# the long forms of random walks, crashes, mixed processes and huge files; hours, not minutes
LONG_MIB ?= 1024
test-nightly: test-crash
	HYG_WALK_STEPS=2000 HYG_WALK_SEEDS="0 1 2 3 4 5" HYG_WALK_VERIFY=1 HYG_CRASH_POINTS=all HYG_MIXED_SECONDS=60 \
	  HYG_TEST_ENGINES=both HYG_PEER=$(CURDIR)/$(PEER)/bin/hg HYG_TEST_HG=$(CURDIR)/$(BIN)/hg \
	  $(BIN)/python -m pytest -q -s -n 2 $(NIGHTLY)
	HYG_LONG_MIB=$(LONG_MIB) HYG_TEST_ENGINES=both HYG_PEER=$(CURDIR)/$(PEER)/bin/hg HYG_TEST_HG=$(CURDIR)/$(BIN)/hg \
	  $(BIN)/python -m pytest -q -s -k memory tests/engine/test_long_files.py
	$(BIN)/python conformance/run.py --hg $(BIN)/hg --ratchet --all

# what `pip install .` gives where there is no cargo
test-pure: $(VENV)/.test-tools $(PEER)/.installed
	HYG_PEER=$(CURDIR)/$(PEER)/bin/hg $(BIN)/python tools/check_pure_install.py

test-conformance: $(VENV)/.installed
	$(BIN)/python conformance/run.py --hg $(BIN)/hg --ratchet

# editable: Python runs from src/, Rust is rebuilt by calling this again
dev: $(VENV)/bin/python $(VENV)/.test-tools
	$(BIN)/python tools/dev_install.py $(PROFILE)

tables:
	$(BIN)/python tools/gen_tables.py

# the documentation as HTML, in build/site
site: $(VENV)/.test-tools $(VENV)/.installed
	$(BIN)/python tools/make_site.py

bench: $(VENV)/.installed $(PEER)/.installed
	$(BIN)/python benches/run.py --hg $(BIN)/hg --peer $(PEER)/bin/hg $(BENCH)

fuzz:
	$(PYTHON) tools/fuzz.py $(FUZZ)

clean:
	rm -rf $(VENV) $(PEER) .cache build dist rust/target src/*.egg-info
