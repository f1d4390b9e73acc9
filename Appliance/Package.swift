// swift-tools-version: 6.2
// What builds and starts the appliance: archives, packages, container images, bootable images (docs/appliance.md). A package
// of its own, so that building greengrassd needs nothing of what building images needs.
import PackageDescription

let settings: [SwiftSetting] = [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)]

let package = Package(
    name: "appliance",
    products: [.executable(name: "greengrass-image", targets: ["greengrass-image"])],
    dependencies: [.package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2")],
    targets: [
        .systemLibrary(name: "CArchive", pkgConfig: "libarchive"),
        .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto"),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib"),
        // How things are written: trees, archives, packages, images, file systems. It knows nothing of Greengrass.
        .target(name: "Image", dependencies: ["CArchive", "CCrypto", "CZlib"], swiftSettings: settings),
        // What is written: the artifacts of this project.
        .target(name: "Artifacts", dependencies: ["Image"], swiftSettings: settings),
        .executableTarget(
            name: "greengrass-image",
            dependencies: [
                "Artifacts", "Image", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings),
        .testTarget(name: "ImageTests", dependencies: ["Image"], swiftSettings: settings),
        // One cell of the grid of artifacts and architectures is started as its user would: `make cell`.
        .testTarget(
            name: "CellTests", dependencies: ["Artifacts", "Image"], exclude: ["Fixtures"], swiftSettings: settings),
        .testTarget(name: "ArtifactsTests", dependencies: ["Artifacts", "Image"], swiftSettings: settings),
    ]
)
