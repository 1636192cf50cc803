# Each target makes what it needs: a .venv with pinned, hashed requirements.
# It takes Python with venv, Git and make; nothing outside .venv is installed.

# The pins in requirements/ were made for Python 3.11.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
PIP := $(BIN)/python -m pip
# Two of the documents are compared with what DVC writes and the Hub reads, and neither is part of the gate.
LIGHT := tests/documents tests/git tests/tree tests/test_tree.py tests/test_imports.py \
	--ignore=tests/documents/test_pointer.py --ignore=tests/documents/test_hub.py

export PIP_DISABLE_PIP_VERSION_CHECK := 1

# pip's own configuration is left out, so that no private index or local wheel gets into the pins.
COMPILE := env -u PIP_FIND_LINKS -u PIP_EXTRA_INDEX_URL PIP_CONFIG_FILE=/dev/null \
	CUSTOM_COMPILE_COMMAND="make requirements" $(BIN)/pip-compile --quiet --no-config --generate-hashes \
	--strip-extras --allow-unsafe --no-emit-index-url --no-emit-find-links --no-emit-trusted-host

# The gate runs on every supported Python, so its pins carry markers; pip-compile cannot write those.
UNIVERSAL := $(BIN)/uv pip compile --quiet --no-config --universal --python-version 3.10 --generate-hashes \
	--custom-compile-command "make requirements"

AZURITE := 3.37.0

# How long `make fuzz` runs, in seconds.
FUZZ ?= 600

.PHONY: help demo test torture test-heavy lint light bench fuzz bless reference rates requirements clean

help: ## what can be made
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 16

demo: .venv/demo.stamp ## the main job, from training to prediction, in a scratch directory
	$(BIN)/python examples/demo.py

test: lint ## lint, then the whole test suite
	$(BIN)/pytest -n 2 --dist loadfile

torture: .venv/dev.stamp .venv/azurite.stamp ## all kills, disks that refuse and servers that fail, and Azure; the tests run a sample of them
	TORTURE=1 $(BIN)/pytest tests/story/test_struck_pulls.py tests/story/test_struck_buckets.py \
		tests/story/test_struck_registrations.py tests/story/test_faulty_servers.py tests/story/test_use_azure.py

test-heavy: .venv/dev.stamp .venv/heavy.stamp ## load models of PyTorch, XGBoost, LightGBM and MLflow, which are large; no part of the tests
	$(BIN)/pytest tests/heavy

lint: .venv/dev.stamp ## ruff, mypy, and whether the generated reference is up to date
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python scripts/generate_reference.py --check

light: .venv/light.stamp ## the tests that need no more than the gate, on any supported Python
	$(BIN)/pytest $(LIGHT)

bench: .venv/dev.stamp ## the benchmarks, never part of the tests
	$(BIN)/python benchmarks/run.py

fuzz: .venv/dev.stamp .venv/fuzz.stamp ## coverage-guided fuzzing of the gate for FUZZ seconds; a finding stays in tests/fuzz
	nice $(BIN)/python tests/fuzz/fuzz.py .hypothesis/fuzz -max_total_time=$(FUZZ) -print_final_stats=1

bless: .venv/dev.stamp ## write anew what the gate says about each golden case; read the diff
	$(BIN)/python tests/bless.py

reference: .venv/dev.stamp ## write the generated pages of docs/reference anew from the code
	$(BIN)/python scripts/generate_reference.py

rates: .venv/dev.stamp ## draw the table of error rates anew, in some minutes
	$(BIN)/python scripts/simulate_statistics.py

requirements: .venv/dev.stamp ## pin again what pyproject.toml asks for; add UPGRADE=1 for the newest
	$(COMPILE) $(if $(UPGRADE),--upgrade) --extra dev -o requirements/dev.txt pyproject.toml
	$(COMPILE) -c requirements/dev.txt -o requirements/demo.txt pyproject.toml requirements/demo.in
	$(COMPILE) -c requirements/dev.txt -o requirements/fuzz.txt requirements/fuzz.in
	$(COMPILE) -c requirements/dev.txt -o requirements/heavy.txt requirements/heavy.in
	$(UNIVERSAL) $(if $(UPGRADE),--upgrade) --extra fast -o requirements/light.txt pyproject.toml requirements/light.in
	$(UNIVERSAL) -c requirements/light.txt --extra fast -o requirements/gate.txt pyproject.toml requirements/gate.in

clean: ## remove the .venv, builds and caches
	rm -rf .venv build dist .hypothesis .mypy_cache .pytest_cache .ruff_cache

.venv/bin/python:
	$(PYTHON) -m venv .venv

# Microsoft's emulator of Azure's storage, a program of Node; nothing that it brings runs while it is installed.
.venv/azurite.stamp: | .venv/bin/python
	npm install --global --prefix .venv --ignore-scripts --no-audit --no-fund --loglevel error azurite@$(AZURITE)
	touch $@

.venv/%.stamp: requirements/%.txt pyproject.toml | .venv/bin/python
	@echo "Installing requirements/$*.txt into .venv; the first time this takes a minute or two."
	$(PIP) install --quiet --require-hashes -r requirements/$*.txt
	$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	touch $@
