# What a newcomer and the continuous integration run. `make` alone lists the targets.
#
#   PYTHON        the interpreter to build environments with (default: the first Python ≥ 3.11 found that has venv)
#   TORCH         the versions of torch to try first; when they cannot be had, whatever pip finds
#   QGIS_PYTHON   the Python that can import qgis (default: Debian's)

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

USABLE := import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for name in python3.11 python3.12 python3.13 python3.14 python3 /usr/bin/python3; do \
	  "$$name" -c "$(USABLE)" 2>/dev/null && command -v "$$name" && break; done)
TORCH ?= torch==2.14.1 torchvision==0.29.1

QGIS_PYTHON ?= /usr/bin/python3

DEMO := .venv-demo
ENV := .venv
QGIS_ENV := .venv-qgis
PACKAGE_ENV := .venv-package
DIST := dist
# What ships to users, hence is held to the rules of QGIS's plugin repository.
SHIPPED := mmearth_core $(if $(wildcard qgis_plugin/*.py),qgis_plugin)

.PHONY: help demo env stub env-qgis env-package lint test test-core test-plugin translations package benchmark clean

help:
	@echo "make demo       a synthetic scene becomes a land-cover map, in an environment made for it (no torch)"
	@echo "make test       lint, types, security rules and all tests; those of the plugin need QGIS"
	@echo "make test-core  all tests but those that run in QGIS; make test-plugin: those alone"
	@echo "make lint       only the checks that run nothing"
	@echo "make translations  takes new texts of the plugin up in qgis_plugin/i18n and compiles them; needs Qt's lrelease"
	@echo "make stub       writes mmearth_core/__init__.pyi anew, after a change of a public function"
	@echo "make package    the plugin for QGIS as a zip in dist/, made of the last commit"
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
	@echo "== vermin: the plugin runs in Python 3.9"
	$(ENV)/bin/vermin --quiet --no-tips --no-parse-comments --target=3.9- --violations --backport configparser \
	  --backport dataclasses --backport typing qgis_plugin
	@echo "== bandit, the rules of QGIS's plugin repository, on: $(SHIPPED)"
	$(ENV)/bin/bandit --quiet -r $(SHIPPED) -t "$$(cat .ci/bandit-rules.txt)"

# The plugin is tested even when another test fails, so that one run tells everything.
test: lint
	@status=0; \
	$(MAKE) --no-print-directory test-core || status=1; \
	$(MAKE) --no-print-directory test-plugin || status=1; exit $$status

test-core: env env-package
	@echo "== pytest"
	$(ENV)/bin/python -m pytest -rfEs

test-plugin: env env-qgis
	@echo "== pytest in QGIS"
	QT_QPA_PLATFORM=offscreen MMEARTH_PYTHON="$(CURDIR)/$(ENV)/bin/python" $(QGIS_ENV)/bin/python -m pytest -rfEs tests/plugin

env-qgis: $(QGIS_ENV)/.installed

env-package: $(PACKAGE_ENV)/.installed

translations:
	@$(require-python)
	$(PYTHON) .ci/translations.py
	lrelease -silent qgis_plugin/i18n/*.ts

stub: env
	$(ENV)/bin/python .ci/stub.py

package: env-package
	PACKAGE_ENV="$(abspath $(PACKAGE_ENV))" .ci/package "$(DIST)"

benchmark: env
	@for script in benchmarks/*.py; do \
	  [ -f "$$script" ] || { echo "benchmarks/ holds no script yet"; exit 1; }; \
	  echo "== $$script"; $(ENV)/bin/python "$$script"; done

clean:
	rm -rf $(DEMO) $(ENV) $(QGIS_ENV) $(PACKAGE_ENV) qgis_plugin/wheels .qgis-settings
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist

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

# QGIS' own Python with pytest beside it; it sees the system's packages, and the worker runs in $(ENV).
$(QGIS_ENV)/.installed: Makefile
	@$(require-qgis)
	$(QGIS_PYTHON) -m venv --system-site-packages $(QGIS_ENV)
	$(QGIS_ENV)/bin/pip install --quiet --disable-pip-version-check 'pytest>=8' 'pytest-qgis>=5,<6'
	@touch $@

# What packs the plugin. Of PyQt6 only its list of names is read, so it comes without Qt.
$(PACKAGE_ENV)/.installed: Makefile
	@$(require-python)
	$(PYTHON) -m venv $(PACKAGE_ENV)
	$(PACKAGE_ENV)/bin/pip install --quiet --disable-pip-version-check 'qgis-plugin-ci>=2.10,<3' build 'setuptools>=77'
	$(PACKAGE_ENV)/bin/pip install --quiet --disable-pip-version-check --no-deps 'PyQt6>=6.6,<7'
	@touch $@

define require-qgis
if ! $(QGIS_PYTHON) -c 'import qgis.core' 2>/dev/null; then \
  echo "The plugin's tests need QGIS for $(QGIS_PYTHON): apt-get install --no-install-recommends qgis python3-qgis xvfb." >&2; \
  exit 1; fi
endef

define require-python
if [ -z "$(PYTHON)" ]; then \
  echo "No Python 3.11 or later with the venv module was found. On Debian or Ubuntu: apt install python3-venv." >&2; \
  echo "Elsewhere install Python from python.org and run: make PYTHON=/path/to/python3 …" >&2; exit 1; fi
endef
