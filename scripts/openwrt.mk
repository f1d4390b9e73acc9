# Packages for routers (docs/openwrt.md).
OPENWRT_ARCH ?=

.PHONY: ipk

ipk: ## packages for a router: .ipk and .apk with their indexes into dist/openwrt (OPENWRT_ARCH="arm_cortex-a7_neon-vfpv4")
	@scripts/setup image
	@OPENWRT_ARCH="$(OPENWRT_ARCH)" scripts/images "$(ARCH)" "openwrt-ipk openwrt-apk"
