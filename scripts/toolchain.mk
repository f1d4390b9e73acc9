# The device build: SDK, distribution, images, and the checks of what they are. ARCH selects targets, for example
# `make sdk ARCH=armv6l`; LOCKED=1 refuses any revision of a source other than the lock file's.
ARCH ?= armv6l armv7l aarch64 x86_64

.PHONY: sdk sdk-lock check-embedded

sdk: ## build the Swift SDK of the device targets (ARCH="armv6l armv7l aarch64 x86_64"; cached outside the tree)
	@scripts/setup sdk
	@echo "$$(scripts/sdk/build $(ARCH))/perennial-linux.artifactbundle"

sdk-lock: ## write the SDK's lock file anew from the newest revisions in Debian's archive
	@scripts/setup sdk
	@scripts/sdk/update-lock

check-embedded: ## compile every device module for armv6l in Embedded mode, warnings as errors
	@scripts/setup sdk
	@scripts/check-embedded
