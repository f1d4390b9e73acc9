import Bytes

/// A path inside a package: relative, and nothing in it leads up.
struct PackagePath {
    let parts: [[UInt8]]

    /// The parts with slashes between them; never empty unless it names the package itself.
    var text: String {
        var joined: [UInt8] = []
        for part in parts {
            if !joined.isEmpty { joined.append(UInt8(ascii: "/")) }
            joined.append(contentsOf: part)
        }
        return joined.text
    }

    /// - Throws: what is wrong with the path, to follow its name.
    init(_ bytes: [UInt8]) throws(PackageComplaint) {
        if bytes.isEmpty { throw PackageComplaint("has no name") }
        if bytes.count > PackageLimits.pathBytes {
            throw PackageComplaint("has a path longer than \(PackageLimits.pathBytes) bytes")
        }
        if bytes[0] == UInt8(ascii: "/") { throw PackageComplaint("has an absolute path") }
        var parts: [[UInt8]] = []
        for slice in bytes.split(separator: UInt8(ascii: "/")) {
            let part = Array(slice)
            if part == [UInt8(ascii: ".")] { continue }
            if part == [UInt8]("..") { throw PackageComplaint("leads out of the package (..)") }
            if part.count > PackageLimits.nameBytes {
                throw PackageComplaint("has a name longer than \(PackageLimits.nameBytes) bytes")
            }
            parts.append(part)
        }
        for byte in bytes {
            if byte == 0 { throw PackageComplaint("has the character U+0000 in its path") }
            if byte == UInt8(ascii: "\\") {
                throw PackageComplaint("has a backslash in its path; pack it with slashes between directories")
            }
        }
        if parts.count > PackageLimits.depth {
            throw PackageComplaint("is nested more than \(PackageLimits.depth) directories deep")
        }
        // What is no UTF-8 would come out as another name.
        guard [UInt8](bytes.text.utf8) == bytes else { throw PackageComplaint("has a name that is not UTF-8") }
        self.parts = parts
    }
}

/// Something a person has to change in a package.
struct PackageComplaint: Error {
    let text: String

    init(_ text: String) {
        self.text = text
    }
}
