# The durable queue, measured with the static program that ships. DISK is a folder on the disk to measure.
DISK ?= .build/bench-queue

.PHONY: bench-queue test-faults

bench-queue: ## measure the durable queue against one transaction a message; the table goes to Benchmarks/results
	@scripts/setup sdk
	@scripts/dist/binary x86_64 queuebench
	@rm -rf $(DISK) && mkdir -p $(DISK) Benchmarks/results
	@dist/x86_64/queuebench $(DISK) | tee Benchmarks/results/queue.md
	@rm -rf $(DISK)

test-faults: ## 200 power cuts and 200 kill -9 of the queue to the cloud, with what they found
	@scripts/setup test
	swift build --build-tests
	swift test --skip-build --filter SpoolFaultTests
