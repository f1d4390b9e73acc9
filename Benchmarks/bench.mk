# Benchmarks: our broker as it ships beside Debian's others. ONLY="plain-1-1 latency" runs some workloads (then the
# results are printed, not kept), ROUNDS=N how often.
.PHONY: bench-broker

bench-broker: ## measure the broker beside mosquitto and nats-server (ONLY="…" for some workloads), about ten minutes
	@scripts/setup bench
	@ARCH=x86_64 $(MAKE) --no-print-directory dist
	@Benchmarks/bench-broker $(if $(ROUNDS),--rounds $(ROUNDS)) $(ONLY)
