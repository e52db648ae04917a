# What is done by hand and by machines. `make` alone lists it.

SHELL = /bin/sh
# Encryption on Matrix wants this tag; without it the program is built too, and says that it cannot encrypt.
TAGS = goolm
# The folder in which `make try` keeps its register. It is never cleaned away.
DATA ?= data/try

.DEFAULT_GOAL = help
.PHONY: help try try-slack test quick soak bench build fmt clean check race postgres homeserver slack-node try-matrix

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

try: build ## build it, and talk to it in this terminal, in a made-up town
	@mkdir -p "$(DATA)"
	@.bin/ginnel chat --sample --clock --database "$(DATA)/ginnel.db"

try-matrix: build homeserver ## the same on Matrix: a homeserver, the bot, and two people in encrypted rooms
	@go run -tags $(TAGS) ./adapters/matrix/homeserver/try .bin/dendrite .bin/ginnel

try-slack: build ## talk to it in a made-up Slack, which needs no account
	@go build -o .bin/slackfake ./adapters/slack/slackfake/cmd
	@.ci/try-slack "$(DATA)"

test: check race postgres homeserver slack-node ## everything that must hold before a change goes in
	@echo test
	@.ci/postgres go test -tags $(TAGS) -count=1 -timeout $(PATIENCE) ./...
	@[ -z "$(RACE)" ] || echo "test, where goroutines meet, with the race detector"
	@[ -z "$(RACE)" ] || .ci/postgres go test -tags $(TAGS) $(RACE) -skip '$(ALONE)' -count=1 -timeout $(PATIENCE) $(MEET)

quick: ## most of what must hold, in a minute or two: random tests are short, and no checkers run
	@.ci/postgres go test -tags $(TAGS) -short -vet=off -count=1 -timeout $(PATIENCE) ./...

soak: postgres homeserver ## the random tests for a very long time: ten times as many steps, kills and people
	@GINNEL_SOAK=1 .ci/postgres go test -tags $(TAGS) -v -run 'Soak|Kill|Model|Introductions|Year|Round|OnMatrix' -count=1 -timeout 12h . ./bot/match

# No test waits for a clock, so this is only for one that hangs.
PATIENCE = 40m
# Packages with goroutines of their own, and tests in which one thing happens at a time: those run without the race detector.
# So does signing in on a page: mautrix v0.31.0 reads one flag of a token that is renewed without its lock (v0.32.0 takes it).
MEET = . ./adapters/... ./bot/inbox ./bot/outbox ./bot/match ./bot/language/intent ./storage
ALONE = ^Test(Introductions|Year|Skills|Scripts|Imports|ForbiddenImports|EverySentence|Doctor|AnExport|SoakGrowth|NothingIsKeptForEver|WhoAsksForWhom|Messages|StopIs|SignedInOnAPage)

# Charities and questions to measure answers by, when they are there: see tools/bench.
SHARED ?= ../shared
MEASURED = $(SHARED)/data/charities.csv $(SHARED)/data/who-can-help/queries.tsv $(SHARED)/data/who-can-help/relevant.tsv

bench: ## how fast it is, and how good its answers are beside those of other engines
	@go test -run '^$$' -bench . -benchmem . ./bot/match ./bot/blossom ./bot/overhear ./bot/language/intent
	@echo "how well it understands people whose sentences it has never seen"
	@go test -count=1 -v -run '^Test(Messages|StopIsUnderstood|Blind)$$' . ./bot/danger | grep -v '^ *\(=== \|--- \)'
	@if [ -f $(SHARED)/data/charities.csv ]; then \
		$(SHARED)/tools/make-register $(SHARED)/data/charities.csv 200000 >.bin/big.csv && \
		go run -C tools/bench . $(abspath $(MEASURED)) "$(CURDIR)/.bin/big.csv"; rm -f .bin/big.csv; \
	else echo "No charities in $(SHARED)/data, so the answers are not measured beside those of other engines."; fi

build: ## the program, as .bin/ginnel
	@CGO_ENABLED=0 go build -tags $(TAGS) -o .bin/ginnel .

fmt: .bin/gofumpt ## every file as gofumpt writes it
	@.bin/gofumpt -w .

clean: ## away with what was built; what was kept in data stays
	@rm -rf .bin coverage*

check: .bin/gofumpt .bin/staticcheck
	@echo gofumpt
	@unformatted=$$(.bin/gofumpt -l .) || exit 1; \
	if [ -n "$$unformatted" ]; then \
		echo "not as gofumpt writes it (make fmt mends it):"; echo "$$unformatted"; exit 1; \
	fi
	@echo vet
	@go vet -tags $(TAGS) ./...
	@echo staticcheck
	@.bin/staticcheck -tags $(TAGS) ./...
	@echo build
	@go build -tags $(TAGS) ./... && go build ./...

# The race detector is linked by the C compiler. SQLite, which was translated from C, has no goroutines to watch, and would take two
# thirds of the time. Only that one package goes unwatched: whatever is generic in a package that does without the detector, such as
# the maps of sync, may be linked in for everybody, and then reports races that there are none of.
RACE = $(shell cc=$$(go env CC); command -v "$${cc%% *}" >/dev/null && echo "-race -gcflags=modernc.org/sqlite/lib=-race=false")

race:
	@if [ -z "$(RACE)" ]; then \
		echo "There is no C compiler ($$(go env CC)), so the tests run without the race detector."; \
		[ "$$CI" != true ]; \
	fi

postgres:
	@.ci/postgres --install

slack-node:
	@.ci/slack-node --install

# A Matrix homeserver for tests. It is built once, which takes a minute or two.
homeserver: .bin/dendrite

.bin/dendrite: tools/homeserver/go.mod tools/homeserver/go.sum
	@echo "building the homeserver (once)"
	@mkdir -p .bin
	@CGO_ENABLED=0 go build -C tools/homeserver -o ../../.bin/ github.com/matrix-org/dendrite/cmd/dendrite
	@touch $@

# Checkers are built once, and again when other versions of them are wanted.
.bin/gofumpt: PACKAGE = mvdan.cc/gofumpt
.bin/staticcheck: PACKAGE = honnef.co/go/tools/cmd/staticcheck
.bin/gofumpt .bin/staticcheck: tools/go.mod tools/go.sum
	@echo "building $(notdir $@)"
	@mkdir -p .bin
	@go build -C tools -o ../.bin/ $(PACKAGE)
	@touch $@
