# Every target works on a fresh clone with Python 3.11 or newer and make alone.
.DEFAULT_GOAL := help
PYTHON ?= python3
PORT ?= 5000
VENV := .venv
PIP := $(VENV)/bin/python -m pip --disable-pip-version-check
ONLY ?=

.PHONY: help run test check prove bench assets layout clean

help: ## Show what there is to make
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | sort | awk -F'\t' '{printf "make %-8s %s\n", $$1, $$2}'

$(VENV)/.product: requirements/product.txt pyproject.toml
	test -x $(VENV)/bin/python || $(PYTHON) -m venv $(VENV)
	$(PIP) install --quiet --no-compile --require-hashes --no-deps -r requirements/product.txt
	$(PIP) install --quiet --no-compile --require-hashes --no-deps -r requirements/build.txt
	$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/.tests: $(VENV)/.product requirements/tests.txt
	$(PIP) install --quiet --no-compile --require-hashes --no-deps -r requirements/tests.txt
	touch $@

run: $(VENV)/.product ## Run the product with demonstration data on PORT (5000)
	@$(VENV)/bin/rj demo
	@echo "Open http://127.0.0.1:$(PORT) (Ctrl-C stops)"
	@$(VENV)/bin/rj serve --port $(PORT)

test: $(VENV)/.tests ## Run every test
	$(VENV)/bin/python -m tests.everything

check: $(VENV)/.tests ## Lint, types, import contracts, house tests
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports
	$(VENV)/bin/pytest tests/house

prove: $(VENV)/.product ## Prove the safety of every shipped pathway
	$(VENV)/bin/rj prove

bench: $(VENV)/.tests ## Measure; ONLY=name for one
	$(VENV)/bin/python -m tests.bench $(ONLY)

assets: ## Rebuild the vendored styles and scripts (needs node)
	cd rj_engine/web/frontend && npm ci --ignore-scripts --no-audit --no-fund && npm run build

layout: ## Lay the shipped diagrams out again (needs node)
	cd rj_engine/web/frontend/layout && npm ci --ignore-scripts --no-audit --no-fund && node ../layout.mjs

clean: ## Remove what was made
	rm -rf $(VENV) build instance
