import Image

/// What a device's processor is, under V1's name for it.
public enum Architecture: String, CaseIterable, Sendable {
    // swift-format-ignore: AlwaysUseLowerCamelCase
    case armv6l, armv7l, aarch64, x86_64

    /// How V1's archives spell it (what-is-gg.md).
    public var archiveName: String { self == .x86_64 ? "x86-64" : rawValue }

    /// The Debian architecture whose packages run beside the core. An ARMv6 has no hardware floating point that Debian's
    /// armhf would accept, so it gets armel.
    public var debian: String {
        switch self {
        case .armv6l: "armel"
        case .armv7l: "armhf"
        case .aarch64: "arm64"
        case .x86_64: "amd64"
        }
    }

    /// The platform of a container image: OCI image index, `platform`.
    public var platform: (architecture: String, variant: String?) {
        switch self {
        case .armv6l: ("arm", "v6")
        case .armv7l: ("arm", "v7")
        case .aarch64: ("arm64", "v8")
        case .x86_64: ("amd64", nil)
        }
    }
}
