# Khiên Nhỏ. `make help` lists the verbs; each says what it does behind its name.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMPS := .stamps
export PYTHONDONTWRITEBYTECODE ?= 1

# Twenty runs of 10,000 events. What was found belongs to the code that it was found of.
LONG := simulations/$(shell git rev-parse --short HEAD 2>/dev/null)
LONG_RUNS := $(foreach policy,consent vital_interest,$(foreach seed,1 2 3 4 5 6 7 8 9 10,$(LONG)/$(policy)-$(seed).txt))

.DEFAULT_GOAL := help
.PHONY: help run test check format lock bench mutants simulate-long fuzz fuzz-webhooks screenshots browser clean

help: ## list the verbs
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

run: $(STAMPS)/run ## serve everything on this machine: children's page, desk, and Telegram if TELEGRAM_TOKEN is set
	@$(BIN)/khien serve

test: $(STAMPS)/dev browser ## every test there is (PostgreSQL and Chromium included)
	@$(BIN)/python -m pytest -p no:cacheprovider

check: $(STAMPS)/dev ## format, lint, types, room boundaries, content, lock
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/khien content lint
	@$(BIN)/python tests/house_rules.py
	@sh requirements/compile.sh --check

format: $(STAMPS)/dev ## format the code
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

lock: $(STAMPS)/uv ## compile the lock files anew from pyproject.toml
	@sh requirements/compile.sh

bench: $(STAMPS)/dev ## measure turns, listening, content and start-up (several minutes)
	@$(BIN)/python -m bench

mutants: $(STAMPS)/dev ## break the protocol core in thousands of small ways and count what the tests notice (an hour or more)
	@rm -rf mutants
	@$(BIN)/mutmut run --max-children 1
	@$(BIN)/python -m bench.mutants

fuzz: $(STAMPS)/dev ## send a thousand made-up requests to each operation of the staff API (an hour or more)
	@KHIEN_FUZZ=1000 $(BIN)/python -m pytest -p no:cacheprovider tests/escalation/test_api_fuzz.py

fuzz-webhooks: $(STAMPS)/dev ## send 100,000 forged, broken and mutated requests to every webhook and the web chat (about an hour)
	@KHIEN_FUZZ_WEBHOOKS=100000 $(BIN)/python -m pytest -s -p no:cacheprovider tests/channels/test_fuzz_webhooks.py

simulate-long: $(STAMPS)/dev ## let 200,000 events happen to twenty hotlines and check every one (an hour; goes on where it stopped)
	@$(MAKE) --no-print-directory -j2 $(LONG_RUNS)
	@tail -qn 1 $(LONG_RUNS) | sort | uniq -c

$(LONG)/%.txt:
	@mkdir -p $(LONG)
	@$(BIN)/khien simulate --hours 10000 --events 10000 --seed $(lastword $(subst -, ,$*)) --policy $(firstword $(subst -, ,$*)) --out $(LONG)/$*.yml > $@.part || (cat $@.part; false)
	@mv $@.part $@

screenshots: $(STAMPS)/dev browser ## take the README's pictures from the running product
	@$(BIN)/python -m bench.screenshots

browser: ## make sure that Chromium is there for the browser tests
	@sh requirements/chromium.sh

clean: ## remove what was built (not the data)
	rm -rf $(VENV) $(STAMPS) mutants simulations

# uv first, by hash; it installs the rest in seconds. pip's own find-links and indexes are obeyed.
$(STAMPS)/uv: requirements/bootstrap.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Khiên Nhỏ needs Python 3.11 or newer; set PYTHON=python3.x"; exit 1; }
	@$(PYTHON) -m pip --version >/dev/null 2>&1 || { echo "Khiên Nhỏ needs pip: install python3-pip, or use a Python that has it"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv --without-pip $(VENV)
	@$(PYTHON) -m pip --python $(BIN)/python install --quiet --require-hashes -r requirements/bootstrap.lock
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/run: requirements/run.lock pyproject.toml $(STAMPS)/uv
	@test -f $(STAMPS)/dev || $(BIN)/uv pip sync --quiet --require-hashes --python $(BIN)/python requirements/run.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@

$(STAMPS)/dev: requirements/dev.lock pyproject.toml $(STAMPS)/uv
	@$(BIN)/uv pip sync --quiet --require-hashes --python $(BIN)/python requirements/dev.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@
