# One word per task; `make` alone lists them.

# PYTHON makes .venv (3.11, 3.12 or 3.13). WORKERS is how many test processes run at a time: the kernel has threads
# of its own, so no more than cores. REPLICATES is how often `make run` runs each scenario. ARGS goes to pytest,
# as in: make test ARGS="-m 'not browser'"
PYTHON     ?= python3
WORKERS    ?= 2
REPLICATES ?= 500
ARGS       ?=

BIN  := .venv/bin
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-header --no-annotate --upgrade

.PHONY: help setup run dashboard assets test plain lanes bench docs check format lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

setup: ## .venv with everything in its locked version; instant when it is there
	@sh requirements/setup.sh "$(PYTHON)" $(if $(filter file default,$(origin PYTHON)),default,chosen)

run: setup ## the first study: three ways to involve citizens, side by side, into results/citizens
	$(BIN)/coprod compare around-the-table citizens-blended citizens-online --replicates $(REPLICATES) --out results/citizens

dashboard: setup ## the dashboard, in the browser
	$(BIN)/coprod dashboard $(ARGS)

assets: setup ## fetch again what the dashboard's pages need in the browser (npm), into analysis/dashboard/npm
	$(BIN)/python -m analysis.dashboard.browser_files

test: setup ## all tests; with ARGS those alone
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile $(ARGS)
	@$(if $(ARGS),true,$(MAKE) --no-print-directory plain)

plain: setup ## the kernel's tests once more, uncompiled, with coverage (part of test)
	NUMBA_DISABLE_JIT=1 $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -q -m "kernel and not slow and not counted" \
		--cov=sim --cov-report= --cov-fail-under=95 tests/sim

lanes: plain ## that, the twin uncompiled, and the kernel's tests with every index checked
	NUMBA_DISABLE_JIT=1 $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -q -m "kernel and not slow and not counted" tests/verify
	NUMBA_BOUNDSCHECK=1 $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -q -m "kernel and not slow" tests/sim tests/verify

bench: setup ## how fast it is here
	$(BIN)/python -m benchmarks $(ARGS)

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
	@$(LOCK) --group dev --extra cluster pyproject.toml -o requirements/dev.txt > /dev/null
	@$(LOCK) -c requirements/dev.txt pyproject.toml -o requirements/run.txt > /dev/null
	@echo uv | $(LOCK) - -o requirements/uv.txt > /dev/null
	@! grep -nE '://|/' requirements/*.txt || { echo "A locked file names an address or a path: do not commit it." >&2; exit 1; }

clean: ## removes what can be made again; results/ and .venv stay
	rm -rf build dist htmlcov .coverage .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find sim scenarios analysis tests benchmarks docs -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
