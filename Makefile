# The targets people type. `make help` lists them; each tells what it does while it does it.
SHELL := /bin/sh
.DEFAULT_GOAL := help

.PHONY: help setup build test test-cgroup-v2 test-old-kernel test-environments soak-functions run format lint rows mqtt-table clean

help: ## list the targets
	@sed -n 's/^\([a-z][a-z0-9-]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | sort -u | \
	    awk -F '\t' '{ printf "  make %-18s %s\n", $$1, $$2 }'

setup: ## install what this machine lacks for building, running and testing
	@scripts/setup test

build: ## build greengrassd for this machine (.build/debug)
	@scripts/setup build
	swift build --product greengrassd
	@scripts/native/runtimes .build/debug/runtime

test: ## everything: lint, build, unit and integration tests, embedded compile, fuzzing, conformance rows, some artifacts
	@scripts/test

test-cgroup-v2: ## the functions' and the containers' tests on a booted Debian kernel, where control groups are version 2 alone
	@scripts/setup test
	@scripts/setup vm
	swift build --build-tests
	scripts/java-runtime
	scripts/native/library host .build/native/host
	scripts/test-vm "^SandboxTests|$$(scripts/environments/tree.py)"

test-old-kernel: ## plain functions as on Linux 3.17, containers as on 4.4: what is newer answers ENOSYS (as root)
	@scripts/setup test
	swift build --build-tests
	scripts/java-runtime
	scripts/old-kernel 3.17 .build/debug/perennialPackageTests.xctest --testing-library swift-testing --filter '^(SandboxTests.LauncherTests|FunctionsTests\.|IntegrationTests.FunctionsTests)'
	scripts/old-kernel 4.4 .build/debug/perennialPackageTests.xctest --testing-library swift-testing --filter 'SandboxTests'

test-environments: ## the functions' tests without root, and in docker run with and without privileges (as root; ONLY="user docker" for some)
	@scripts/setup dist
	swift build --build-tests
	scripts/java-runtime
	scripts/native/library host .build/native/host
	scripts/test-environments $(ONLY)

soak-functions: ## crashing, hanging, leaking functions, COUNT=10000 calls in an order by SEED, leave nothing behind (as root)
	@scripts/setup test
	swift build --build-tests
	SOAK_COUNT=$(or $(COUNT),10000) SOAK_SEED=$(SEED) PERENNIAL_PYTHON=$$(scripts/setup --python) \
	    swift test --skip-build --filter FunctionSoakTests

run: ## the example: a sensor, a core, a Python function and a display talk to each other; Ctrl-C ends it
	@scripts/setup run
	swift build --product greengrassd
	@scripts/run-example

format: ## format the Swift sources in place
	swift format --in-place --recursive --parallel Sources Tests examples Package.swift Appliance/Sources Appliance/Tests Appliance/Package.swift

lint: ## check format, file lengths, imports of device code, and that scripts parse
	swift format lint --strict --recursive --parallel Sources Tests examples Package.swift Appliance/Sources Appliance/Tests Appliance/Package.swift
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
-include scripts/appliance.mk
-include scripts/openwrt.mk
-include Benchmarks/queue.mk
-include Benchmarks/bench.mk
-include Benchmarks/hostile.mk
-include Benchmarks/functions.mk
-include Benchmarks/docker.mk
