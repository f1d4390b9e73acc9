# The device build: SDK, distribution, images, and the checks of what they are. ARCH selects targets, for example
# `make sdk ARCH=armv6l`; LOCKED=1 refuses any revision of a source other than the lock file's.
export LOCKED
ARCH ?= armv6l armv7l aarch64 x86_64

.PHONY: sdk sdk-lock check-sdk check-embedded selftest check-native dist check-dist

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

check-native: ## build and run a native function for each target, in emulators (ARCH="…")
	@scripts/setup test
	@scripts/native/check $(ARCH)

dist: ## build greengrassd and V1's archive for each target into dist/ (LOCKED=1: only the lock files' sources)
	@scripts/setup image
	@scripts/images "$(ARCH)" tarball

check-dist: ## run every architecture's core and images: messages, processes left, size, start time, memory
	@scripts/setup dist
	@scripts/images "$(ARCH)" tarball
	@scripts/images "x86_64 armv6l" image-minimal
	@scripts/images x86_64 image-python
	@scripts/check-dist $(ARCH)
