# Everything a developer does here. The environment is made when it is first needed.

PORT ?= 8000
NAME ?= *
DATA ?=
PY := .venv/bin/python
STACK := $(PY) -m config.stack run --quick --
SOURCES := $(wildcard *.py */)

.PHONY: demo demo-reset test lint format realdata bench lock

demo: ## Start everything on PORT, with demo data that is kept.
	@python3 -I config/bootstrap.py
	@exec $(PY) -m config.demo --port $(PORT)

demo-reset: ## Forget the demo's data.
	@python3 -I config/bootstrap.py
	@$(PY) -m config.demo --reset

test: ## Run all tests on private servers.
	@python3 -I config/bootstrap.py
	@$(STACK) $(PY) -m pytest $(ARGS)

lint: ## Everything the tools hold.
	@python3 -I config/bootstrap.py
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy .
	.venv/bin/lint-imports --config pyproject.toml --no-logo
	.venv/bin/djlint templates --check --lint --quiet
	$(STACK) $(PY) manage.py makemigrations --check --dry-run --settings config.settings.test
	$(PY) -m config.addresses

format: ## Bring code and templates into the house's form.
	@python3 -I config/bootstrap.py
	$(PY) -m ruff check --fix-only --quiet .
	$(PY) -m ruff format .
	.venv/bin/djlint templates --reformat --quiet || true

realdata: ## Import the folder DATA into a scratch database and report on each file.
	@test -n "$(DATA)" || { echo "Say which folder: make realdata DATA=path"; exit 2; }
	@python3 -I config/bootstrap.py
	@$(STACK) $(PY) manage.py check_real_data "$(DATA)"

bench: ## Run the measurements (NAME= one of them), each against its bound.
	@python3 -I config/bootstrap.py
	@$(PY) -m config.benches "$(NAME)"

lock: ## Pin every package with its hashes, without any address of a registry.
	@$(PY) -m config.lock
