# Everything runs in .venv, which the first verb makes by itself from requirements.lock.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check
# The uv on the PATH, else one of our own: it installs in seconds what takes pip a minute.
UV     := $(shell command -v uv || echo $(BIN)/uv)
UNIT   := unit-e2e unit-embedded unit-rooms unit-singer

# No usage statistics leave this machine from demo, tests or benchmarks.
export RUNTIME__DLTHUB_TELEMETRY := false

.DEFAULT_GOAL := help
.PHONY: help install demo tap taps test unit $(UNIT) stress grammar answers lint types golden bench incumbent singer-suite \
        singer-kill singer-bench docs check lock clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

# Where uv cannot reach the index that pip is configured for, pip goes on.
$(STAMP): requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@test -x $(UV) || $(PIP) 'uv>=0.9,<1'
	@$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock \
	  || $(PIP) --no-compile --require-hashes -r requirements.lock
	@$(PIP) --no-deps --editable .
	@touch $@

install: $(STAMP) ## Make .venv with everything in it (the other verbs do it when needed)

demo: $(STAMP) ## Load real data twice and read it back with Oracle SQL (embedded server)
	$(BIN)/python pipelines/quickstart.py

tap: $(STAMP) ## Run a Singer tap into the embedded server, twice
	$(BIN)/python pipelines/tap_to_oracle.py

# Two at a time, as the smallest machine has two cores; the longest first.
PARALLEL := $(MAKE) --no-print-directory --keep-going --jobs=2 --output-sync=target

test: grammar ## The tests, lint and types: what CI runs before `make tap`
	@$(PARALLEL) $(UNIT) types lint

unit: grammar ## The tests
	@$(PARALLEL) $(UNIT)

unit-e2e: $(STAMP)
	$(BIN)/python -m pytest -o cache_dir=.pytest_cache/e2e tests/e2e

unit-embedded: $(STAMP)
	$(BIN)/python -m pytest -o cache_dir=.pytest_cache/embedded tests/embedded tests/differential

unit-singer: $(STAMP)
	$(BIN)/python -m pytest -o cache_dir=.pytest_cache/singer tests/singer

unit-rooms: $(STAMP)
	$(BIN)/python -m pytest -o cache_dir=.pytest_cache/rooms --ignore=tests/e2e --ignore=tests/embedded \
	  --ignore=tests/differential --ignore=tests/singer

stress: grammar ## The rest of the tests: the whole of the matrices of which `test` runs a part
	$(BIN)/python -m pytest -o cache_dir=.pytest_cache/stress -m stress

grammar: $(STAMP)
	@$(BIN)/python tests/judge/install.py

answers: ## Ask the SQL judge's grammar everything anew, and keep what it says
	rm -rf .pytest_cache
	JUDGE_ASK_ANEW=1 $(MAKE) unit
	$(BIN)/python tests/judge/keep_answers.py $(UNIT:unit-%=.pytest_cache/%)

lint: $(STAMP) ## Ruff, formatting, and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(STAMP) ## mypy --strict
	$(BIN)/mypy

golden: $(STAMP) ## Write the golden SQL files anew; read the difference as a review
	GOLDEN_UPDATE=1 $(BIN)/python -m pytest tests/destinations tests/singer -k golden

bench: $(STAMP) build/incumbent ## Absolute figures and ratios, in one run; BENCH_ROWS=100000 for a short one
	PYTHONPATH=build/incumbent $(BIN)/python tests/bench/run.py

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
build/singer-sdk: tests/singer/sdk/requirements.txt | $(STAMP)
	@$(PYTHON) -m venv --clear $@
	@$(UV) pip install --quiet --python $@/bin/python -r $< \
	  || $@/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	@touch $@

taps: $(STAMP) ## Three real Singer taps, installed into build/taps, one of them on a PostgreSQL
	$(BIN)/python -m pytest -o cache_dir=.pytest_cache/taps -v tests/e2e/living_taps.py

singer-suite: $(STAMP) build/singer-sdk ## singer-sdk's own target tests against target-oracle
	$(BIN)/python tests/singer/sdk/run.py build/singer-sdk/bin/python

singer-kill: $(STAMP) ## Kill target-oracle at many random moments; nothing is lost, nothing doubled
	$(BIN)/python tests/singer/target/kill_many.py

singer-bench: $(STAMP) build/singer-sdk ## Records a CPU-second; client CPU of singer-sdk's SQLTarget and of target-oracle
	$(BIN)/python tests/bench/singer/stream.py
	$(BIN)/python tests/bench/singer/run.py build/singer-sdk/bin/python

docs: $(STAMP) ## Check that every link and every file the docs name exists
	$(BIN)/python -m pytest tests/test_docs.py

check: lint types docs ## The quick part of test

lock: $(STAMP) ## Resolve requirements.lock anew (needs uv)
	uv pip compile pyproject.toml --extra dev --universal --generate-hashes --no-emit-index-url \
	  --no-header --no-annotate --python-version 3.10 --upgrade --quiet --output-file requirements.lock

clean: ## Remove the environment, the demo's data and all caches
	rm -rf $(VENV) .oracle .pytest_cache .mypy_cache .ruff_cache .hypothesis tests/judge/node/node_modules
