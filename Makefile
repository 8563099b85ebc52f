# Koppel on one machine. `make` alone prints what each target does.
SHELL := /bin/bash
.DEFAULT_GOAL := help
# set somewhere, it doubles every start of Airflow
unexport PYTHONDONTWRITEBYTECODE
export PYTHONPATH := $(CURDIR)

SUPPORTED = import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))
PYTHON ?= $(firstword $(foreach name,python3 python3.13 python3.12 python3.11,$(shell $(name) -c '$(SUPPORTED)' 2>/dev/null && echo $(name))))
BIN := .venv/bin
INSTALL = $(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --compile-bytecode -r

.PHONY: help
help: ## Print this list.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.venv/uv: requirements-uv.txt
	@test -n "$(PYTHON)" || { echo "Koppel needs Python 3.11, 3.12 or 3.13; set PYTHON=/path/to/python"; exit 1; }
	@echo "  … a virtual environment ($(PYTHON))"
	@$(PYTHON) -m venv --clear .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.txt
	@touch $@

.venv/run: .venv/uv requirements.txt requirements-local.txt
	@echo "  … Airflow and the other packages Koppel runs on"
	@$(INSTALL) requirements.txt -r requirements-local.txt
	@touch $@

.venv/dev: .venv/run requirements-dev.txt
	@echo "  … the packages for tests and checks"
	@$(INSTALL) requirements-dev.txt
	@touch $@

.PHONY: setup
setup: .venv/run ## Install what Koppel runs on, in .venv; the other targets do this themselves.

.PHONY: demo
demo: .venv/run ## Play the main job on sandboxes and leave it running; with ONCE=1 stop everything afterwards.
	@$(BIN)/python -m local.demo

.PHONY: up
up: .venv/run ## Start Postgres, the sandboxes and Airflow, without any tenant.
	@$(BIN)/python -m local.stack up

.PHONY: down
down: .venv/run ## Stop everything that up or demo left running.
	@$(BIN)/python -m local.stack down

.PHONY: status
status: .venv/run ## Show what runs, and where.
	@$(BIN)/python -m local.stack status

.PHONY: check
check: .venv/dev ## Format, lint, types, layers, and the compose file.
	@local/check.sh

# `make test` runs slices of four long kinds: the sandboxes' own tests while they are unchanged, kills, faults, and tests of many cases
.PHONY: test
test: .venv/dev check ## All checks and all tests, or with ARGS="tests/unit -k …" some of them.
	@local/programs.sh
ifdef ARGS
	@$(BIN)/python -m pytest $(ARGS)
else
	@KOPPEL_SANDBOX_TESTS=slice KOPPEL_KILLS=6 KOPPEL_FAULTS=50 KOPPEL_EVERY=5 KOPPEL_GRID=5 local/tests.sh
endif

.PHONY: test-all
test-all: .venv/dev check ## The same without slices; it notes that the sandboxes are proven as they are.
	@local/programs.sh
	@KOPPEL_KILLS=50 KOPPEL_FAULTS=1000 KOPPEL_EVERY=1 local/tests.sh
	@$(BIN)/python -m tests.proven

.venv-bench/made: .venv/uv requirements-bench.txt
	@echo "  … what is compared with, in an environment of its own"
	@$(BIN)/python -m venv --clear .venv-bench
	@echo '*' > .venv-bench/.gitignore
	@$(BIN)/uv pip install --quiet --python .venv-bench/bin/python --require-hashes -r requirements-bench.txt
	@touch $@

.PHONY: bench
bench: .venv/dev .venv-bench/made ## Measure master data against other ways, and kill pushes 10,000 work orders long.
	@$(BIN)/python -m bench

.venv-audit/made: .venv/uv requirements-audit.txt
	@echo "  … what asks for advisories, in an environment of its own"
	@$(BIN)/python -m venv --clear .venv-audit
	@echo '*' > .venv-audit/.gitignore
	@$(BIN)/uv pip install --quiet --python .venv-audit/bin/python --require-hashes -r requirements-audit.txt
	@touch $@

LOCKS := $(wildcard requirements*.txt)
OSV ?= https://api.osv.dev/v1/query

.PHONY: audit
audit: .venv/run .venv-audit/made ## Hold every lock against the advisories of osv.dev; needs the network.
	@$(BIN)/python -c 'import requests; requests.get("$(OSV)", timeout=20)' 2>/dev/null || \
	  { echo "audit: this needs the network, and $(OSV) cannot be reached" >&2; exit 1; }
	@failed=0; for lock in $(LOCKS); do echo "  … $$lock"; \
	  .venv-audit/bin/pip-audit --strict --disable-pip --progress-spinner off --vulnerability-service osv --osv-url $(OSV) \
	    -r $$lock || failed=1; done; \
	$(BIN)/python -m local.images --check || failed=1; exit $$failed

.PHONY: lock
lock: .venv/run ## Renew the locks from the .in files, and the digests of the images; needs the network.
	@for name in requirements requirements-local requirements-dev requirements-bench requirements-audit; do \
	  $(BIN)/uv pip compile $$name.in --universal --python-version 3.11 --generate-hashes --upgrade --quiet -o $$name.txt; done
	@$(BIN)/python -m local.images
