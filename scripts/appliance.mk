# The appliance: what people are given, and the proof that each of it starts. ARCH and ARTIFACT select: `make images
# ARCH=x86_64 ARTIFACT=tarball`; without them it is everything (scripts/greengrass-image list).
ARTIFACT ?=

.PHONY: images cells cell matrix sizes reproducible sources lock checksums docs-test

images: ## build every artifact into dist/ (ARCH="…" ARTIFACT="…"; LOCKED=1: only the lock files' packages)
	@scripts/setup image
	@scripts/images "$(ARCH)" "$(ARTIFACT)"

cells: ## print the cells of the grid as JSON
	@scripts/setup image >&2
	@scripts/greengrass-image list --json

cell: ## build and start one artifact of one architecture as its user would (ARCH=x86_64 ARTIFACT=tarball)
	@scripts/setup cell
	@scripts/images "$(ARCH)" "$(ARTIFACT)" --cells
	@scripts/cell "$(ARCH)" "$(ARTIFACT)"

matrix: ## start every artifact on every architecture, and write the grid into docs/appliance.md
	@scripts/setup cell
	@scripts/matrix $(MATRIX)

sizes: ## print the sizes that matter as a table, and check them against their limits
	@scripts/greengrass-image sizes

reproducible: ## build everything twice from empty caches, elsewhere and under other conditions; LEAKS=1: planted leaks are found
	@scripts/setup image
	@scripts/reproducible $(if $(LEAKS),--leaks)

sources: ## the archives of corresponding sources: of every package, and of this tree
	@scripts/setup image
	@scripts/greengrass-image sources

lock: ## write Appliance/packages.lock and sources.lock anew from the newest packages of the archive
	@scripts/setup image
	@scripts/greengrass-image lock

checksums: ## SHA256SUMS of dist/, and signatures (KEY=FILE: a private key in PEM; GPG_KEY=FILE: an OpenPGP one for apt/)
	@scripts/greengrass-image checksums
	@$(if $(KEY)$(GPG_KEY),scripts/greengrass-image sign $(if $(KEY),--key "$(KEY)") $(if $(GPG_KEY),--gpg-key "$(GPG_KEY)"))

docs-test: ## type what README and docs/ tell to type on fresh machines, and compare what appears (PAGES="first-core docker")
	@scripts/setup run
	@scripts/setup cell
	@scripts/images x86_64 "tarball core deb openwrt-tarball openwrt-ipk image-minimal image-python image-clients rootfs-squashfs boot-image"
	@scripts/docs-test $(PAGES)
