import Foundation
import Image

/// The sizes that a device or a download feels, and what they may be at most.
public struct Sizes {
    public struct Row: Equatable, Sendable {
        public let what: String
        public let architecture: Architecture
        /// In bytes.
        public let size: Int
        /// In bytes.
        public let limit: Int

        public var isWithin: Bool { size <= limit }
    }

    private let build: Build

    public init(_ build: Build) { self.build = build }

    /// Those of the architectures whose program is built.
    ///
    /// - Throws: when an artifact of such an architecture is missing.
    public func rows() throws -> [Row] {
        try Architecture.allCases.filter { architecture in
            FileManager.default.fileExists(atPath: "\(build.output)/\(architecture.rawValue)/greengrassd")
        }.flatMap { try rows(for: $0) }
    }

    private func rows(for architecture: Architecture) throws -> [Row] {
        func row(_ what: String, _ size: Int, _ limit: Int) -> Row {
            Row(what: what, architecture: architecture, size: size, limit: limit)
        }
        let core = "\(build.output)/greengrass-core-\(architecture.archiveName)-\(build.version).tar.xz"
        let image = "\(build.output)/" + BootImage.fileName(architecture, build)
        return [
            row("archive of the core alone", try FileContent.file(core).size, 2_500_000),
            row(
                "image `minimal`, unpacked", try ContainerArtifact(.minimal).unpackedSize(architecture, build),
                6_000_000),
            row("on a router, as squashfs", try onRouter(architecture), 5_000_000),
            row("bootable image, kernel included", try FileContent.file(image).size, 24_000_000),
        ]
    }

    private func onRouter(_ architecture: Architecture) throws -> Int {
        let path = "\(build.output)/.size-\(architecture.rawValue).squashfs"
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try Squashfs(time: build.time).write(OpenWrtTree(build, architecture).tree(), to: path)
    }

    /// One line for each thing, one column for each architecture, in millions of bytes.
    public static func table(_ rows: [Row]) -> String {
        let architectures = Architecture.allCases.filter { name in rows.contains { $0.architecture == name } }
        func megabytes(_ size: Int) -> String { String(format: "%.2f", Double(size) / 1e6) }
        var lines = [
            "| MB | \(architectures.map(\.rawValue).joined(separator: " | ")) | at most |",
            "|---|" + architectures.map { _ in "---|" }.joined() + "---|",
        ]
        var seen: Set<String> = []
        for row in rows where seen.insert(row.what).inserted {
            let cells = architectures.map { name in
                guard let cell = rows.first(where: { $0.what == row.what && $0.architecture == name }) else {
                    return ""
                }
                return cell.isWithin ? megabytes(cell.size) : "**\(megabytes(cell.size))**"
            }
            lines.append("| \(row.what) | \(cells.joined(separator: " | ")) | \(megabytes(row.limit)) |")
        }
        return lines.joined(separator: "\n")
    }
}
