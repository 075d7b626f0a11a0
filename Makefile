# QuantDesk's commands; `make help` lists them. `make up` needs neither root nor a system service.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

BIN := .venv/bin
LOCKS := requirements.lock requirements-build.lock backend/pyproject.toml worker/pyproject.toml
# Options for pytest: make test ARGS="tests/core -k limit"
ARGS ?= -n 2 --dist loadgroup

.PHONY: help up install compiled test test-live check fix gen bench bench-backtest bench-data bench-ide lock clean python python-dev page page-deps
.PHONY: lint types imports rules page-lint generated test-page test-python

help: ## List these commands
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 16

up: ## Install what is missing, build the page if it changed, start everything
	@$(MAKE) -j2 compiled page
	@exec $(BIN)/quantdesk up

install: ## Install and build like `make up`, with the tools for development, without starting
	@$(MAKE) -j2 python-dev page
	@$(MAKE) compiled

python: .venv/.installed-run
	@:

python-dev: .venv/.installed-dev
	@:

.venv/.installed-run: $(LOCKS)
	@scripts/install-python.sh run

.venv/.installed-dev: $(LOCKS) requirements-dev.lock
	@scripts/install-python.sh dev

KERNELS := $(wildcard backend/quantdesk/core/execution/*.py backend/quantdesk/core/strategies/vector/*.py \
	backend/quantdesk/core/expressions/kernels/*.py)

compiled: .venv/.compiled
	@:

.venv/.compiled: .venv/.installed-run $(KERNELS)
	@echo "Compiling the exchange simulator and the expressions …"
	@$(BIN)/python -m quantdesk.core.backtest.compile
	@touch $@

page:
	@scripts/build-frontend.sh build

page-deps:
	@scripts/build-frontend.sh deps

test: install ## Run all tests (ARGS="tests/core -k name" for some)
	@$(MAKE) test-page test-python

test-page:
	@cd frontend && npm run --silent test

test-python:
	@$(BIN)/pytest $(ARGS)

test-live: install ## Ask the real data sources over the network whether they still answer in the form that is read
	@$(BIN)/pytest -n 0 -m live tests/contract/test_data_sources.py

check: ## Lint, types, import contracts, house rules, generated files
	@$(MAKE) -j2 python-dev page-deps
	@$(MAKE) -j2 --output-sync=target lint types imports rules page-lint generated

lint:
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --check --quiet || { echo "ruff format would change files; run make fix" >&2; exit 1; }

types:
	@$(BIN)/mypy --no-error-summary backend/quantdesk worker/quantdesk_worker scripts benchmarks

imports:
	@$(BIN)/lint-imports --no-logo >/dev/null || $(BIN)/lint-imports --no-logo

rules:
	@$(BIN)/pytest -q tests/architecture

page-lint:
	@cd frontend && npm run --silent lint && npx --no-install tsc -b

generated:
	@$(BIN)/python -m scripts.generate --check

fix: python-dev page-deps ## Format, and repair what the linters can
	@$(BIN)/ruff check --fix --quiet || true
	@$(BIN)/ruff format --quiet
	@cd frontend && npm run --silent lint -- --fix

gen: ## Write frontend/openapi.json, the page's API types and docs/reference
	@$(MAKE) -j2 python-dev page-deps
	@$(BIN)/python -m scripts.generate

bench: install ## Measure; prints a table and writes benchmarks/results
	@$(BIN)/python -m benchmarks

bench-backtest: install ## Measure the backtest engines; QD_PEERS_PYTHON=python of an environment with the peers
	@$(BIN)/python -m benchmarks backtest optimise

bench-data: install ## Measure bars, expressions and quotes beside qlib; QD_PEERS_PYTHON=python of an environment with the peers
	@$(BIN)/python -m benchmarks data expressions quotes

bench-ide: install ## Measure the IDE: first line of a run, kernels, completion
	@$(BIN)/python -m benchmarks ide

lock: python-dev ## Resolve the Python locks anew (UPGRADE=1 takes newer versions)
	@$(BIN)/python scripts/locks.py $(if $(UPGRADE),--upgrade)

clean: ## Remove what was installed and built here; your data in QD_HOME stays
	@rm -rf .venv frontend/node_modules frontend/dist artifacts .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@rm -f frontend/*.tsbuildinfo
