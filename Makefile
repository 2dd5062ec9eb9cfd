# One word per task; `make` alone lists them.

PYTHON     ?= python3# used once, to make .venv: 3.11, 3.12 or 3.13
WORKERS    ?= 2# test processes at a time; the kernel has threads of its own, so no more than cores
REPLICATES ?= 500# runs of each scenario in `make run`
ARGS       ?=# more words for pytest or the dashboard, as in: make test ARGS="-m 'not browser'"

BIN   := .venv/bin
LOCKS := requirements/uv.txt requirements/dev.txt
LOCK  := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
         --no-emit-index-url --no-header --no-annotate --upgrade

# A Python that was asked for by name replaces a .venv of another version; the default never does.
CHOSEN := $(if $(filter file default,$(origin PYTHON)),,$(PYTHON))
SERIES := 'import sys; print("%d.%d" % sys.version_info[:2])'

.PHONY: help setup run test dashboard bench docs check format lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

setup: ## .venv with everything in its locked version; does nothing when that is so already
	@state="$$(cat pyproject.toml $(LOCKS) | cksum) $$(pwd)"; \
	if [ -x $(BIN)/python ] && [ "$$state" = "$$(cat .venv/ready 2>/dev/null)" ]; then \
	  if [ -z "$(CHOSEN)" ] || [ "$$($(PYTHON) -c $(SERIES))" = "$$($(BIN)/python -c $(SERIES))" ]; then exit 0; fi; \
	fi; \
	case "$$($(PYTHON) -c $(SERIES) 2>/dev/null)" in \
	  3.11|3.12|3.13) ;; \
	  *) echo "coprod needs Python 3.11, 3.12 or 3.13; '$(PYTHON)' is $$($(PYTHON) --version 2>/dev/null || echo 'not there')." \
	       "Choose one by name: make setup PYTHON=python3.12" >&2; exit 1;; \
	esac; \
	echo "Making .venv with $$($(PYTHON) --version); the first time takes a minute or two."; \
	$(PYTHON) -m venv --clear .venv || { \
	  echo "This Python cannot make a virtual environment. On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }; \
	set -e; \
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt; \
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --compile-bytecode -r requirements/dev.txt; \
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .; \
	printf '%s\n' "$$state" > .venv/ready; \
	echo "Ready. Try: make run"

run: setup ## the first study: three ways to involve citizens, side by side, into results/citizens
	$(BIN)/coprod compare around-the-table citizens-blended citizens-online --replicates $(REPLICATES) --out results/citizens

test: setup ## all tests
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile $(ARGS)

dashboard: setup ## the pages in your browser, on this machine only
	$(BIN)/coprod dashboard $(ARGS)

bench: setup ## how fast it is here
	$(BIN)/python -m benchmarks

docs: setup ## the documentation, into build/docs; a warning is an error
	$(BIN)/sphinx-build -W --keep-going -b html docs build/docs

check: setup ## lint, format and types, changing nothing
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: setup ## put the code into the house format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: setup ## newest versions that pyproject.toml allows, into requirements/
	$(LOCK) --group dev pyproject.toml -o requirements/dev.txt > /dev/null
	$(LOCK) -c requirements/dev.txt pyproject.toml -o requirements/run.txt > /dev/null
	echo uv | $(LOCK) - -o requirements/uv.txt > /dev/null
	@! grep -nE '://|/' requirements/*.txt || { echo "A locked file names an address or a path: do not commit it." >&2; exit 1; }

clean: ## removes what can be made again; results/ and .venv stay
	rm -rf build dist htmlcov .coverage .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find sim scenarios analysis tests benchmarks docs -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
