.PHONY: bench-docker

bench-docker: ## measure a bare `docker run` of the minimal image until it serves, beside one that says hello (ROUNDS=11)
	@scripts/setup bench
	@scripts/setup dist
	@scripts/images x86_64 image-minimal
	@Benchmarks/bench-docker $(if $(ROUNDS),--rounds $(ROUNDS))
