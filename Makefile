# Every verb builds its environment first: Python 3.11+, git and make are all that is needed.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: setup torch test test-all demo olympics release book lite lint clean

setup: .venv/ready

.venv/ready: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --editable '.[all,test]'
	touch .venv/ready

# PyTorch is what the framework is cross-checked against; without it those tests are skipped.
torch: setup
	$(BIN)/python -m pip install --quiet --disable-pip-version-check torch==2.13.0

test: setup
	$(BIN)/python -m pytest -n 2 --dist loadgroup -m "not slow"

test-all: setup
	$(BIN)/python -m pytest -n 2 --dist loadgroup

demo: setup
	$(BIN)/python -m autograder.demo

# A season of the Olympics with three universities, judged on this machine: leave it alone meanwhile.
olympics: setup
	$(BIN)/python -m autograder.demo.olympics

# Audits what changed (the records in tests/audits are to be committed), then writes release/.
release: setup
	$(BIN)/python -m coursekit.exporter
	$(BIN)/autograder release --all
	$(BIN)/python benchmarks/assignments_page.py

# The site, PDF, EPUB and notebooks of the book in all its languages, into dist/book/.
book: setup
	$(BIN)/python -m book

# What students get, and the same as a site whose Python runs in the browser, into dist/lite/.
lite: setup
	$(BIN)/autograder publish
	$(BIN)/python -m lite

lint: setup
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

clean:
	rm -rf .venv demo demo-olympics dist .autograder .pytest_cache .mypy_cache .ruff_cache
