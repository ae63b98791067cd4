# Paystate's front door: make run, make test, make check.
SHELL := /bin/bash
.DEFAULT_GOAL := help
SOURCES := Package.swift Sources Tests Benchmarks
# The same for all, so that they share what is compiled: with Swift's runtime, and each function in a section of its own, so that the
# linker can leave out what nobody calls, and put what runs next to each other (Package.swift, systemd/debian/order.txt).
RELEASE := --configuration release --static-swift-stdlib -Xswiftc -Xfrontend -Xswiftc -function-sections -Xcc -ffunction-sections
SECONDS_OF_FUZZING ?= 60
CONFIGURATION ?= release
SECONDS ?= 10
SECONDS_OF_ROW ?= 3
PASSES ?= 2
CALLBACKS_IN_FILE ?= 0 1000000
FILES ?=
RESULTS ?=
SECONDS_OF_SOAKING ?= 60
SECONDS_OF_TORTURE ?= 600
SECONDS_OF_FAILOVER ?= 600
SECONDS_OF_COMPARING ?= 30
CALLBACKS ?= 10000
SECONDS_OF_DELIVERING ?= 900
SECONDS_DEAD ?= 0
ROUNDS ?= 3

help: ## what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-10s %s\n", $$1, $$2 }'

run: needs ## build, and show it all at work: daemon, sandbox gateways and made-up shoppers
	swift build --product paystate
	exec "$$(swift build --show-bin-path)/paystate" demo

# With hundreds of tests at once on two cores, a connection would wait for seconds to be served.
test: export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH = 8
test: needs ## build and run all tests, or those that FILTER matches: make test FILTER=EvidenceMatrixTests
	ulimit -Sn 8192 2>/dev/null || true; swift test --explicit-target-dependency-import-check error $(if $(FILTER),--filter '$(FILTER)')

check: export PAYSTATE_STRICT = 1
check: lint units strict test ## format lint, systemd's checks of the units, build with warnings as errors and the import check, tests

lint: ## style, types in files of their names, arithmetic and SQL, the manual page, and whether metadata.yaml is up to date
	$(call install,python3)
	swift format lint --strict --parallel --recursive $(SOURCES)
	Tests/lint/numbers.sh
	Tests/lint/rooms.py
	Tests/lint/dialect.py
	Tests/debian/test_manual.py
	Tests/performance/test_matrix.py
	Tests/reading/test_metadata.py

format: ## format all sources as .swift-format says
	swift format --in-place --parallel --recursive $(SOURCES)

coverage: needs ## run all tests, and say how much of each file of Sources they reach
	swift test --enable-code-coverage
	llvm-cov report "$$(swift build --show-bin-path)/paystatePackageTests.xctest" \
	    -instr-profile "$$(dirname "$$(swift test --show-codecov-path)")/default.profdata" -ignore-filename-regex '\.build|Tests|Benchmarks'

clean: ## remove what was built
	swift package clean

units: ## systemd's own checks of the units, with the examples of drop-ins: they are understood, and exposed at most 1.2
	$(call install,systemd)
	@folder=$$(mktemp -d); trap 'rm -rf "$$folder"' EXIT; set -e; \
	cp systemd/*.service systemd/*.socket systemd/*.timer "$$folder"; \
	sed -i 's|/usr/bin/paystate|/bin/true|' "$$folder"/*.service; \
	for example in systemd/*.d/*.conf.example; do \
	    sed 's|^#\([A-Z]\)|\1|' "$$example" | install -D -m 644 /dev/stdin "$$folder/$${example#systemd/}.conf"; \
	done; \
	said=$$(systemd-analyze verify --man=no "$$folder"/*.service "$$folder"/*.socket "$$folder"/*.timer 2>&1) && [ -z "$$said" ] || { echo "$$said"; exit 1; }
	@for unit in systemd/*.service; do \
	    systemd-analyze security --offline=true --threshold=12 --no-pager "$$unit" | tail -1; \
	    [ "$${PIPESTATUS[0]}" = 0 ] || exit 1; \
	done

monitoring: ## Prometheus's own checks of the rules
	$(call install,prometheus)
	Tests/monitoring/check.sh

strict: needs ## build everything with warnings as errors and the dependency-import check
	PAYSTATE_STRICT=1 swift build --build-tests --explicit-target-dependency-import-check error

deb: needs ## build paystate_VERSION_ARCHITECTURE.deb, with Swift's runtime in it
	$(call install,binutils dpkg-dev patchelf python3 xz-utils)
	rm -f .build/release/paystate  # It is linked again: order.txt may have changed, of which SwiftPM knows nothing.
	swift build $(RELEASE) --product paystate
	rm -f paystate_*.deb
	systemd/debian/build.sh .build

order: needs ## list the functions that the daemon runs, for the linker, after dependencies have changed
	$(call install,binutils python3 python3-cryptography valgrind)
	swift build $(RELEASE) --product paystate
	/usr/bin/python3 systemd/debian/order.py --binary "$$(swift build --configuration release --show-bin-path)/paystate"

lintian: deb ## the package by Debian's own rules, without errors
	$(call install,lintian)
	lintian --fail-on error paystate_*.deb

fuzz: needs ## for SECONDS_OF_FUZZING feed mutated bodies to the parser and both decoders, and whole histories to ledgers
	swift build $(if $(filter release,$(CONFIGURATION)),$(RELEASE),--configuration $(CONFIGURATION)) --product Fuzz
	"$$(swift build --configuration $(CONFIGURATION) --show-bin-path)/Fuzz" --seconds $(SECONDS_OF_FUZZING)

bench: needs postgresql ## measure SECONDS_OF_ROW for each number of connections, CALLBACKS_IN_FILE, gateway and engine; WRITE=1 into the document
	$(call install,postgresql-client python3-cryptography wrk)
	swift build $(RELEASE) --product paystate
	swift build $(RELEASE) --product Benchmarks
	folder="$$(swift build --configuration release --show-bin-path)"; Tests/postgresql/cluster.sh /usr/bin/python3 Tests/performance/matrix.py \
	    --binary "$$folder/paystate" --benchmarks "$$folder/Benchmarks" --seconds $(SECONDS_OF_ROW) --passes $(PASSES) \
	    --held $(CALLBACKS_IN_FILE) $(if $(FILES),--files '$(FILES)') $(if $(RESULTS),--results '$(RESULTS)') $(if $(WRITE),--write)

bench-due: needs ## measure for SECONDS: 100,000 overdue payments, and the receiving path while they are asked about
	swift build $(RELEASE) --product paystate
	swift build $(RELEASE) --product Benchmarks
	"$$(swift build --configuration release --show-bin-path)/Benchmarks" due --seconds $(SECONDS)

bench-hostile: needs ## measure for SECONDS: a gateway's callbacks, while a stranger sends expensive bodies
	swift build $(RELEASE) --product paystate
	swift build $(RELEASE) --product Benchmarks
	"$$(swift build --configuration release --show-bin-path)/Benchmarks" hostile --seconds $(SECONDS)

instructions: needs ## count the instructions of receiving: at most 1.1 times what Tests/instructions/expected.txt says, which UPDATE=1 changes
	$(call install,binutils python3 valgrind)
	swift build $(RELEASE) --product Benchmarks
	Tests/instructions/count.py --binary "$$(swift build --configuration release --show-bin-path)/Benchmarks" $(if $(UPDATE),--update)

soak: needs ## mistreat the real program for SECONDS_OF_SOAKING: loss, disorder, an outage, a restart, a kill
	PAYSTATE_SOAK_SECONDS=$(SECONDS_OF_SOAKING) swift test --filter SoakTests

torture: needs ## kill -9 the real program under load for SECONDS_OF_TORTURE, and look each time for what was acknowledged
	PAYSTATE_TORTURE_SECONDS=$(SECONDS_OF_TORTURE) swift test --filter TortureTests

failover: needs postgresql ## kill receivers, PostgreSQL primary and standby for SECONDS_OF_FAILOVER, and look for what was acknowledged
	swift build --product paystate
	/usr/bin/python3 Tests/postgresql/failover.py --binary "$$(swift build --show-bin-path)/paystate" --seconds $(SECONDS_OF_FAILOVER)

failover-async: needs postgresql ## show that the same test fails where the standby is asynchronous: acknowledged callbacks are lost
	swift build --product paystate
	/usr/bin/python3 Tests/postgresql/failover.py --binary "$$(swift build --show-bin-path)/paystate" --seconds 30 --standby async --expect-loss

receivers: needs postgresql ## freeze, stop and restart two receivers on one PostgreSQL database, and the database itself
	swift build --product paystate
	/usr/bin/python3 Tests/postgresql/receivers.py --binary "$$(swift build --show-bin-path)/paystate"

same-rows: needs postgresql ## tell SQLite and PostgreSQL the same for SECONDS_OF_COMPARING, and compare all views row by row
	swift build --product paystate
	/usr/bin/python3 Tests/postgresql/same_rows.py --binary "$$(swift build --show-bin-path)/paystate" --seconds $(SECONDS_OF_COMPARING)

reading: ## test what reads the database: the consumers, a second user, Datasette (needs the debug build)
	Tests/reading/run.sh

examples: needs ## run the examples that people paste (PHP, Python, Node) beside the program, and check units and Alertmanager's file
	$(call install,nodejs php-cli php-curl php-sqlite3 prometheus-alertmanager python3 systemd)
	swift build --product paystate
	PAYSTATE="$$(swift build --show-bin-path)/paystate" Tests/examples/run.py

plugin: needs ## pass callbacks on to a shop's PHP handler that checks them itself, while either side is killed
	$(call install,openssl php-cli python3)
	swift build --product paystate
	PAYSTATE="$$(swift build --show-bin-path)/paystate" Tests/plugin/test_plugin.py

deliveries: needs ## pass CALLBACKS on to a handler that fails, hangs and is killed, within SECONDS_OF_DELIVERING, while the daemon is killed
	$(call install,python3 python3-cryptography)
	swift build --product paystate
	/usr/bin/python3 Tests/delivery/torture.py --binary "$$(swift build --show-bin-path)/paystate" --callbacks $(CALLBACKS) --seconds $(SECONDS_OF_DELIVERING)

bench-deliveries: needs ## measure in ROUNDS of SECONDS what targets cost, that keep up and that are dead; memory for SECONDS_DEAD with the dead ones
	$(call install,nginx-light python3 python3-cryptography)
	swift build $(RELEASE) --product paystate
	/usr/bin/python3 Tests/delivery/rate.py --binary "$$(swift build --configuration release --show-bin-path)/paystate" --rounds $(ROUNDS) --seconds $(SECONDS) --dead-seconds $(SECONDS_DEAD)

browser: ## test the operator's page in chromium (needs the debug build)
	$(call install,chromium fonts-dejavu-core python3 python3-venv)
	Tests/browser/run.sh

screenshots: ## take the documents' pictures of the operator's page again (needs the debug build)
	$(call install,chromium faketime fonts-dejavu-core python3 python3-venv)
	Tests/browser/run.sh --screenshots "$(CURDIR)/docs/images"

api: ## test the read API against its own description, with schemathesis (needs the debug build)
	$(call install,python3 python3-venv)
	Tests/api/run.sh

metadata: needs ## make Datasette's descriptions and the table of configuration keys again, after schema_docs, a query or a key changed
	Tests/reading/make_metadata.py >systemd/reading/metadata.yaml
	PAYSTATE_WRITE_DOCUMENTS=1 swift test --filter ConfigurationReferenceTests

docs: export PAYSTATE_DOCS = 1
docs: needs ## write the reference of Payments, Gateways and Ledger as web pages (DocC), from their comments
	swift package --allow-writing-to-directory .build/docs generate-documentation \
	    --target Payments --target Gateways --target Ledger --enable-experimental-combined-documentation \
	    --symbol-graph-minimum-access-level package --output-path .build/docs
	@test -f .build/docs/documentation/index.html || { echo "DocC has written no pages to .build/docs" >&2; exit 1; }
	@echo
	@echo "The reference is in .build/docs. To read it:"
	@echo "  python3 -m http.server --bind 127.0.0.1 --directory .build/docs 8000"
	@echo "  then open http://127.0.0.1:8000/documentation/"

needs: ## install what is missing: libsqlite3-dev
	$(call install,libsqlite3-dev)

postgresql: ## install what is missing for the tests on PostgreSQL: server and Python's client, for Debian's own Python
	$(call install,postgresql python3 python3-psycopg)

define install
@missing=$$(for package in $(1); do dpkg -s $$package >/dev/null 2>&1 || echo $$package; done); \
if [ -n "$$missing" ]; then \
    echo "Installing with apt:" $$missing; \
    sudo=$$([ "$$(id -u)" = 0 ] || echo sudo); \
    $$sudo apt-get update -qq && $$sudo apt-get install -y -qq --no-install-recommends $$missing; \
fi
endef

.PHONY: help run test check lint format coverage clean units monitoring strict deb lintian fuzz bench bench-due bench-hostile instructions soak torture failover failover-async receivers same-rows deliveries bench-deliveries browser screenshots api reading examples plugin metadata docs needs postgresql
