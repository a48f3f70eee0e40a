# Two commands are all: `make run` and `make test`.
.DEFAULT_GOAL := help
.PHONY: help run setup check test long fuzz fmt clean screenshots bench soak accuracy engines man wheel image images lint types unit js alone

PY := .venv/bin/python
# Where Python is told to keep nothing that it has compiled, every process of the tests would compile everything again.
export PYTHONDONTWRITEBYTECODE :=
# These tests wait much of their time, for real stops.  A file's tests stay together: they share what they have built.
# Browsers and containers not side by side: each container that starts changes the machine's networks, and Chromium then
# drops what it is loading (ERR_NETWORK_CHANGED); nor was it any faster.
SLOWEST := --durations=15 --durations-min=2
SEVERAL := --dist loadfile --no-loadscope-reorder --numprocesses

help: ## list what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## start the lab and print its links (ARGS="--port 0")
	@scripts/venv
	@scripts/vendor
	@exec .venv/bin/signal-lab serve $(ARGS)

setup: ## install with apt and start what the tests need: engine, Chromium (as root)
	@scripts/setup

check: ## lint, types and unit tests, in under a minute
	@scripts/venv --dev
	@scripts/vendor --dev
	@$(MAKE) --no-print-directory -j2 -O lint types unit js

lint:
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	npx --no-install biome check --error-on-warnings static/js static/css tests/js scripts/bundle.js

types:
	.venv/bin/mypy
	npx --no-install tsc -p tsconfig.json

unit:
	.venv/bin/pytest -q -m "not whole and not engine and not browser and not long" $(SEVERAL) 3

images:
	.venv/bin/signal-lab images build

js:
	node --test $$(find tests/js -name "*.test.js" | sort)

test: ## everything, with a real engine and a real browser
	@scripts/setup --if-bare
	@scripts/venv --dev
	@scripts/vendor --dev
	@$(MAKE) --no-print-directory -j4 -O alone unit types lint js
	.venv/bin/pytest -q -m "(whole or engine) and not browser and not alone and not long" $(SLOWEST) $(SEVERAL) 4
	.venv/bin/pytest -q -m "browser and not long" $(SLOWEST) $(SEVERAL) 3 tests/browser

# What measures a lab under load, or looks at all of a machine's containers. Unit tests may run beside them.
alone: images
	.venv/bin/pytest -q -m "alone and not long" $(SLOWEST)

long: ## what is wide: all kills, advice, draws; an hour and more
	@scripts/setup --if-bare
	@scripts/venv --dev
	@scripts/vendor --dev
	.venv/bin/pytest -q -m "long and not alone and not browser" $(SLOWEST) $(SEVERAL) 3
	.venv/bin/pytest -q -m "long and (alone or browser)" $(SLOWEST)

fuzz: ## made-up input, 25 times as much and drawn anew: parsers, every call, calls in any order
	@scripts/setup --if-bare
	@scripts/venv --dev
	@scripts/vendor --dev
	FUZZ=$${FUZZ:-25} .venv/bin/pytest -q -rP tests/attacks/test_fuzz_parsers.py tests/attacks/test_fuzz_api.py \
		tests/attacks/test_fuzz_states.py tests/web/test_imports.py

fmt: ## format Python, JavaScript and CSS; write the page's types of events anew
	$(PY) scripts/event_types.py
	.venv/bin/ruff check --fix -q . ; .venv/bin/ruff format .
	npx --no-install biome check --write static/js static/css tests/js scripts/bundle.js

screenshots: ## pictures of the main states, for README and docs
	@scripts/venv --dev
	@scripts/vendor --dev
	$(PY) scripts/screenshots.py

bench: ## click to line, start and stop beside the docker client, click to verdict: ratios of one run
	$(PY) bench/latency.py
	$(PY) bench/beside.py --write docs/performance.md
	$(PY) bench/kernel_word.py
	$(PY) bench/main_job.py
	$(PY) bench/frames.py

soak: ## an hour of runs, and what the server holds meanwhile (MINUTES=5), into docs/soak.svg and .csv
	$(PY) bench/soak.py --minutes $(or $(MINUTES),60) --write docs/soak

man: ## the manual page, build/man/signal-lab.1, which the wheel has as well
	@scripts/venv
	@mkdir -p build/man
	$(PY) -m app.commands.manual > build/man/signal-lab.1

wheel: ## dist/*.whl, which works outside the checkout
	@scripts/wheel

image: ## the container image signal-lab/lab (BASE=python:3-slim)
	@scripts/image

accuracy: ## forecasts of stops against real servers: builds an image, writes docs/accuracy.md
	$(PY) bench/accuracy.py --write docs/accuracy.md

engines: ## what holds on Podman and Docker of Debian sid, each in namespaces of its own (as root), into docs/engines.md
	@scripts/setup --if-bare
	@scripts/venv --dev
	$(PY) bench/engines.py --write

clean: ## remove what was installed and built here
	rm -rf .venv node_modules static/vendor static/dist dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis *.egg-info
	@find . -name __pycache__ -prune -exec rm -rf {} +
	@git clean --force --quiet -X docs/pictures 2>/dev/null || true # not a clone: none were made
