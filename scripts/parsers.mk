# The fuzzers of what reads bytes from outside (Tests/Fuzz). FUZZ_RUNS overrides the executions of each.
FUZZ_RUNS ?= 5000000

.PHONY: fuzz fuzz-quick

fuzz: ## fuzz the broker, MQTT, HTTP, JSON, topics and groups, 5,000,000 executions each (FUZZ_RUNS=N for another number)
	@scripts/fuzz --runs $(FUZZ_RUNS)

fuzz-quick: ## the fuzzers as `make test` runs them: 200,000 executions each, always the same ones
	@scripts/fuzz --runs 200000 --seed 1
