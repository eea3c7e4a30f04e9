# Everything a developer does here. The environment is made when it is first needed.

PORT ?= 8000
NAME ?= *
DATA ?=
CASES ?= tests/acceptance/cases
HISTORIES ?= 2000
SEED ?= 0
PY := .venv/bin/python
STACK := $(PY) -m config.stack run --quick --

.DEFAULT_GOAL := demo

.PHONY: environment demo demo-reset test cases oracle lint format realdata bench lock \
	lint-code lint-types lint-floors lint-templates lint-migrations lint-addresses

environment:
	@python3 -I config/bootstrap.py

demo: environment ## Start everything on PORT, with demo data that is kept.
	@exec $(PY) -m config.demo --port $(PORT)

demo-reset: environment ## Forget the demo's data.
	@$(PY) -m config.demo --reset

test: environment ## Run all tests on private servers.
	@$(STACK) $(PY) -m pytest -n 3 --dist loadfile --no-loadscope-reorder --cov --cov-report=term \
		$(if $(ARGS),$(ARGS),--cov-fail-under=95)

cases: environment ## Play every acceptance case of the folder CASES through the services.
	@$(STACK) $(PY) -m tests.acceptance "$(CASES)"

oracle: environment ## Hold the figures of HISTORIES histories, and as many worlds with a database, to a brute-force count.
	@ORACLE_EXAMPLES=$(HISTORIES) ORACLE_SEED=$(SEED) $(STACK) $(PY) -m pytest tests/reports/test_oracle.py \
		-q -n 3 --dist load --maxschedchunk 1 --no-cov

lint: lint-code lint-types lint-floors lint-templates lint-migrations lint-addresses ## Everything the tools hold.

lint-code: environment
	$(PY) -m ruff check --quiet .
	$(PY) -m ruff format --check --quiet .

lint-types: environment
	$(PY) -m mypy .

lint-floors: environment
	.venv/bin/lint-imports --config pyproject.toml

lint-templates: environment
	.venv/bin/djlint templates --check --lint --quiet

lint-migrations: environment
	$(STACK) $(PY) manage.py makemigrations --check --dry-run --settings config.settings.test

lint-addresses: environment
	$(PY) -m config.addresses

format: environment ## Bring code and templates into the house's form.
	$(PY) -m ruff check --fix-only --quiet .
	$(PY) -m ruff format .
	.venv/bin/djlint templates --reformat --quiet >/dev/null || .venv/bin/djlint templates --reformat --quiet >/dev/null || true

realdata: environment ## Import the folder DATA into a scratch database; report on each file, compare figures.
	@test -n "$(DATA)" || { echo "Say which folder: make realdata DATA=path"; exit 2; }
	@$(STACK) sh -c '"$$0" manage.py migrate -v 0 && exec "$$0" manage.py check_real_data "$$1"' \
		$(PY) "$(DATA)"

bench: environment ## Run the measurements (NAME= one of them), each against its bound.
	@$(PY) -m config.benches "$(NAME)"

lock: ## Pin every package with its hashes, without any address of a registry.
	@$(PY) -m config.lock
