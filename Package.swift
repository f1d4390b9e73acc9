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

/// The tests of one module, beside it: `Tests/<Module>Tests`.
func tests(_ module: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .testTarget(
        name: "\(module)Tests", dependencies: [.byName(name: module), "Bytes"] + dependencies, swiftSettings: common)
}

let testTargets: [Target] = [
    tests("JSON"),
    tests("HTTP"),
    tests("Vectors"),
    tests("MQTT"),
    tests("Linux", ["CLinux"]),
    tests("Log", ["Linux"]),
    tests("TLS", ["Linux", "COpenSSL"]),
    tests("Database", ["Linux", "CSQLite"]),
    tests("Network", ["Linux", "TLS", "HTTP"]),
    tests("Group", ["JSON"]),
    // A program of its own counts what it allocates.
    .target(name: "CAllocations", path: "Tests/CAllocations"),
    .testTarget(
        name: "MessagingTests",
        dependencies: [
            "Messaging", "Bytes", "Linux", "Log", "TLS", "Network", "Database", "MQTT", "Group", "CFaults",
            "SpoolSupport", "CAllocations",
        ], exclude: ["Fixtures"], swiftSettings: common),
    tests("Sandbox", ["Linux", "CLinux"]),
    .target(name: "Programs", path: "Tests/Programs", swiftSettings: common),
    tests("Functions", ["Linux", "Log", "JSON", "HTTP", "Group", "Messaging", "Programs"]),
    tests("Certificates", ["Linux", "TLS"]),
    tests("Deployment", ["Linux", "JSON", "Group", "CArchive"]),
    tests("GreengrassSDK", ["JSON"]),
    tests("Core", ["Linux", "JSON", "TLS", "Network", "Group", "Sandbox", "Programs"]),
    // Storage that fails on purpose: docs/cloud-queue.md.
    .target(name: "CFaults", path: "Tests/CFaults", linkerSettings: [.linkedLibrary("sqlite3")]),
    .target(
        name: "SpoolSupport", dependencies: ["CFaults", "CLinux", "Messaging", "Linux", "Log", "MQTT", "Group"],
        path: "Tests/SpoolSupport", swiftSettings: common),
    .executableTarget(
        name: "spoolprobe", dependencies: ["CFaults", "Messaging", "Linux", "SpoolSupport"], path: "Tests/SpoolProbe",
        swiftSettings: common),
    .testTarget(
        name: "SpoolFaultTests", dependencies: ["CFaults", "Messaging", "Linux", "SpoolSupport", "spoolprobe"],
        swiftSettings: common),
    .testTarget(name: "ConformanceTests", swiftSettings: common),
    .testTarget(
        name: "IntegrationTests", exclude: ["Devices", "Cloud", "Native", "Soak", "Harness/slowsync.c"],
        swiftSettings: common),
]

// The pure modules' test vectors: run by the tests above, and by `selftest` under an emulated ARM, where Int has 32 bits.
let vectors: [Target] = [
    .target(
        name: "Vectors", dependencies: ["Bytes", "JSON", "HTTP", "MQTT", "Group"], path: "Tests/Vectors",
        swiftSettings: device),
    .executableTarget(
        name: "selftest", dependencies: ["Vectors", "CLinux"], path: "Tests/selftest", swiftSettings: device),
]

let benchmarks: [Target] = [
    .executableTarget(
        name: "queuebench", dependencies: ["Database", "Group", "Linux", "Log", "MQTT", "Messaging"],
        path: "Benchmarks/queue", swiftSettings: device),
    .executableTarget(
        name: "functionbench", dependencies: ["Linux", "Sandbox"], path: "Benchmarks/starts", swiftSettings: device),
]

let package = Package(
    name: "perennial",
    products: [
        .executable(name: "greengrassd", targets: ["greengrassd"]),
        // For packages of functions: docs/native-functions.md.
        .library(name: "GreengrassSDK", targets: ["GreengrassSDK", "JSON"]),
    ],
    targets: [
        // C libraries: a module map and inline shims each.
        // All names of shared libraries are bound at the start: what runs between fork and exec, and a container's init, which
        // has forgotten this process's memory, cannot look any up. Device builds are static.
        .target(
            name: "CLinux",
            linkerSettings: isDeviceBuild ? [] : [.unsafeFlags(["-Xlinker", "-z", "-Xlinker", "now"])]),
        .target(name: "COpenSSL", linkerSettings: [.linkedLibrary("ssl"), .linkedLibrary("crypto")]),
        .target(name: "CSQLite", linkerSettings: [.linkedLibrary("sqlite3")]),
        .target(name: "CSeccomp", linkerSettings: [.linkedLibrary("seccomp")]),
        .target(name: "CArchive", linkerSettings: [.linkedLibrary("archive"), .linkedLibrary("z")]),
        // What native functions link with; scripts/native/library makes the shared library of it.
        .target(name: "CGreengrassSDK", exclude: ["versions.map"]),

        // Platform: each one thing, no knowledge of Greengrass.
        platform("Bytes"),
        platform("JSON", ["Bytes"]),
        platform("HTTP", ["Bytes"]),
        platform("MQTT", ["Bytes"]),
        platform("Linux", ["Bytes", "CLinux"]),
        platform("Log", ["Bytes", "Linux", "CLinux"]),
        platform("TLS", ["Bytes", "Linux", "COpenSSL"]),
        platform("Database", ["Linux", "CSQLite"]),
        platform("Network", ["Bytes", "Linux", "TLS", "HTTP"]),

        // Domain.
        platform("Group", ["Bytes", "JSON"]),
        platform("Messaging", ["Bytes", "Linux", "Log", "TLS", "Network", "Database", "MQTT", "Group"]),
        platform("Sandbox", ["Bytes", "Linux", "CLinux", "CSeccomp"]),
        platform("Functions", ["Bytes", "Linux", "Log", "JSON", "HTTP", "MQTT", "Group", "Messaging"]),
        platform("Certificates", ["Bytes", "Linux", "TLS"]),
        platform("Deployment", ["Bytes", "CLinux", "Linux", "JSON", "Group", "CArchive"]),

        // What functions in Swift are written with, and one.
        platform("GreengrassSDK", ["Bytes", "JSON", "CLinux", "CGreengrassSDK"]),
        .executableTarget(
            name: "thermostat", dependencies: ["GreengrassSDK", "JSON"], path: "examples/swift-function",
            swiftSettings: device),

        // The house.
        platform(
            "Core",
            [
                "Bytes", "JSON", "HTTP", "MQTT", "Linux", "Log", "TLS", "Network", "Group", "Messaging", "Sandbox",
                "Functions", "Certificates", "Deployment",
            ]),
        .executableTarget(name: "greengrassd", dependencies: ["Core"], swiftSettings: device),
    ] + vectors + benchmarks + (isDeviceBuild ? [] : testTargets)
)
