import Foundation

/// A folder that goes with its owner.
final class TemporaryFolder {
    let path: String

    init() {
        path = NSTemporaryDirectory() + "perennial-" + UUID().uuidString
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    func write(_ text: String, to name: String) {
        let file = path + "/" + name
        let folder = (file as NSString).deletingLastPathComponent
        try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        _ = FileManager.default.createFile(atPath: file, contents: Data(text.utf8))
    }

    func read(_ name: String) -> String? {
        FileManager.default.contents(atPath: path + "/" + name).map { String(decoding: $0, as: UTF8.self) }
    }

    func mode(_ name: String) -> Int {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path + "/" + name)
        return (attributes?[.posixPermissions] as? Int) ?? -1
    }

    func exists(_ name: String) -> Bool {
        (try? FileManager.default.attributesOfItem(atPath: path + "/" + name)) != nil
    }

    func list(_ name: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: path + "/" + name)) ?? []).sorted()
    }

    /// All paths below with what they hold, to compare states.
    func snapshot(_ name: String) -> [String: String] {
        var found: [String: String] = [:]
        for item in FileManager.default.enumerator(atPath: path + "/" + name)?.compactMap({ $0 as? String }) ?? [] {
            let place = name + "/" + item
            if let target = try? FileManager.default.destinationOfSymbolicLink(atPath: path + "/" + place) {
                found[item] = "-> " + target
            } else {
                found[item] = read(place) ?? "directory"
            }
        }
        return found
    }
}
