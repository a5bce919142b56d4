.DEFAULT_GOAL := help
PYTHON := .venv/bin/python
DEV := .venv/forecheck-dev.lock

.PHONY: help run check lint types contracts test fast bench evals docs schemas lock clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(DEV): requirements.lock requirements-dev.lock
	@./forecheck --version
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@cp requirements-dev.lock $@

run: ## forecheck itself: make run ARGS="check left-pad"
	@./forecheck $(ARGS)

check: lint types contracts test ## everything that CI runs

lint: $(DEV) ## style and the formatter
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .

types: $(DEV) ## strict type checking
	$(PYTHON) -m mypy

contracts: $(DEV) ## which layer may import which
	.venv/bin/lint-imports

test: $(DEV) ## all tests, fast ones first
	$(PYTHON) -m pytest -n auto -q

fast: $(DEV) ## the tests that start no package manager
	$(PYTHON) -m pytest -n auto -q -m "not e2e"

bench: $(DEV) ## speed beside npq, on this machine
	$(PYTHON) -m bench

evals: $(DEV) ## recall and false positives on the committed corpora
	$(PYTHON) -m evals.typosquat.run

schemas: $(DEV) ## regenerate schemas/
	$(PYTHON) tools/make_schema.py
	$(PYTHON) tools/make_report_schema.py

docs: $(DEV) schemas ## regenerate the generated pages, then build the site into site/
	$(PYTHON) tools/make_docs.py
	$(PYTHON) -m mkdocs build --strict --quiet

lock: $(DEV) ## renew the lock files (needs uv)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header pyproject.toml -o requirements.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --group dev pyproject.toml -o requirements-dev.lock

clean: ## remove what was made here
	rm -rf .venv site dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis
