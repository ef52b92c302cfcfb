# `make help` lists what there is. Logic lives in tools/.
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11 python3.14; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
PORT ?= 8000
BIN := .venv/bin
INSTALL := $(BIN)/pip install -qq --disable-pip-version-check --no-input --require-hashes -r

.DEFAULT_GOAL := help
.PHONY: help run test check matrix bench prove messages form-schema record tour pins clean

help: ## list these commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "%-18s %s\n", $$1, $$2}'

run: .venv/run.stamp ## serve the intranet with its demo organisation on PORT (8000)
	@$(BIN)/python -m tools.run_portal --port $(PORT)

test: .venv/dev.stamp ## run every test: SQLite, and PostgreSQL where it answers
	@$(BIN)/python -m tools.run_tests

check: .venv/dev.stamp ## lint, templates, types, import contracts, migrations, architecture
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djhtml --check templates
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python manage.py makemigrations --check --dry-run --settings musportal.settings.test
	$(BIN)/python manage.py check --settings musportal.settings.test
	$(BIN)/pytest -q tests/architecture

matrix: ## run the tests on every supported line of Wagtail, Django and Python
	@$(PYTHON) -m tools.matrix

bench: .venv/dev.stamp ## measure beside stock Wagtail in the same run
	@$(BIN)/python -m tools.bench

prove: .venv/dev.stamp ## run the long proofs: SQLite, and PostgreSQL where it answers
	@HYPOTHESIS_PROFILE=prove $(BIN)/python -m tools.run_tests -m prove

messages: .venv/dev.stamp ## extract texts to translate and compile the catalogues
	@$(BIN)/python -m tools.messages

form-schema: .venv/dev.stamp ## write form.schema.json and docs/form-format.md's table of question types
	@$(BIN)/python manage.py shell --settings musportal.settings.test --no-imports --command "from tools.form_schema import write; write()"

record: .venv/dev.stamp ## write the example in docs/how-to/record-of-processing.md
	@$(BIN)/python manage.py shell --settings musportal.settings.test --no-imports --command "from tools.record_example import write; write()"

tour: .venv/dev.stamp ## make the screenshots in docs/tour/
	@$(BIN)/python -m tools.tour

pins: ## compile requirements/*.txt from pyproject.toml (needs uv)
	@$(PYTHON) -m tools.pins

clean: ## remove what was installed and cached; the demo's data in var/ stays
	@rm -rf .venv .venv-matrix .mypy_cache .pytest_cache .ruff_cache .import_linter_cache

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed and was not found."; exit 1; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "Python's venv module is needed (Debian: apt-get install python3-venv)."; exit 1; }

.venv/run.stamp: requirements/base.txt | .venv/bin/python
	@echo "Installing what the portal needs …"
	@$(INSTALL) $<
	@touch $@

.venv/dev.stamp: requirements/dev.txt | .venv/bin/python
	@echo "Installing what the tests need …"
	@$(INSTALL) $<
	@touch $@ .venv/run.stamp
