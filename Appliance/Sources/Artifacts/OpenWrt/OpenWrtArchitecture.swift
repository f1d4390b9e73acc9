import Foundation
import Image

/// What OpenWrt calls the architecture of a router's packages (`opkg print-architecture`, `apk --print-arch`), and which of
/// our programs such a router runs: it is static, so only the processor counts.
public struct OpenWrtArchitecture: Equatable, Sendable {
    /// Where packages lie in the build's output, in a folder for each architecture.
    static let folder = "openwrt"

    public let name: String
    public let architecture: Architecture

    /// The usual names for each of ours; the first is what is built unless told otherwise. All have what our program of
    /// the architecture needs: VFPv3-D16 on armv7l, VFPv2 on armv6l.
    private static let names: [Architecture: [String]] = [
        .armv6l: ["arm_arm1176jzf-s_vfp"],
        .armv7l: [
            "arm_cortex-a7_neon-vfpv4", "arm_cortex-a5_vfpv4", "arm_cortex-a7_vfpv4", "arm_cortex-a8_vfpv3",
            "arm_cortex-a9_neon", "arm_cortex-a9_vfpv3-d16", "arm_cortex-a15_neon-vfpv4",
        ],
        .aarch64: ["aarch64_cortex-a53", "aarch64_cortex-a72", "aarch64_cortex-a76", "aarch64_generic"],
        .x86_64: ["x86_64"],
    ]

    public static let known = Architecture.allCases.flatMap { architecture in
        (names[architecture] ?? []).map { OpenWrtArchitecture(name: $0, architecture: architecture) }
    }

    /// - Throws: when there is no program for such routers, with the reason.
    public init(named name: String) throws(BuildError) {
        guard let found = Self.known.first(where: { $0.name == name }) else {
            let known = Self.known.map(\.name).joined(separator: ", ")
            throw BuildError(
                "OPENWRT_ARCH is \"\(name)\": there is no program for it. ARM routers need an ARMv6 or later with a "
                    + "floating-point unit. Known are: \(known).")
        }
        self = found
    }

    private init(name: String, architecture: Architecture) {
        self.name = name
        self.architecture = architecture
    }

    /// Those to build packages for: the names in `OPENWRT_ARCH`, separated by spaces, `all`, or one for each of ours.
    public static func wanted(
        for architecture: Architecture, _ wish: String? = ProcessInfo.processInfo.environment["OPENWRT_ARCH"]
    ) throws(BuildError) -> [OpenWrtArchitecture] {
        let ours = known.filter { $0.architecture == architecture }
        guard let wish, !wish.isEmpty else { return Array(ours.prefix(1)) }
        if wish == "all" { return ours }
        var wanted: [OpenWrtArchitecture] = []
        for name in wish.split(separator: " ") { wanted.append(try OpenWrtArchitecture(named: String(name))) }
        return wanted.filter { $0.architecture == architecture }
    }
}
