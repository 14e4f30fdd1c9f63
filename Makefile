# Salesbot. `make` lists what there is; `make run` is all that a newcomer needs.
#
# Web and tools are built only when their sources are newer than what was built of them; Go has its own cache.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules

# The toolchain that go.mod names is the one that is installed; nothing is downloaded behind one's back.
export GOTOOLCHAIN ?= local

BIN := bin/salesbot
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo development)
# No -trimpath here: it would compile the Temporal server a second time, apart from what the tests have compiled.
# The images have it.
GO_BUILD := go build -ldflags "-s -w -X main.version=$(VERSION)"
NPM := npm --prefix web
CHROMIUM ?= $(shell command -v chromium || command -v chromium-browser || command -v google-chrome)
GO_FILES = $(shell git ls-files --cached --others --exclude-standard '*.go')

# What npm builds from and into.
WEB_SOURCES := $(shell find web -type f -not -name '*.go' \
	-not -path '*/node_modules/*' -not -path '*/dist/*' -not -path '*/test-results/*' -not -path '*/e2e/*')
NODE_MODULES := web/node_modules/.installed
SAMPLE := samples/activities/typescript
SAMPLE_MODULES := $(SAMPLE)/node_modules/.installed
WEB_DIST := web/dist/index.html

# Packages that hold a Temporal server take very long under the race detector, and its races are not ours.
SERVER_PACKAGES := salesbot/embedded|salesbot/app|salesbot/cmd|salesbot/workflows/record|salesbot/worker
TEST_FLAGS ?=
MUTATE_FLAGS ?=
BENCH_FLAGS ?= --length 5s --rounds 1 --parked 1000

# The tests of app kill and start the whole product again and again: they need the machine for themselves.
SMALL_PACKAGES = $$(go list ./... | grep -v '^salesbot/app$$')

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  \033[1m%-15s\033[0m %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

## Running

.PHONY: run
run: build ## Build what is missing and start everything in one process: http://localhost:8080
	$(BIN) run

.PHONY: dev
dev: $(WEB_DIST) ## Work on it: Vite with reload on :5173 in front of the server on :8080; end with Ctrl-C
	@trap 'kill 0' EXIT; \
	$(NPM) run dev & \
	while true; do \
		touch bin/.dev; server=; \
		if $(GO_BUILD) -o $(BIN) ./cmd/salesbot; then $(BIN) run & server=$$!; fi; \
		until [ -n "$$(find $(GO_FILES) -newer bin/.dev -print -quit)" ]; do sleep 1; done; \
		echo "Go sources changed: starting again"; \
		if [ -n "$$server" ]; then kill "$$server" && wait "$$server" || true; fi; \
	done

## Building

.PHONY: build
build: $(WEB_DIST) ## Build web and Go into bin/salesbot
	$(GO_BUILD) -o $(BIN) ./cmd/salesbot

.PHONY: generate
generate: $(NODE_MODULES) ## Write what is generated: schemas, OpenAPI, TypeScript, reference pages
	go generate ./...
	$(NPM) run generate

$(NODE_MODULES): web/package.json web/package-lock.json
	$(NPM) ci
	@touch $@

# A worker of somebody else's, which the tests run.
$(SAMPLE_MODULES): $(SAMPLE)/package.json $(SAMPLE)/package-lock.json
	npm --prefix $(SAMPLE) ci --ignore-scripts
	@touch $@

$(WEB_DIST): $(NODE_MODULES) $(WEB_SOURCES)
	$(NPM) run build
	@touch $@ web/dist/.keep web/widget/dist/.keep # npm empties the folders, git keeps them

.PHONY: docker
docker: ## Build the two images, salesbot (api, worker) and salesbot:full (everything in one)
	docker build -f docker/Dockerfile --build-arg VERSION=$(VERSION) -t salesbot .
	docker build -f docker/Dockerfile --build-arg VERSION=$(VERSION) --target full -t salesbot:full .

## Testing

.PHONY: test
test: test-go test-web e2e ## Everything that proves it; PostgreSQL too if TEST_DATABASE_URL is set

.PHONY: test-go
test-go: $(WEB_DIST) $(SAMPLE_MODULES) ## Go tests
	go test $(TEST_FLAGS) $(SMALL_PACKAGES)
	go test $(TEST_FLAGS) ./app/
	go test -tags noembed ./embedded/
	cd tools && go test ./mutate/

.PHONY: test-postgres
test-postgres: $(WEB_DIST) ## Go tests that fail without PostgreSQL at TEST_DATABASE_URL
	@: "$${TEST_DATABASE_URL:?set it to a PostgreSQL database in which tests may make and drop databases}"
	REQUIRE_POSTGRES=1 $(MAKE) --no-print-directory test-go

.PHONY: kill
kill: $(WEB_DIST) ## Kill the product and its PostgreSQL a thousand times each under load; about two hours (KILLS=20 for a short one; Ctrl-C ends it early and counts)
	KILLS="$${KILLS:-1000}" go test -count=1 -timeout 12h -v -run '^TestNothingIsLostOrDoubledWhenProcessesAreKilled$$' ./app

.PHONY: outages
outages: $(WEB_DIST) ## Take the database away for 5 seconds, a minute and five minutes, from conversations in every state; about ten minutes
	OUTAGES="$${OUTAGES:-5s,1m,5m}" go test -count=1 -timeout 1h -v -run '^TestAnOutageOfTheDatabaseCostsNobodyAnAnswer$$' ./app

.PHONY: mutate
mutate: ## Change the code in 150 places, one at a time, and list the changes that no test notices; about an hour
	cd tools && go build -o "$(CURDIR)/bin/tools/mutate" ./mutate
	bin/tools/mutate $(MUTATE_FLAGS)

.PHONY: race
race: ## Go tests under the race detector, without the packages that hold a Temporal server
	go test -race $$(go list ./... | grep -Ev '^($(SERVER_PACKAGES))(/|$$)')

.PHONY: test-web
test-web: check-web ## Unit tests, types and sizes of the web app and the live chat
	$(NPM) test
	$(NPM) run widget:test

.PHONY: e2e
e2e: build ## A real browser against the real binary; skipped if there is no Chromium
ifeq ($(CHROMIUM),)
	@echo "no chromium found, browser tests skipped (CHROMIUM=/path/to/chromium)"
else
	CHROMIUM="$(CHROMIUM)" $(NPM) run e2e
	CHROMIUM="$(CHROMIUM)" $(NPM) run widget:e2e
	CHROMIUM="$(CHROMIUM)" SALESBOT_BIN="$(CURDIR)/$(BIN)" $(NPM) run e2e:whole
endif

.PHONY: bench
bench: build ## Turns a second, latency, memory, beside a bare Temporal loop (BENCH_FLAGS= for the long one); PostgreSQL too if TEST_DATABASE_URL is set
	$(BIN) bench $(BENCH_FLAGS)
ifneq ($(TEST_DATABASE_URL),)
	DATABASE_URL="$(TEST_DATABASE_URL)" $(BIN) bench $(BENCH_FLAGS)
endif

## Checking: all that CI runs beside the tests

.PHONY: check
check: check-texts check-go check-web check-generated ## Format, lint, imports, determinism, drift, types, sizes

.PHONY: check-texts
check-texts:
	.ci/check-texts

.PHONY: check-go
check-go: check-fmt lint workflowcheck
	$(GO_BUILD) -tags noembed -o bin/salesbot-noembed ./cmd/salesbot
	go mod tidy -diff

.PHONY: check-fmt
check-fmt:
	@unformatted="$$(gofmt -l $(GO_FILES))"; \
	if [ -n "$$unformatted" ]; then echo "not formatted (make fmt):"; echo "$$unformatted"; exit 1; fi

.PHONY: lint
lint: bin/tools/.built | $(NODE_MODULES) ## golangci-lint with the rules of .golangci.yml, and Biome
	bin/tools/golangci-lint run ./...
	$(NPM) run lint

.PHONY: workflowcheck
workflowcheck: bin/tools/.built ## Find what would make a workflow's replay differ
	bin/tools/workflowcheck -config .workflowcheck.yaml -test=false ./workflows/... ./steps/...

.PHONY: check-web
check-web: $(WEB_DIST)
	$(NPM) run typecheck
	$(NPM) run widget:typecheck
	$(NPM) run size
	$(NPM) run widget:size

# Fails if make generate changes anything, on a clean checkout as amid work.
.PHONY: check-generated
check-generated:
	@state() { git status --porcelain; git diff; }; before="$$(state)"; \
	$(MAKE) --no-print-directory generate; \
	if [ "$$(state)" != "$$before" ]; then \
		git status --short; echo "make generate changed files: commit its result"; exit 1; \
	fi

.PHONY: fmt
fmt: $(NODE_MODULES) ## Format Go and web
	gofmt -w $(GO_FILES)
	$(NPM) run format

bin/tools/.built: tools/go.mod tools/go.sum
	cd tools && GOBIN="$(CURDIR)/bin/tools" go install -trimpath -ldflags "-s -w" tool
	@touch $@

.PHONY: clean
clean: ## Remove what was built; data/ stays
	rm -rf bin web/node_modules
	find web/dist web/widget/dist -mindepth 1 -not -name .keep -delete
