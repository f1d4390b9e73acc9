# The device build: SDK, distribution, images, and the checks of what they are. ARCH selects targets, for example
# `make sdk ARCH=armv6l`; LOCKED=1 refuses any revision of a source other than the lock file's.
ARCH ?= armv6l armv7l aarch64 x86_64

.PHONY: sdk sdk-lock check-sdk check-embedded selftest dist

sdk: ## build the Swift SDK of the device targets (ARCH="armv6l armv7l aarch64 x86_64"; cached outside the tree)
	@scripts/setup sdk
	@echo "$$(scripts/sdk/build $(ARCH))/perennial-linux.artifactbundle"

sdk-lock: ## write the SDK's lock file anew from the newest revisions in Debian's archive
	@scripts/setup sdk
	@scripts/sdk/update-lock

check-embedded: ## compile every device module for armv6l in Embedded mode, warnings as errors
	@scripts/setup sdk
	@scripts/check-embedded

check-sdk: ## run a program that calls every library of each target's sysroot
	@scripts/setup sdk
	@scripts/sdk/check $(ARCH)

selftest: ## run the pure modules' test vectors as an armv6 program, where Int has 32 bits
	@scripts/setup sdk
	@scripts/selftest

dist: ## build the static greengrassd of each target into dist/
	@scripts/setup sdk
	@for name in $(ARCH); do scripts/dist/binary $$name || exit 1; done
