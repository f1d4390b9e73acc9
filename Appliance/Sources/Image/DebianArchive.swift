/// The outside of a Debian package, deb(5): an ar(5) archive of three members whose order is part of the format, which is
/// why it is not written from a tree.
public enum DebianArchive {
    /// - Parameters:
    ///   - control: control.tar, compressed by gzip.
    ///   - data: data.tar, compressed by gzip: unpacking xz takes memory that a small board does not have.
    ///   - time: of the members, in seconds since 1970.
    public static func bytes(control: [UInt8], data: [UInt8], time: Int) -> [UInt8] {
        var bytes = Array("!<arch>\n".utf8)
        for (name, content) in [
            ("debian-binary", Array("2.0\n".utf8)), ("control.tar.gz", control), ("data.tar.gz", data),
        ] {
            bytes += header(name, size: content.count, time: time)
            bytes += content
            // Members begin at even places.
            if content.count % 2 == 1 { bytes.append(UInt8(ascii: "\n")) }
        }
        return bytes
    }

    private static func header(_ name: String, size: Int, time: Int) -> [UInt8] {
        let fields = [(name, 16), (String(time), 12), ("0", 6), ("0", 6), ("100644", 8), (String(size), 10)]
        return Array((fields.map { padded($0, to: $1) }.joined() + "`\n").utf8)
    }

    private static func padded(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.utf8.count))
    }
}
