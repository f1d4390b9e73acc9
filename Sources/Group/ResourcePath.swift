/// Paths of local resources, as texts: what lies there only the machine knows.
enum ResourcePath {
    /// The path without double and final slashes.
    /// - Returns: nil where it is not absolute, or is longer than a path can be, or has a part that leads elsewhere
    ///   than it says.
    static func clean(_ text: String) -> String? {
        let bytes = [UInt8](text.utf8)
        guard bytes.first == UInt8(ascii: "/"), bytes.count <= GroupLimits.pathBytes else { return nil }
        for byte in bytes where byte < 0x20 || byte == 0x7F { return nil }
        var clean: [UInt8] = []
        for part in bytes.split(separator: UInt8(ascii: "/")) {
            if part.elementsEqual(".".utf8) || part.elementsEqual("..".utf8) { return nil }
            clean.append(UInt8(ascii: "/"))
            clean.append(contentsOf: part)
        }
        return clean.isEmpty ? "/" : String(decoding: clean, as: UTF8.self)
    }

    /// Whether a clean path is a folder or something in it.
    static func isInside(_ path: String, _ folder: String) -> Bool {
        if folder == "/" { return true }
        let (path, folder) = ([UInt8](path.utf8), [UInt8](folder.utf8))
        return path.starts(with: folder) && (path.count == folder.count || path[folder.count] == UInt8(ascii: "/"))
    }
}
