# Two commands suffice: `make run` starts the hotline, `make test` proves it. Everything lives in .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= auto

.PHONY: run test lint format bench eval clean

run: $(VENV)/.installed
	@exec $(BIN)/haidang run

test: $(VENV)/.dev-installed
	$(BIN)/pytest -n $(WORKERS) --dist loadgroup

lint: $(VENV)/.dev-installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/haidang kb check

format: $(VENV)/.dev-installed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.dev-installed
	$(BIN)/python -m tests.benchmarks

# QUESTIONS: a folder of question files; EVAL: more options, such as --half tuning, --ablation, --confusions 10.
QUESTIONS ?= ../shared/eval
EVAL ?=
eval: $(VENV)/.eval-installed
	$(BIN)/python -m tests.benchmarks.eval --questions $(QUESTIONS) $(EVAL)

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit("Hải Đăng needs Python 3.11 or newer; this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(VENV)/.dev-installed: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@ $(VENV)/.installed

$(VENV)/.eval-installed: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable '.[dev,eval,semantic]'
	@touch $@ $(VENV)/.dev-installed $(VENV)/.installed
