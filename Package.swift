// swift-tools-version: 6.2
import PackageDescription

// One source, two builds (docs/embedded-swift.md): the host build is ordinary Swift against the system's
// libraries; the device build is Embedded Swift against the sysroots of `make sdk`. The Makefile sets the variable.
let isDeviceBuild = Context.environment["PERENNIAL_DEVICE"] == "1"

let common: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableExperimentalFeature("Lifetimes"),
]
let device = common + (isDeviceBuild ? [.enableExperimentalFeature("Embedded"), .define("DEVICE")] : [])

func platform(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: device)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], path: String? = nil) -> Target {
    .testTarget(name: name, dependencies: dependencies, path: path, swiftSettings: common)
}

let package = Package(
    name: "perennial",
    products: [
        .executable(name: "greengrassd", targets: ["greengrassd"])
    ],
    targets: [
        // C libraries: a module map and inline shims each.
        .target(name: "CLinux"),
        .target(name: "COpenSSL", linkerSettings: [.linkedLibrary("ssl"), .linkedLibrary("crypto")]),
        .target(name: "CArchive", linkerSettings: [.linkedLibrary("archive")]),

        // Platform: each one thing, no knowledge of Greengrass.
        platform("Bytes"),
        platform("JSON", ["Bytes"]),
        platform("HTTP", ["Bytes"]),
        platform("MQTT", ["Bytes"]),
        platform("Linux", ["Bytes", "CLinux"]),
        platform("Log", ["Bytes", "Linux", "CLinux"]),
        platform("TLS", ["Bytes", "Linux", "COpenSSL"]),

        // Domain.
        platform("Group", ["Bytes", "JSON"]),
        platform("Messaging", ["Bytes", "Linux", "Log", "TLS", "MQTT", "Group"]),
        platform("Sandbox", ["Bytes", "Linux", "CLinux"]),
        platform("Functions", ["Bytes", "Linux", "Log", "JSON", "HTTP", "MQTT", "Group", "Messaging"]),
        platform("Certificates", ["Bytes", "Linux", "TLS"]),
        platform("Deployment", ["Bytes", "Linux", "JSON", "Group", "CArchive"]),

        // The house.
        platform(
            "Core",
            [
                "Bytes", "JSON", "HTTP", "MQTT", "Linux", "Log", "TLS", "Group", "Messaging", "Sandbox", "Functions",
                "Certificates", "Deployment",
            ]),
        .executableTarget(name: "greengrassd", dependencies: ["Core"], swiftSettings: device),

        tests("GroupTests", ["Group", "Bytes", "JSON"]),
        tests("JSONTests", ["JSON", "Bytes"]),
        tests("FunctionsTests", ["Functions", "Bytes", "JSON", "HTTP", "Linux", "Log", "Group", "Messaging"]),
    ]
)
