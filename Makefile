# The portal's own commands. `make help` lists them.
.DEFAULT_GOAL := help
SHELL := /bin/sh
PORT ?= 8000
PYTHON ?= python3
BIN := .venv/bin
MANAGE := $(BIN)/python manage.py
STAMPS := var/stamps
# Checks that need production settings get harmless ones: no server is contacted.
PRODUCTION := PORTAL_MODE=production SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(60))') \
  ALLOWED_HOSTS=portal.example.org PORTAL_URL=https://portal.example.org \
  DATABASE_URL=postgres://x:x@127.0.0.1:1/x REDIS_URL=redis://127.0.0.1:1/0 \
  EMAIL_URL=smtp+tls://127.0.0.1:1 OUTBOX_REAL_DELIVERY=true DEFAULT_FROM_EMAIL=portal@birmingham.gov.uk \
  FILES_KEYS=check:$$($(BIN)/python -c 'import base64, os; print(base64.b64encode(os.urandom(32)).decode())')


.PHONY: help access-table fuzz setup run test check scan bench mutate-rules lock prepare screenshots front bench-directory bench-audit bench-load upgrade-database faults

help: ## Say what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or later is needed: set PYTHON=python3.11, for example."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "Python's venv is missing. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	$(PYTHON) -m venv .venv

$(STAMPS)/python: requirements.txt requirements-dev.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/front: package.json package-lock.json scripts/build_frontend.mjs $(shell find static/src -type f 2>/dev/null) | $(STAMPS)/python
	sh scripts/front.sh
	@mkdir -p $(STAMPS) && touch $@

.env: | $(BIN)/python
	$(BIN)/python scripts/write_env.py

front: $(STAMPS)/front ## Build the styles and scripts

setup: $(STAMPS)/python $(STAMPS)/front .env prepare ## Everything but starting

prepare: $(STAMPS)/python .env ## Bring the database, the directory, the policies and the demo people up to date
	@$(MANAGE) prepare

run: setup ## Start everything (PORT=8000)
	@PORT=$(PORT) exec $(BIN)/python scripts/run.py

test: $(STAMPS)/python $(STAMPS)/front .env ## Run every test, a real browser included
	@$(BIN)/python scripts/need_chromium.py
	@$(BIN)/python scripts/need_iproute.py
	@$(BIN)/python scripts/need_clamav.py
	$(BIN)/python -m pytest -n 2 --dist loadgroup $(ARGS)

check: $(STAMPS)/python $(STAMPS)/front .env ## Lint, types, templates, imports, migrations, settings, known faults
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/djlint --lint --quiet templates
	$(BIN)/lint-imports
	$(MANAGE) makemigrations --check --dry-run
	$(BIN)/python scripts/lint_migrations.py
	$(PRODUCTION) $(BIN)/python manage.py check --deploy --fail-level WARNING
	$(BIN)/bandit --quiet --recursive --severity-level medium safeguarding_portal concerns contacts policies
	$(BIN)/python scripts/audit_packages.py

access-table: $(STAMPS)/python $(STAMPS)/front .env ## Write docs/access-table.csv anew: who gets what at every address
	$(BIN)/python -m pytest -n 2 --dist load -q tests/architecture/write_access_table.py
	@$(MANAGE) shell --no-imports -c "from tests.architecture import access_table; access_table.write()"

fuzz: $(STAMPS)/python $(STAMPS)/front .env ## Feed odd input to every form and parser (MINUTES=10)
	$(BIN)/python -m tests.fuzz $(or $(MINUTES),10)

$(STAMPS)/scan: requirements-scan.txt | $(STAMPS)/python
	$(PYTHON) -m venv var/tools/scan
	var/tools/scan/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-scan.txt
	@touch $@

scan: $(STAMPS)/python $(STAMPS)/front $(STAMPS)/scan .env ## An independent web scanner against the whole portal, signed out and signed in
	$(BIN)/python -m scripts.scan

mutate-rules: $(STAMPS)/python ## Change each outcome of the rules; golden cases must notice
	$(BIN)/python -m tests.rules.mutate

bench-directory: $(STAMPS)/python .env ## How long "whom to call" takes in a large directory
	$(BIN)/python -m bench.whom_to_call

bench-audit: $(STAMPS)/python $(STAMPS)/front ## How long sealing, checking and reading 600,000 audit events takes
	$(BIN)/python -m bench audit

faults: $(STAMPS)/python $(STAMPS)/front .env ## Break one part after another under use; nothing may be lost (SEED=7 REPORTS=1000 MINUTES=30)
	@$(BIN)/python scripts/need_iproute.py
	@$(BIN)/python scripts/need_clamav.py
	$(BIN)/python -m tests.faults.storm $(if $(SEED),--seed $(SEED)) $(if $(REPORTS),--reports $(REPORTS)) $(if $(MINUTES),--minutes $(MINUTES))

bench: $(STAMPS)/python $(STAMPS)/front ## Build 10,000 to a million concerns once, time pages, the journey and the whole stack
	$(BIN)/python -m bench

bench-load: $(STAMPS)/python $(STAMPS)/front ## Only the reporter's journey with its floors, and the whole stack under load
	$(BIN)/python -m bench reporting load

lock: ## Pin the packages again by hash
	$(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-emit-index-url --no-emit-find-links -o requirements.txt requirements.in
	$(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-emit-index-url --no-emit-find-links -o requirements-dev.txt requirements-dev.in
	$(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-emit-index-url --no-emit-find-links -o requirements-weights.txt requirements-weights.in
	$(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-emit-index-url --no-emit-find-links -o requirements-scan.txt requirements-scan.in

upgrade-database: $(STAMPS)/python ## Bring the embedded database to a new major version of PostgreSQL
	$(BIN)/python scripts/upgrade_embedded.py

screenshots: ## Take the pictures of the README (while make run runs)
	@$(BIN)/python scripts/need_chromium.py
	$(BIN)/python scripts/screenshots.py
