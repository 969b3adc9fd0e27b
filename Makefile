# Treadle's commands. `make` lists them. Only Python 3.11 or later and make have to be there first.
SHELL := /bin/sh
.DEFAULT_GOAL := help
BIN := .venv/bin
# Tests in parallel, one more than there are cores: many wait for another process. PYTEST="-k name" narrows them down.
PYTEST ?=
PROCESSES ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)

.PHONY: help
help: ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: setup
setup: ## Virtual environment with locked packages, browser app, the sandbox of gears
	@scripts/setup-python
	@scripts/build-web
	@scripts/install-sandbox

.PHONY: run
run: setup ## Everything on this machine with the sample study; ARGS="--home DIR --http HOST:PORT"
	@exec $(BIN)/treadle up $(ARGS)

.PHONY: test
test: setup peers ## Everything that is checked before a change goes in
	@$(MAKE) --jobs=2 clients lint web-check
	@# What fails under the load of busy cores is run once more, alone; failing twice is a failure.
	$(BIN)/pytest -n $(PROCESSES) $(PYTEST) || $(BIN)/pytest --last-failed --last-failed-no-failures none

.PHONY: check
check: setup lint web-check ## The fast part of `make test`
	$(BIN)/pytest -n $(PROCESSES) -q tests/unit tests/http $(PYTEST)

.PHONY: lint
lint:
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

.PHONY: clients
clients:
	@scripts/setup-clients

.PHONY: web-check
web-check:
	@scripts/build-web check

.PHONY: peers
peers: ## Install what tests talk to (DCMTK, Orthanc, Chromium); needs root, Debian
	@scripts/install-test-peers

.PHONY: dev
dev: setup ## As `run`, restarting on changes, with the web development server
	@scripts/build-web dev & watcher=$$!; trap 'kill $$watcher' EXIT; \
	$(BIN)/watchfiles --filter python --sigint-timeout 10 "$(BIN)/treadle up $(ARGS)" src

.PHONY: gen
gen: setup ## Regenerate the reference pages and the browser's API types
	$(BIN)/python tools/generate.py
	@scripts/build-web gen

.PHONY: words
words: setup ## Gather the texts of the web app into the catalogues of its languages
	@scripts/build-web words

.PHONY: bench
bench: setup peers ## Performance figures; NAME=ingest runs one of them
	@for script in benchmarks/bench_$(or $(NAME),*).py; do $(BIN)/python "$$script" || exit 1; done

.PHONY: soak
soak: setup peers ## The fault tests, TIMES=10 as long: killed processes, power cuts, full disks
	SOAK_TIMES=$(or $(TIMES),10) $(BIN)/pytest -n 0 -s tests/flow/test_connector_kill.py \
		tests/flow/test_faults_kill.py tests/flow/test_power_cut.py tests/flow/test_faults_disk.py $(PYTEST)

.PHONY: fuzz
fuzz: setup ## Damaged DICOM, odd queries and generated requests for a long time; EXAMPLES=20000
	FUZZ_EXAMPLES=$(or $(EXAMPLES),20000) $(BIN)/pytest -n auto -q --timeout 0 \
		tests/unit/deid/test_fuzzed_files.py tests/unit/flyql tests/unit/dicom tests/http/test_openapi.py

.PHONY: planted
planted: setup peers ## Identifiers in FILES=5000 DICOM files through de-identification; none may come out
	PLANTED_FILES=$(or $(FILES),5000) $(BIN)/pytest -n 0 -s -q --timeout 0 tests/unit/deid/test_planted_corpus.py

.PHONY: guide
guide: setup peers ## What a lab does in a week, in a browser; its pictures go into the documentation
	$(BIN)/pytest -q -m journey tests/web/e2e

.PHONY: docs
docs: setup ## The documentation as a web site in site/
	$(BIN)/mkdocs build --strict --quiet

.PHONY: lock
lock: ## Pin the newest packages that fit (needs the network)
	@scripts/lock-python
