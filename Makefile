# make demo: see the whole system work.   make test: check it.   Both set themselves up in .venv.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test test-long lint format bench clean

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

help: ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 14

# A virtual environment without pip, or of another Python than is supported, is made anew.
$(READY): pyproject.toml constraints.txt weights/pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' || \
	  { echo "mrpn needs Python 3.11, 3.12 or 3.13: make PYTHON=python3.12 demo"; exit 1; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 && \
	  $(BIN)/python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' || \
	  { rm -rf $(VENV); $(PYTHON) -m venv $(VENV); } || { rm -rf $(VENV); exit 1; }
	@echo "Installing into $(VENV), some minutes the first time ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]' --editable ./weights
	@touch $@

demo: $(READY) ## train the six strategies on a small synthetic corpus, and report
	$(BIN)/mrpn demo --out demo

test: $(READY) lint ## formatting, types, import rules and every test but the long ones
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 --dist worksteal -m 'not long'

test-long: $(READY) ## the long tests
	$(BIN)/python -m pytest -m long

lint: $(READY) ## ruff, mypy, import-linter
	$(BIN)/ruff check --no-cache .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(READY) ## put the code into its form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(READY) ## the benchmarks, an hour or so; those of faces and reading need the real data
	$(BIN)/python benchmarks/segments.py
	$(BIN)/python benchmarks/training_step.py
	$(BIN)/python benchmarks/preparing.py
	$(BIN)/python benchmarks/reading.py
	$(BIN)/python benchmarks/faces.py
	$(BIN)/python benchmarks/fuzz_media.py --out benchmarks/results/fuzz_media.json
	$(BIN)/python benchmarks/page.py

clean: ## remove what the commands above made
	rm -rf $(VENV) demo .pytest_cache .mypy_cache .ruff_cache
