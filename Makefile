# Two commands are all: `make run` and `make test`.
.DEFAULT_GOAL := help
.PHONY: help run setup check test fmt clean screenshots bench accuracy lint types unit js

PY := .venv/bin/python

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
	npx --no-install biome check --error-on-warnings static/js static/css tests/js

types:
	.venv/bin/mypy
	npx --no-install tsc -p tsconfig.json

unit:
	.venv/bin/pytest -q -m "not whole and not engine and not browser"

js:
	node --test $$(find tests/js -name "*.test.js" | sort)

test: ## everything, with a real engine and a real browser
	@scripts/setup --if-bare
	@$(MAKE) --no-print-directory check
	.venv/bin/pytest -q -m "whole and not engine and not browser"
	.venv/bin/pytest -q -m "engine and not browser"
	.venv/bin/pytest -q -m browser

fmt: ## format Python, JavaScript and CSS
	.venv/bin/ruff check --fix -q . ; .venv/bin/ruff format .
	npx --no-install biome check --write static/js static/css tests/js

screenshots: ## pictures of the main states, for README and docs
	$(PY) scripts/screenshots.py

bench: ## click-to-line latency and stop times, as ratios of one run
	$(PY) bench/latency.py
	$(PY) bench/kernel_word.py

accuracy: ## forecasts of stops against real servers: builds an image, writes docs/accuracy.md
	$(PY) bench/accuracy.py --write docs/accuracy.md

clean: ## remove what was installed and built here
	rm -rf .venv node_modules static/vendor dist .mypy_cache .ruff_cache .pytest_cache
