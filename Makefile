# The targets people type. `make help` lists them; each tells what it does while it does it.
SHELL := /bin/sh
.DEFAULT_GOAL := help

.PHONY: help setup build test run format lint rows mqtt-table clean

help: ## list the targets
	@sed -n 's/^\([a-z][a-z0-9-]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | sort -u | \
	    awk -F '\t' '{ printf "  make %-18s %s\n", $$1, $$2 }'

setup: ## install what this machine lacks for building, running and testing
	@scripts/setup test

build: ## build greengrassd for this machine (.build/debug)
	@scripts/setup build
	swift build --product greengrassd
	@ln -sfn ../../../Sources/Runtimes .build/debug/runtime

test: ## everything: lint, build, unit and integration tests, embedded compile, fuzzing, conformance rows
	@scripts/test

run: ## the example: a sensor, a core, a Python function and a display talk to each other; Ctrl-C ends it
	@scripts/setup run
	swift build --product greengrassd
	@scripts/run-example

format: ## format the Swift sources in place
	swift format --in-place --recursive --parallel Sources Tests Package.swift

lint: ## check format, file lengths, imports of device code, and that scripts parse
	swift format lint --strict --recursive --parallel Sources Tests Package.swift
	@scripts/lint

rows: ## check docs/conformance.md against the tests and print what is open
	@scripts/rows

mqtt-table: ## check docs/mqtt-conformance.md against the tests: 0 untested statements of MQTT 3.1.1
	@scripts/mqtt-table

clean: ## remove what was built in the tree (the cache outside it stays)
	rm -rf .build dist

# The device SDK, distribution and images; the fuzzers; and the benchmarks.
-include scripts/toolchain.mk
-include scripts/parsers.mk
-include Benchmarks/queue.mk
-include Benchmarks/bench.mk
-include Benchmarks/hostile.mk
