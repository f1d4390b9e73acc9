.PHONY: bench-hostile

bench-hostile: ## measure whether honest clients notice hostile ones (ROUNDS=N), about six minutes
	@ARCH=x86_64 $(MAKE) --no-print-directory dist
	@Benchmarks/bench-hostile $(if $(ROUNDS),--rounds $(ROUNDS))
