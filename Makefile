# What a newcomer and the continuous integration run. `make` alone lists the targets.
#
#   PYTHON   the interpreter to build environments with (default: the first Python ≥ 3.11 found that has venv)
#   TORCH    the versions of torch to try first; when they cannot be had, whatever pip finds

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

USABLE := import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for name in python3.11 python3.12 python3.13 python3.14 python3 /usr/bin/python3; do \
	  "$$name" -c "$(USABLE)" 2>/dev/null && command -v "$$name" && break; done)
TORCH ?= torch==2.14.1 torchvision==0.29.1

DEMO := .venv-demo
ENV := .venv
# What ships to users, hence is held to the rules of QGIS's plugin repository.
SHIPPED := mmearth_core $(if $(wildcard qgis_plugin/*.py),qgis_plugin)

.PHONY: help demo env lint test benchmark clean

help:
	@echo "make demo       a synthetic scene becomes a land-cover map, in an environment made for it (no torch)"
	@echo "make test       lint, types, security rules and all tests"
	@echo "make lint       only the checks that run nothing"
	@echo "make benchmark  speed and quality measurements (minutes to hours)"
	@echo "make clean      remove the environments and caches"

demo: $(DEMO)/.installed
	$(DEMO)/bin/mmearth demo demo-output --overwrite

env: $(ENV)/.installed

lint: env
	@echo "== ruff check"
	$(ENV)/bin/ruff check .
	@echo "== ruff format --check"
	$(ENV)/bin/ruff format --check .
	@echo "== mypy"
	$(ENV)/bin/mypy
	@echo "== bandit, the rules of QGIS's plugin repository, on: $(SHIPPED)"
	$(ENV)/bin/bandit --quiet -r $(SHIPPED) -t "$$(cat .ci/bandit-rules.txt)"

test: lint
	@echo "== pytest"
	$(ENV)/bin/python -m pytest -rfEs

benchmark: env
	@for script in benchmarks/*.py; do \
	  [ -f "$$script" ] || { echo "benchmarks/ holds no script yet"; exit 1; }; \
	  echo "== $$script"; $(ENV)/bin/python "$$script"; done

clean:
	rm -rf $(DEMO) $(ENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist

$(DEMO)/.installed: pyproject.toml
	@$(require-python)
	$(PYTHON) -m venv $(DEMO)
	$(DEMO)/bin/pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(ENV)/.installed: pyproject.toml
	@$(require-python)
	$(PYTHON) -m venv $(ENV)
	$(ENV)/bin/pip install --quiet --disable-pip-version-check -e ".[dev,train]" $(TORCH) \
	  || $(ENV)/bin/pip install --quiet --disable-pip-version-check -e ".[dev,train]"
	@touch $@

define require-python
if [ -z "$(PYTHON)" ]; then \
  echo "No Python 3.11 or later with the venv module was found. On Debian or Ubuntu: apt install python3-venv." >&2; \
  echo "Elsewhere install Python from python.org and run: make PYTHON=/path/to/python3 …" >&2; exit 1; fi
endef
