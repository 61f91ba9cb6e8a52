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

$(READY): pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	touch $@

demo: $(READY) ## train the six strategies on a small synthetic corpus and open up what they learned
	$(BIN)/mrpn demo --out demo

test: $(READY) lint ## formatting, types, import rules and every test but the long ones
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 --dist worksteal -m 'not long'

test-long: $(READY) ## the long tests
	$(BIN)/python -m pytest -m long

lint: $(READY) ## ruff, mypy, import-linter
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(READY) ## put the code into its form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(READY) ## the benchmarks
	$(BIN)/python benchmarks/segments.py
	$(BIN)/python benchmarks/training_step.py

clean: ## remove what the commands above made
	rm -rf $(VENV) demo .pytest_cache .mypy_cache .ruff_cache
