# What a newcomer and the continuous integration run. `make` alone lists the targets.
#
#   PYTHON         the interpreter to build environments with (default: the first Python ≥ 3.11 found that has venv)
#   CONSTRAINTS    the versions to try first; when they cannot be had, whatever is found (/dev/null: the newest at once)
#   LOWEST_PYTHON  the oldest Python that pyproject.toml allows, for make test-lowest
#   BENCH_PYTHON   the Python of make test-adapters (default: the first ≥ 3.12 found that has venv, for torchgeo-bench)
#   QGIS_PYTHON    the Python that can import qgis (default: Debian's)

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

USABLE := import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for name in python3.11 python3.12 python3.13 python3.14 python3 /usr/bin/python3; do \
	  "$$name" -c "$(USABLE)" 2>/dev/null && command -v "$$name" && break; done)
CONSTRAINTS ?= constraints.txt
LOWEST_PYTHON ?= python3.11

USABLE_BY_BENCH := import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 12))
BENCH_PYTHON ?= $(shell for name in python3.12 python3.13 python3.14 python3; do \
	  "$$name" -c "$(USABLE_BY_BENCH)" 2>/dev/null && command -v "$$name" && break; done)

QGIS_PYTHON ?= /usr/bin/python3

DEMO := .venv-demo
ENV := .venv
QGIS_ENV := .venv-qgis
PACKAGE_ENV := .venv-package
LOWEST_ENV := .venv-lowest
PEERS_ENV := .venv-peers
ADAPTERS_ENV := .venv-adapters
# What an analyst runs, and the tiles; the training side would bring the lowest torch, a download of gigabytes.
LOWEST_TESTS ?= tests/core --ignore=tests/core/pretraining
LOWEST_MARKS ?= not torch
# What is tested beside the rest: runs over a country, comparisons, recipes, damaged files, the plugin's zip.
LARGE_TESTS := tests/core/country tests/core/evaluation tests/packaging tests/robustness tests/training
# torch's threads wait for each other by spinning: where others want the processors too, most of what they take is lost.
ONE_THREAD := OMP_NUM_THREADS=1
DIST := dist
# What the environments hold; the versions are those of CONSTRAINTS.
ANALYST := -e .
DEVELOPER := -e '.[dev,train]'
PEERS := -e '.[torch]' 'torchgeo>=0.8' 'terratorch>=1.2' 'omnicloudmask>=1.8'
ADAPTERS_TESTER := -e '.[torch]' 'torchgeo>=0.9' 'torchgeo-bench>=0.4,<0.5' h5py 'pytest>=8'
LOWEST_TESTER := -e . pytest hypothesis 'pystac[validation]' h5py matplotlib
QGIS_TESTER := 'pytest>=8' 'pytest-qgis>=5,<6'
# Of PyQt6 only its list of names is read, so it comes without Qt.
QT6_NAMES := --no-deps 'PyQt6>=6.6,<7'
PACKER := 'qgis-plugin-ci>=2.10,<3' build 'setuptools>=77' 'uv>=0.5' 'markdown-it-py>=3,<5' pillow
SITE_BUILDER := 'mkdocs-material>=9.7,<10' pdoc
# What ships to users, hence is held to the rules of QGIS's plugin repository.
SHIPPED := mmearth_core $(if $(wildcard qgis_plugin/*.py),qgis_plugin)

.PHONY: help demo env stub env-qgis env-package env-lowest peers \
  lint lint-rules lint-format lint-types lint-python39 lint-security \
  test test-core test-others test-large test-large-apart test-pretraining test-pretraining-apart test-plugin \
  test-plugin-apart test-lowest test-lowest-apart test-adapters constraints requirements api site translations guide package benchmark clean

help:
	@echo "make demo       a synthetic scene becomes a land-cover map, in an environment made for it (no torch)"
	@echo "make test       lint, types, security rules and all tests; those of the plugin need QGIS"
	@echo "make test-core  all tests but those that run in QGIS; make test-plugin: those alone"
	@echo "make test-lowest  what needs no torch, with the lowest versions that pyproject.toml allows; needs Python 3.11"
	@echo "make test-adapters  the adapters in torchgeo and torchgeo-bench themselves; needs Python 3.12, downloads gigabytes"
	@echo "make lint       only the checks that run nothing"
	@echo "make api        the reference of the Python functions in docs/api, of their docstrings"
	@echo "make site       the documentation as a site in site/, with nothing from elsewhere; open site/index.html"
	@echo "make constraints  makes the environments anew of the newest versions and writes these to constraints.txt"
	@echo "make requirements  the packages that the plugin installs, with digests, for all systems, from constraints.txt"
	@echo "make translations  takes new texts of the plugin up in qgis_plugin/i18n and compiles them; needs Qt's lrelease"
	@echo "make stub       writes mmearth_core/__init__.pyi anew, after a change of a public function"
	@echo "make guide      the guide that ships with the plugin, in qgis_plugin/help, of docs/"
	@echo "make package    the plugin for QGIS as a zip in dist/, made of the last commit"
	@echo "make benchmark  speed and quality measurements (minutes to hours)"
	@echo "make peers      the environment that benchmarks/peers compares in: torchgeo, terratorch, OmniCloudMask"
	@echo "make clean      remove the environments and caches"

demo: $(DEMO)/.installed
	$(DEMO)/bin/mmearth demo demo-output --overwrite

env: $(ENV)/.installed

# As hooks of pre-commit they stand in .pre-commit-config.yaml.
lint: lint-rules lint-format lint-types lint-python39 lint-security

lint-rules: env
	@echo "== ruff check"
	$(ENV)/bin/ruff check .

lint-format: env
	@echo "== ruff format --check"
	$(ENV)/bin/ruff format --check .

lint-types: env
	@echo "== mypy"
	$(ENV)/bin/mypy

lint-python39: env
	@echo "== vermin: the plugin runs in Python 3.9"
	$(ENV)/bin/vermin --quiet --no-tips --no-parse-comments --target=3.9- --violations --backport configparser \
	  --backport dataclasses --backport typing qgis_plugin

lint-security: env
	@echo "== bandit, the rules of QGIS's plugin repository, on: $(SHIPPED)"
	$(ENV)/bin/bandit --quiet -r $(SHIPPED) -t "$$(cat .ci/bandit-rules.txt)"

# Three at a time, for most of them wait a lot for processes that they start. Each runs to its end even when another fails,
# so that one run tells everything.
test:
	@$(MAKE) --no-print-directory --jobs=3 --keep-going \
	  test-others test-plugin-apart test-large-apart lint test-pretraining-apart

# What these print is shown in one piece, when they end.
test-plugin-apart: env env-qgis
test-pretraining-apart: env
test-large-apart: env env-package
test-lowest-apart: env-lowest
test-plugin-apart test-pretraining-apart test-large-apart test-lowest-apart: %-apart:
	@log="$$(mktemp)"; status=0; $(MAKE) --no-print-directory $* >"$$log" 2>&1 || status=1; \
	echo; cat "$$log"; rm -f "$$log"; exit $$status

test-core: test-others test-large test-pretraining

test-others: env
	@echo "== pytest, but for pretraining and $(LARGE_TESTS)"
	$(ENV)/bin/python -m pytest -rfEs $(addprefix --ignore=,tests/core/pretraining $(LARGE_TESTS))

test-large: env env-package
	@echo "== pytest of $(LARGE_TESTS)"
	$(ONE_THREAD) $(ENV)/bin/python -m pytest -rfEs $(LARGE_TESTS)

test-pretraining: env
	@echo "== pytest of pretraining"
	$(ONE_THREAD) $(ENV)/bin/python -m pytest -rfEs tests/core/pretraining

test-plugin: env env-qgis
	@echo "== pytest in QGIS"
	QT_QPA_PLATFORM=offscreen MMEARTH_PYTHON="$(CURDIR)/$(ENV)/bin/python" $(QGIS_ENV)/bin/python -m pytest -rfEs tests/plugin

test-lowest: env-lowest
	@echo "== pytest with the lowest versions"
	$(LOWEST_ENV)/bin/python -m pytest -rfEs -m "$(LOWEST_MARKS)" $(LOWEST_TESTS)

# Not among `make test`: these libraries are large, and the tests of their own tasks and runs take minutes.
test-adapters: $(ADAPTERS_ENV)/.installed
	@echo "== pytest of the adapters, with torchgeo and torchgeo-bench"
	$(ONE_THREAD) $(ADAPTERS_ENV)/bin/python -m pytest -rfEs tests/core/adapters

env-qgis: $(QGIS_ENV)/.installed

env-package: $(PACKAGE_ENV)/.installed

env-lowest: $(LOWEST_ENV)/.installed

peers: $(PEERS_ENV)/.installed

constraints:
	rm -rf $(ENV) $(PACKAGE_ENV) $(QGIS_ENV)
	$(MAKE) --no-print-directory CONSTRAINTS=/dev/null env env-package env-qgis
	$(ENV)/bin/python .ci/constraints.py $(ENV) $(PACKAGE_ENV) $(QGIS_ENV) >constraints.txt

# Of the wheel's own needs, for every system and Python that they can be had for; `make constraints` comes first.
requirements: env-package
	$(PACKAGE_ENV)/bin/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	  --constraint constraints.txt --no-header --no-annotate --quiet --output-file qgis_plugin/requirements.txt

api: env
	rm -rf docs/api
	$(ENV)/bin/python .ci/api.py docs/api

# Its reference is read from the docstrings; the package itself is not installed. The variable keeps a notice about
# another program out of what is printed.
site: env-package
	NO_MKDOCS_2_WARNING=1 $(PACKAGE_ENV)/bin/mkdocs build --strict --quiet --site-dir site

translations:
	@$(require-python)
	$(PYTHON) .ci/translations.py
	lrelease -silent qgis_plugin/i18n/*.ts

stub: env
	$(ENV)/bin/python .ci/stub.py

guide: env-package
	$(PACKAGE_ENV)/bin/python .ci/guide.py qgis_plugin/help

package: env-package
	PACKAGE_ENV="$(abspath $(PACKAGE_ENV))" .ci/package "$(DIST)"

benchmark: env
	@# better_maps and better_dates want labelled scenes: python -m benchmarks.better_maps DATA_FOLDER -o TABLE.md
	@# gpu.py wants a graphics card: benchmarks/gpu.sh
	@for script in $(filter-out benchmarks/gpu.py $(wildcard benchmarks/better_*.py),$(wildcard benchmarks/*.py)); do \
	  [ -f "$$script" ] || { echo "benchmarks/ holds no script yet"; exit 1; }; \
	  echo "== $$script"; PYTHONPATH=.:tests/material $(ENV)/bin/python "$$script"; done

clean:
	rm -rf $(DEMO) $(ENV) $(QGIS_ENV) $(PACKAGE_ENV) $(LOWEST_ENV) $(PEERS_ENV) $(ADAPTERS_ENV) qgis_plugin/wheels qgis_plugin/help .qgis-settings
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist docs/api site

$(DEMO)/.installed: pyproject.toml constraints.txt
	@$(require-python)
	$(PYTHON) -m venv $(DEMO)
	@$(call install,$(DEMO),$(ANALYST))
	@touch $@

$(ENV)/.installed: pyproject.toml constraints.txt
	@$(require-python)
	$(PYTHON) -m venv $(ENV)
	@$(call install,$(ENV),$(DEVELOPER))
	@touch $@

$(LOWEST_ENV)/.installed: pyproject.toml .ci/lowest.py
	$(LOWEST_PYTHON) -m venv $(LOWEST_ENV)
	$(LOWEST_PYTHON) .ci/lowest.py >$(LOWEST_ENV)/constraints.txt
	@$(LOWEST_ENV)/bin/python .ci/install.py $(LOWEST_ENV)/constraints.txt $(LOWEST_TESTER)
	@touch $@

$(PEERS_ENV)/.installed: Makefile constraints.txt
	@$(require-python)
	@$(call environment,$(PYTHON) -m venv,$(PEERS_ENV))
	@$(call install,$(PEERS_ENV),$(PEERS))
	@touch $@

$(ADAPTERS_ENV)/.installed: Makefile constraints.txt
	@if [ -z "$(BENCH_PYTHON)" ]; then \
	  echo "torchgeo-bench needs Python 3.12 or later: make BENCH_PYTHON=/path/to/python3.12 test-adapters" >&2; exit 1; fi
	@$(call environment,$(BENCH_PYTHON) -m venv,$(ADAPTERS_ENV))
	@$(call install,$(ADAPTERS_ENV),$(ADAPTERS_TESTER))
	@touch $@

# QGIS' own Python with pytest beside it; it sees the system's packages, and the worker runs in $(ENV).
$(QGIS_ENV)/.installed: Makefile constraints.txt
	@$(require-qgis)
	@$(call environment,$(QGIS_PYTHON) -m venv --system-site-packages,$(QGIS_ENV))
	@$(call install,$(QGIS_ENV),$(QGIS_TESTER))
	@touch $@

$(PACKAGE_ENV)/.installed: Makefile constraints.txt
	@$(require-python)
	@$(call environment,$(PYTHON) -m venv,$(PACKAGE_ENV))
	@$(call install,$(PACKAGE_ENV),$(PACKER) $(SITE_BUILDER))
	@$(call install,$(PACKAGE_ENV),$(QT6_NAMES))
	@touch $@

# $(call environment,COMMAND,ENVIRONMENT): one that is there, or linked to, is kept, and what it holds brought up to date.
define environment
[ -x $(2)/bin/python ] || { echo "$(1) $(2)"; $(1) $(2); }
endef

# $(call install,ENVIRONMENT,REQUIREMENTS)
define install
$(1)/bin/python .ci/install.py $(CONSTRAINTS) $(2) || { echo "Now without $(CONSTRAINTS): whatever is found." >&2; \
  $(1)/bin/python .ci/install.py /dev/null $(2); }
endef

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
