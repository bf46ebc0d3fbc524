# Two commands: `make demo` shows the product, `make test` proves it. Each sets itself up.
PYTHON ?= python3
PORT ?= 8000
ARGS ?=
VENV := .venv
READY := $(VENV)/.ready
RUN := $(VENV)/bin/python

.PHONY: help demo test test-debian-postgres lint types contracts dead-code coverage attack torture mutations bench pictures lock sbom audit package format clean

help: ## Say what each command does
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-22s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(READY): requirements-dev.txt setup-venv.sh
	@sh setup-venv.sh "$(PYTHON)" "$(VENV)" requirements-dev.txt
	@touch $@

demo: $(READY) var/secret-key ## Load a full referral action day and serve it on http://127.0.0.1:8000 (ARGS=--no-serve: load only)
	@SECRET_KEY=$$(cat var/secret-key) ALLOWED_HOSTS=127.0.0.1,localhost HTTPS=0 REQUIRE_SECOND_FACTOR=0 \
		exec $(RUN) manage.py demo --port $(PORT) $(ARGS)

# Made once: what the demo sealed with it must open after an update, too.
var/secret-key: | $(READY)
	@mkdir -p var && umask 077 && $(RUN) -c 'import secrets; print(secrets.token_urlsafe(48))' > $@

# Hashes of pictures: built where there is a C++ compiler. Where there is none, this says so, each time, and their tests skip.
HASHES := $(VENV)/.hashes

$(HASHES): requirements-hashes.txt setup-hashes.sh $(READY)
	@sh setup-hashes.sh "$(PYTHON)" "$(VENV)" requirements-hashes.txt && touch $@ || [ "$${REQUIRE_HASHES:-0}" != 1 ]

# axe-core, for tests/browser/test_axe.py, and linters and makers of clients, for tests/api; without npm those tests say what is missing.
AXE := tests/axe/node_modules/.ready
TOOLS := tests/api/tools/node_modules/.ready

$(AXE) $(TOOLS): %/node_modules/.ready: %/package-lock.json
	@if command -v npm >/dev/null; then cd $* && npm ci --silent --no-fund --no-audit && touch node_modules/.ready; fi

# Two processes on two cores; the rest goes on beside them where one waits for a browser or for the database.
WORKERS ?= 2
BESIDE := var/tests/beside.log

test: $(READY) $(HASHES) $(AXE) $(TOOLS) ## Every check and test, on the embedded PostgreSQL and on Debian's 15 (ARGS="tests/intake -k csv": only these)
ifneq ($(strip $(ARGS)),)
	$(RUN) -m pytest $(ARGS)
else
	@mkdir -p $(dir $(BESIDE))
	@$(MAKE) --no-print-directory lint contracts dead-code
	@echo "Types, gates and the tests on Debian's PostgreSQL run beside these; what they say follows at the end."
	@$(MAKE) --no-print-directory types test-debian-postgres >$(BESIDE) 2>&1 & beside=$$!; \
		$(RUN) -m pytest -n $(WORKERS) --dist worksteal; tests=$$?; \
		wait $$beside; beside=$$?; cat $(BESIDE); \
		[ $$tests -eq 0 ] || echo "The tests failed; see above what was said before the types."; \
		[ $$tests -eq 0 ] && [ $$beside -eq 0 ]
endif

test-debian-postgres: $(READY) ## What depends on the server's version once more, on the system's own PostgreSQL 15
	TMPDIR=$$($(RUN) -m tests.memory) $(RUN) -m takedowns.postgres.run_on_system_postgres -- $(RUN) -m pytest -m "server and not browser" $(ARGS)

lint: $(READY)
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .

# The type checker reads the settings.
types: export DEBUG := 1
types: $(READY)
	$(RUN) -m mypy

contracts: $(READY)
	$(VENV)/bin/lint-imports

dead-code: $(READY) ## Say what nothing in the product uses, tests aside
	$(RUN) -m tests.dead_code

coverage: $(READY) $(HASHES) $(AXE) $(TOOLS) ## Say folder by folder which lines and branches no test reaches (ARGS="tests/intake": by these)
	@rm -rf var/coverage && mkdir -p var/coverage
	-$(RUN) -m coverage run -m pytest -n $(WORKERS) --dist worksteal $(ARGS)
	@$(RUN) -m tests.coverage_by_folder

attack: $(READY) ## Play the races between people with real connections, and send each page and call what is hostile, five minutes or as long as ARGS says (ARGS="--seconds 3600 --seed 7")
	$(RUN) -m tests.attack $(ARGS)

torture: $(READY) ## Kill, stop and starve an installation while people work in it, and look whether anything was lost; ten minutes or as long as ARGS says (ARGS="--seconds 3600 --seed 7")
	$(RUN) -m tests.torture $(ARGS)

mutations: $(READY) ## Put seeded faults into a copy and say which no test notices (ARGS="identity": those of that part)
	$(RUN) -m tests.mutations $(ARGS)

pictures: $(READY) ## Take the pictures of the guide for officers from the demo that runs on PORT (ARGS="--all --out DIR": every page)
	$(RUN) -m tour --url http://127.0.0.1:$(PORT) $(ARGS)

package: $(READY) ## Build the wheel and the sources as a package into dist/; from one commit always the same wheel
	@$(RUN) -m takedowns.languages compile
	SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct) $(VENV)/bin/uv build --no-build-isolation --offline --quiet --out-dir dist

format: $(READY) ## Let ruff put every file into shape
	$(RUN) -m ruff check --fix .
	$(RUN) -m ruff format .

bench: $(READY) ## Print the figures we claim, each beside the bare limit of the same run; ends with 1 where one passes its bound
	$(RUN) -m benchmarks $(ARGS)

lock: $(READY) ## Resolve pyproject.toml anew into the requirements files: what is tested is what is installed
	$(VENV)/bin/uv pip compile pyproject.toml --extra dev --universal --generate-hashes --no-header --quiet -o requirements-dev.txt
	$(VENV)/bin/uv pip compile pyproject.toml -c requirements-dev.txt --universal --generate-hashes --no-header --quiet -o requirements.txt
	$(VENV)/bin/uv pip compile --group hashes -c requirements-dev.txt --universal --generate-hashes --no-header --quiet -o requirements-hashes.txt

sbom: $(READY) ## Print what an installation is made of, as CycloneDX; from one commit always the same
	@SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct) $(RUN) -m tests.supply.bom

# Both programs are fetched for the moment; advisories are known only where their service can be reached.
audit: $(READY) ## Look for keys and tokens in the sources, and ask for known faults of the locked packages
	@git ls-files -z | xargs -0 $(VENV)/bin/uv tool run --quiet --from detect-secrets detect-secrets-hook \
		$(patsubst %,--disable-plugin %,Base64HighEntropyString HexHighEntropyString KeywordDetector BasicAuthDetector) \
		&& echo "No keys or tokens in the sources."
	@$(VENV)/bin/uv tool run --quiet pip-audit --strict --disable-pip --require-hashes -r requirements.txt \
		|| { echo "Faults were found, or the advisories were not reached: see above; then nothing was audited."; exit 1; }

clean: ## Remove the virtual environment and everything under var/ (the demo's database too), and what tests keep in memory
	-@[ ! -x $(RUN) ] || rm -rf "$$($(RUN) -c 'from tests.memory import folder; print(folder() or "")')"
	rm -rf $(VENV) var
