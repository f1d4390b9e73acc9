.PHONY: bench-functions

bench-functions: ## measure functions: start beside bwrap and runc, messages, memory (ROUNDS=5, PARTS="…")
	@scripts/setup bench
	@scripts/setup test
	@scripts/setup sdk
	@scripts/dist/binary x86_64
	@scripts/dist/binary x86_64 functionbench
	@scripts/greengrass-image build --artifact tarball --arch x86_64
	@Benchmarks/bench-functions $(if $(ROUNDS),--rounds $(ROUNDS)) $(PARTS)
