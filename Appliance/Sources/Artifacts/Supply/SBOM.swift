import Foundation
import Image

/// What an artifact consists of, for programs that look for known faults: SPDX 2.3 in JSON.
public struct SBOM {
    public let artifact: String
    public let components: [Component]
    private let build: Build

    /// - Parameter artifact: its file's name.
    public init(of artifact: String, _ components: [Component], _ build: Build) {
        self.artifact = artifact
        self.components = components
        self.build = build
    }

    public func json() throws -> [UInt8] {
        let formatter = ISO8601DateFormatter()
        let created = formatter.string(from: Date(timeIntervalSince1970: Double(build.time)))
        let document: [String: Any] = [
            "spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT", "name": artifact,
            "documentNamespace": "https://perennial.invalid/spdx/\(artifact)/\(try fingerprint())",
            "creationInfo": ["created": created, "creators": ["Tool: greengrass-image-\(build.version)"]],
            "documentDescribes": ["SPDXRef-0"], "packages": components.enumerated().map { package($1, $0) },
            "relationships": components.indices.dropFirst().map { index in
                [
                    "spdxElementId": "SPDXRef-0", "relationshipType": "CONTAINS",
                    "relatedSpdxElement": "SPDXRef-\(index)",
                ]
            },
            "comment": "Sources of the parts: greengrass-sources-\(build.version).tar, SHA-256 "
                + "\(try build.sourcesDigest()). Not affiliated with Amazon Web Services.",
        ]
        let options: JSONSerialization.WritingOptions = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        return Array(try JSONSerialization.data(withJSONObject: document, options: options)) + [10]
    }

    /// Other content has another name space.
    private func fingerprint() throws -> String {
        SHA256.hex(Array(components.map { "\($0.name) \($0.version) \($0.sha256 ?? "")" }.joined(separator: "\n").utf8))
    }

    private func package(_ component: Component, _ index: Int) -> [String: Any] {
        var package: [String: Any] = [
            "SPDXID": "SPDXRef-\(index)", "name": component.name, "versionInfo": component.version,
            "downloadLocation": "NOASSERTION", "filesAnalyzed": false, "copyrightText": "NOASSERTION",
            "licenseConcluded": "NOASSERTION", "licenseDeclared": component.licence ?? "NOASSERTION",
        ]
        if let (name, version) = component.source { package["sourceInfo"] = "built from Debian's \(name) \(version)" }
        if let sha256 = component.sha256 {
            package["checksums"] = [["algorithm": "SHA256", "checksumValue": sha256]]
        }
        if let reference = component.reference {
            package["externalRefs"] = [
                ["referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": reference]
            ]
        }
        return package
    }
}
