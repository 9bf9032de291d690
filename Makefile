# Everything runs in .venv, which the first verb makes by itself from requirements.lock.
# With uv on the PATH it is used; plain pip does as well.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed

# No usage statistics leave this machine from demo, tests or benchmarks.
export RUNTIME__DLTHUB_TELEMETRY := false

.DEFAULT_GOAL := help
.PHONY: help install demo test unit unit-e2e unit-rooms lint types golden bench incumbent singer-suite \
        singer-kill singer-bench docs check lock clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

$(STAMP): requirements.lock pyproject.toml
	@if command -v uv >/dev/null 2>&1; then \
	  test -x $(BIN)/python || uv venv --quiet --python $(PYTHON) $(VENV); \
	  uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock; \
	  uv pip install --quiet --python $(BIN)/python --no-deps --editable .; \
	else \
	  test -x $(BIN)/python || $(PYTHON) -m venv $(VENV); \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock; \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .; \
	fi
	@touch $@

install: $(STAMP) ## Make .venv with everything in it (the other verbs do it when needed)

demo: $(STAMP) ## Load real data twice and read it back with Oracle SQL (embedded server)
	$(BIN)/python pipelines/quickstart.py

test: lint types unit ## Everything CI runs

# Two processes, as the machine has two cores: one waits for the database most of the time.
unit: $(STAMP)
	$(BIN)/python tests/judge/install.py
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target unit-e2e unit-rooms

unit-e2e:
	$(BIN)/python -m pytest -o cache_dir=.pytest_cache/e2e tests/e2e

unit-rooms:
	$(BIN)/python -m pytest -o cache_dir=.pytest_cache/rooms --ignore=tests/e2e

lint: $(STAMP) ## Ruff, formatting, and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(STAMP) ## mypy --strict
	$(BIN)/mypy

golden: $(STAMP) ## Write the golden SQL files anew; read the difference as a review
	GOLDEN_UPDATE=1 $(BIN)/python -m pytest tests/destinations -k golden

bench: $(STAMP) ## Absolute figures and ratios, in one run
	$(BIN)/python tests/bench/run.py

# SQLAlchemy stays out of .venv: nothing here needs it.
build/incumbent:
	@if command -v uv >/dev/null 2>&1; then \
	  uv pip install --quiet --python $(BIN)/python --target $@ sqlalchemy alembic; \
	else \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --target $@ sqlalchemy alembic; \
	fi

incumbent: $(STAMP) build/incumbent ## The same pipelines through dlt's own sqlalchemy destination; writes its page
	PYTHONPATH=build/incumbent $(BIN)/python tests/differential/incumbent.py

# The SDK stays out of .venv: nothing here needs it.
build/singer-sdk: tests/singer/sdk/requirements.txt
	@if command -v uv >/dev/null 2>&1; then \
	  uv venv --quiet --clear --python $(PYTHON) $@; \
	  uv pip install --quiet --python $@/bin/python -r $<; \
	else \
	  $(PYTHON) -m venv --clear $@; \
	  $@/bin/python -m pip install --quiet --disable-pip-version-check -r $<; \
	fi
	@touch $@

singer-suite: $(STAMP) build/singer-sdk ## singer-sdk's own target tests against target-oracle
	$(BIN)/python tests/singer/sdk/run.py build/singer-sdk/bin/python

singer-kill: $(STAMP) ## Kill target-oracle at many random moments; nothing is lost, nothing doubled
	$(BIN)/python tests/singer/target/kill_many.py

singer-bench: $(STAMP) build/singer-sdk ## Client CPU of singer-sdk's SQLTarget and of target-oracle
	$(BIN)/python tests/bench/singer/run.py build/singer-sdk/bin/python

docs: $(STAMP) ## Check that every link and every file the docs name exists
	$(BIN)/python -m pytest tests/test_docs.py

check: lint types docs ## The quick part of test

lock: $(STAMP) ## Resolve requirements.lock anew (needs uv)
	uv pip compile pyproject.toml --extra dev --universal --generate-hashes --no-emit-index-url \
	  --no-header --no-annotate --python-version 3.10 --upgrade --quiet --output-file requirements.lock

clean: ## Remove the environment, the demo's data and all caches
	rm -rf $(VENV) .oracle .pytest_cache .mypy_cache .ruff_cache .hypothesis tests/judge/node/node_modules
