# Every target sets up what it needs first. The machine has to have Python >= 3.11 with pip and venv, nothing else.
#   PYTHON=python3.13   the Python to build .venv/ with (otherwise: the one .venv/ has, or the newest on the PATH)
#   ARGS="..."          passed on by run, test and bench

ARGS ?=
PYTHON ?=
export PYTHON
# The tests alone start hundreds of Python processes: each would compile everything it imports anew.
unexport PYTHONDONTWRITEBYTECODE
# `check` makes its steps by itself: that is nothing to tell of.
MAKEFLAGS += --no-print-directory

BIN := .venv/bin
# A lot of tests for each core and one more, with database servers of their own; whoever is done takes over from others.
AT_ONCE := -n auto --maxprocesses 4 --dist worksteal

.DEFAULT_GOAL := help
# A recipe that fails must not leave half a file behind that looks finished.
.DELETE_ON_ERROR:
# Steps tell a story in order, whatever -j says; the slow one uses all cores by itself.
.NOTPARALLEL:
.PHONY: help run test faults check bench five-minutes screenshots clean lint imports types format format-check spec sdk-check sdk-generate frontend-check lock environment environment-run assets sdk wrk

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

# Webhooks may reach this machine itself, for a receiver under development; elsewhere only where a setting says so.
run: export PIVOTAL_OUTBOUND_ALLOW ?= 127.0.0.0/8,::1
run: environment-run assets sdk ## Start Pivotal: PORT (8000), PIVOTAL_DATA (.pivotal) and DATABASE_URL are honoured; Ctrl-C stops it
	@exec $(BIN)/pivotal run $(ARGS)

test: environment assets sdk ## Run the tests; ARGS="-k contacts" for some of them, "-n 0" for one after the other
	$(BIN)/python -m pytest -q $(AT_ONCE) $(ARGS)

faults: export FAULTS := full
faults: environment assets ## Run the fault tests in full: 5,000 webhook events under faults, beside the same without
	$(BIN)/python -m pytest -q tests/faults $(ARGS)

check: environment ## Everything that CI runs, the tests included
	@tools/at-once "$(MAKE) types" "$(MAKE) format-check lint imports spec sdk-check frontend-check"
	@$(MAKE) test
	@echo "make check: all passed"

bench: environment assets sdk wrk ## Measure the server beside the limits of its own database
	$(BIN)/python -m bench $(ARGS)

five-minutes: environment assets sdk ## Time the way from installing an SDK to the first verified webhook
	$(BIN)/python -m tests.docs.samples.five_minutes

screenshots: environment assets ## Take pictures of every page, in every state and look, into screenshots/
	$(BIN)/python -m tests.browser.screenshots $(ARGS)

format: environment ## Format the code and apply the safe fixes of the linter
	$(BIN)/ruff format
	$(BIN)/ruff check --fix --quiet || true
	@tools/frontend/check --write
	@tools/sdk/check --write

format-check: environment
	$(BIN)/ruff format --check

lint: environment ## Check the code against the linter's rules
	$(BIN)/ruff check

types: environment ## Check the types
	$(BIN)/python -m mypy $(wildcard src tests bench sdk/generator)
	$(BIN)/python -m mypy --python-version 3.10 sdk/python/src

imports: environment ## Check that packages import each other in one direction only
	$(BIN)/lint-imports --no-logo --cache-dir .cache/import-linter

sdk-check: environment ## Check that what is generated is what is committed, and what the TypeScript SDK is written in
	$(BIN)/python -m sdk.generator --check
	@tools/sdk/check

sdk-generate: environment ## Generate the SDKs, and whatever else follows from the OpenAPI document
	$(BIN)/python -m sdk.generator

frontend-check: environment ## Check the types, the style and the layout of frontend/
	@tools/frontend/check

spec: environment ## Check the OpenAPI document that the server serves
	@mkdir -p .cache
	$(BIN)/pivotal openapi > .cache/openapi.json
	tools/spectral/run .cache/openapi.json

lock: ## Bring uv.lock up to date after a change of the dependencies in pyproject.toml
	@tools/environment lock

clean: ## Remove what make has made (never the data directory)
	rm -rf .venv .cache dist .hypothesis .schemathesis frontend/node_modules sdk/typescript/node_modules src/pivotal_server/web/assets \
	  src/pivotal_server/site/packages
	find . -name __pycache__ -type d -not -path './.pivotal/*' -prune -exec rm -rf {} +

environment:
	@tools/environment full

environment-run:
	@tools/environment run

assets: ## Build the styles and scripts of the app's pages from frontend/
	@tools/frontend/build

sdk: ## Build the packages of the SDKs that the server hands out
	@tools/sdk/build

wrk:
	@tools/wrk
