# Saldo. `make` lists what there is.

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2> /dev/null && echo $$python && break; done)
INSTALL := $(BIN)/python -m pip install -qq --disable-pip-version-check
COMPILE := $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-annotate --custom-compile-command "make lock"

ON_POSTGRESQL := tests/postgresql $(patsubst %,tests/acceptance/test_%.py, \
	pay_with_registered_account paid_twice news_of_payments register_account renewal_charges_itself \
	foreign_and_unknown_ids)

.DEFAULT_GOAL := help
.PHONY: help demo test simulate test-postgresql test-clients contract check fmt schema graphiql migrate lock clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(VENV)/demo ## Run the product with a simulated PayPal and a mail catcher; RESET=1 begins anew
	@$(BIN)/python -m app.demo $(if $(RESET),--reset)

test: $(VENV)/dev ## Run the tests
	@$(BIN)/pytest -n 3 --dist worksteal  # on two cores, too: half of the time they wait

simulate: $(VENV)/dev ## Let ten years pass for a thousand customers and audit the books; CUSTOMERS=100 SEED=7 choose others
	@SIMULATED_CUSTOMERS=$(or $(CUSTOMERS),1000) SALDO_TEST_SEED=$(or $(SEED),1) $(BIN)/python -m tests.years

test-postgresql: $(VENV)/dev ## Run the tests of money and renewals on PostgreSQL (needs its server programs)
	@$(BIN)/pytest -n 3 --dist worksteal --postgresql $(ON_POSTGRESQL)

test-clients: $(VENV)/dev tests/clients/node_modules/.package-lock.json ## Run real clients against the product (needs Node.js and Chromium)
	@cd tests/clients && npm test --silent

tests/clients/node_modules/.package-lock.json: tests/clients/package-lock.json
	@cd tests/clients && npm ci --no-fund --no-audit --silent
	@touch $@

contract: $(VENV)/dev ## Bring PayPal's own specification, which the tests then hold every exchange against
	@$(BIN)/python -m tests.contract.build

check: $(VENV)/dev ## Check format, lint, types, layers and generated files
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy .
	@$(BIN)/lint-imports
	@$(BIN)/python -m app.generate --check

fmt: $(VENV)/dev ## Format, and mend what the linter can
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

schema: $(VENV)/dev ## Write what the code decides: schema.graphql, the manifest of queries/, the diagram of states
	@$(BIN)/python -m app.generate

graphiql: ## Build the bundle of GraphiQL anew (needs Node.js); what it writes is committed
	@cd app/graphiql/source && npm ci --no-fund --no-audit && npm run --silent build

migrate: $(VENV)/demo ## Bring the database of SALDO_DATABASE_URL to the newest schema
	@$(BIN)/python -m app.migrate

lock: | $(VENV)/pyvenv.cfg ## Pin the newest versions that pyproject.toml allows
	@$(INSTALL) uv
	@$(COMPILE) pyproject.toml --extra demo --group dev --output-file requirements-dev.lock
	@$(COMPILE) pyproject.toml --extra demo --constraint requirements-dev.lock --output-file requirements-demo.lock
	@$(COMPILE) pyproject.toml --constraint requirements-dev.lock --output-file requirements.lock

clean: ## Forget the virtual environment, the demo's data and all caches
	@rm -rf $(VENV) var .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# One virtual environment; a file in it remembers which lock is installed.
$(VENV)/demo $(VENV)/dev: $(VENV)/%: requirements-%.lock | $(VENV)/pyvenv.cfg
	@echo "Installing $< into $(VENV) …"
	@$(INSTALL) --require-hashes --requirement $<
	@touch $@

$(VENV)/pyvenv.cfg:
	@$(or $(PYTHON),false) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Saldo needs Python 3.11 or newer; name one with: make PYTHON=/path/to/python3 …"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }
