# Everything a newcomer needs, from a fresh checkout: `make run`. No root, no other step; `make` alone explains.
#
# PYTHON=python3.12       another interpreter (3.11 or newer) for the virtual environment
# ARGS="--port 9000"      passed on to `moderation up`, pytest or the bench
# TORCH_INDEX=https://…   another package index for torch alone (a CPU-only one, another CUDA version)
# Package mirrors set in the environment (PIP_INDEX_URL, pip.conf, npm's configuration) are honoured.

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done || echo python3)
VENV := .venv
BIN := $(VENV)/bin
STAMPS := $(VENV)/stamps
LOCKS := pyproject.toml constraints.txt constraints-torch.txt
VENDOR := review_ui/static/vendor/htmx.min.js
PO := $(wildcard review_ui/translations/*/LC_MESSAGES/*.po)
# A CUDA device (the second path: WSL) brings torch along; CPU scoring needs none.
CUDA := $(wildcard /dev/nvidia[0-9]* /usr/lib/wsl/lib/nvidia-smi)
OFFLINE := $(if $(wildcard wheelhouse/*.whl),--no-index --find-links wheelhouse)
PIP := $(BIN)/python -m pip --disable-pip-version-check
PIP_INSTALL := $(PIP) install --quiet $(OFFLINE) -c constraints.txt -c constraints-torch.txt --build-constraint constraints.txt
TORCH_FIRST := $(if $(TORCH_INDEX),$(PIP) install --quiet --no-deps --index-url '$(TORCH_INDEX)' -r constraints-torch.txt,:)
PYTEST_JOBS ?= auto
ARGS ?=

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_USER := 0

.PHONY: help run install test check imports lint types bench wheelhouse constraints chromium frontend clean
.DEFAULT_GOAL := help
.NOTPARALLEL:

help: ## say what each target does
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-12s %s\n", $$1, $$2 }'

run: install ## install what is missing, then start everything with demo posts (Ctrl-C stops it)
	@exec $(BIN)/moderation up --demo $(ARGS)

install: $(if $(CUDA),$(STAMPS)/torch,$(STAMPS)/worker) frontend ## install into .venv: the service, CPU scoring, torch where there is a CUDA device

test: $(STAMPS)/dev frontend chromium ## install everything, then all checks and tests as one
	@failed=; \
	$(MAKE) --no-print-directory --keep-going check || failed="the checks above"; \
	$(BIN)/pytest -n $(PYTEST_JOBS) --dist worksteal $(if $(CI),-m '') $(ARGS) || failed="$${failed:+$$failed and }the tests"; \
	if [ -n "$$failed" ]; then echo "make test: failed: $$failed" >&2; exit 1; fi

check: imports lint types ## the checks alone: import contracts, ruff, mypy

imports: $(STAMPS)/dev
	@$(BIN)/lint-imports --no-cache

lint: $(STAMPS)/dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(STAMPS)/dev
	@$(BIN)/mypy

bench: $(STAMPS)/torch frontend ## time the service against its peers (bench/README.md says what is compared)
	@$(BIN)/python -m bench $(ARGS)

wheelhouse: $(STAMPS)/pip frontend ## fetch all packages into ./wheelhouse; `make install` then needs no network (EXTRAS=worker,torch,dev for more)
	@mkdir -p wheelhouse
	$(PIP) wheel --quiet --wheel-dir wheelhouse -c constraints.txt -c constraints-torch.txt --build-constraint constraints.txt \
		'.[$(or $(EXTRAS),worker)]' hatchling editables
	@rm -f wheelhouse/moderation-*.whl
	@rm -rf wheelhouse/vendor && cp -R review_ui/static/vendor wheelhouse/vendor
	@du -sh wheelhouse

clean: ## remove everything installed, built or cached (not your data, not ./wheelhouse)
	rm -rf $(VENV) node_modules review_ui/static/vendor .mypy_cache .ruff_cache .pytest_cache .hypothesis dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# ---------------------------------------------------------------- what is installed already is known by its stamp

$(STAMPS)/pip: .ci/bootstrap.py $(wildcard .ci/pip-*.whl)
	@echo "Creating $(VENV) with $(PYTHON) …"
	@$(PYTHON) .ci/bootstrap.py $(VENV)
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/worker: $(STAMPS)/pip $(LOCKS)
	@echo "Installing the service (a minute or two the first time) …"
	@$(PIP_INSTALL) -e '.[worker]'
	@touch $@

# One resolution each, so that nothing is looked up twice; the larger set holds the smaller ones.
$(STAMPS)/torch: $(STAMPS)/pip $(LOCKS)
	@echo "Installing the service with torch (several GB where torch comes with CUDA) …"
	@$(TORCH_FIRST)
	@$(PIP_INSTALL) -e '.[worker,torch]'
	@touch $(STAMPS)/worker $@

$(STAMPS)/dev: $(STAMPS)/pip $(LOCKS)
	@echo "Installing the service, torch and the test tools (some minutes the first time) …"
	@$(TORCH_FIRST)
	@$(PIP_INSTALL) -e '.[worker,torch,ocr,dev]'
	@touch $(STAMPS)/worker $(STAMPS)/torch $@

frontend: $(VENDOR) $(if $(PO),$(STAMPS)/translations)

$(VENDOR): package-lock.json .ci/frontend.py | $(STAMPS)/worker
	@echo "Fetching the front-end libraries …"
	@$(BIN)/python .ci/frontend.py
	@if [ -e $@ ]; then touch $@; fi

$(STAMPS)/translations: $(PO) | $(STAMPS)/worker
	@$(BIN)/pybabel --quiet compile --directory review_ui/translations
	@touch $@

# Debian's Chromium serves the browser tests; without root they are skipped, and pytest says so (on CI they fail).
chromium:
	@if ! command -v chromium chromium-browser google-chrome >/dev/null; then \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			echo "Installing Chromium for the browser tests …"; \
			apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
				chromium fonts-noto-cjk >/dev/null; \
		else echo "No Chromium here, and no root to install it: the browser tests are skipped."; fi; fi

constraints: $(STAMPS)/pip ## resolve all versions anew and write constraints.txt
	@$(PYTHON) .ci/constraints.py $(BIN)/python
