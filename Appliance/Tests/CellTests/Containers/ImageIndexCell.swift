import Artifacts
import Foundation
import Image
import Testing

/// The images of all architectures under one name.
@Suite("Index of container images", .serialized)
struct ImageIndexCell {
    private func json(_ path: String) throws -> [String: Any] {
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    private func blob(_ folder: String, _ descriptor: [String: Any]) throws -> String {
        let digest = try #require(descriptor["digest"] as? String)
        let path = folder + "/blobs/sha256/" + digest.dropFirst("sha256:".count)
        #expect("sha256:" + (try SHA256.hex(file: path)) == digest)
        #expect(try FileContent.file(path).size == descriptor["size"] as? Int)
        return path
    }

    @Test(
        "DOCK-01: every blob is what its digest says, every platform is there, and each image is the one for docker load"
    )
    func layouts() throws {
        let cell = try Cell.current()
        for flavour in ContainerFlavour.allCases {
            try withScratch { scratch in
                try run("tar", "-xf", cell.file(ContainerIndexArtifact.file(flavour, cell.build)), "-C", scratch)
                let outer = try json(scratch + "/index.json")
                let names = try #require(outer["manifests"] as? [[String: Any]])
                #expect(names.count == 2)
                let index = try json(blob(scratch, names[0]))
                let entries = try #require(index["manifests"] as? [[String: Any]])
                let platforms = entries.compactMap { $0["platform"] as? [String: String] }
                let expected = flavour.architectures.map(\.platform)
                #expect(platforms.map { $0["architecture"] } == expected.map(\.architecture))
                #expect(platforms.map { $0["variant"] } == expected.map(\.variant))
                for (entry, architecture) in zip(entries, flavour.architectures) {
                    let manifest = try json(blob(scratch, entry))
                    _ = try blob(scratch, try #require(manifest["config"] as? [String: Any]))
                    for layer in try #require(manifest["layers"] as? [[String: Any]]) { _ = try blob(scratch, layer) }
                    // The same manifest is in the archive of that architecture, which its own cell has started.
                    let archive = try cell.file(ContainerArtifact.file(flavour, architecture, cell.build))
                    let digest = try #require(entry["digest"] as? String).dropFirst("sha256:".count)
                    #expect(try run("tar", "-tf", archive).contains("blobs/sha256/\(digest)"))
                }
            }
        }
    }
}
