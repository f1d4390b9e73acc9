import CLinux
import Linux

/// The small files of cgroupfs: one write is one command.
enum ControlFile {
    static func write(_ path: String, _ text: String) throws(SystemError) {
        let fd = FileDescriptor(owning: clinux_open(path, O_WRONLY | O_CLOEXEC, 0))
        guard fd.raw >= 0 else { throw SystemError("open \(path)") }
        try IO.writeAll(fd.raw, [UInt8](text.utf8), step: "write \(text) to \(path)")
    }

    /// Writes several commands, one a write.
    static func write(_ path: String, each texts: [String]) throws(SystemError) {
        let fd = FileDescriptor(owning: clinux_open(path, O_WRONLY | O_CLOEXEC, 0))
        guard fd.raw >= 0 else { throw SystemError("open \(path)") }
        for text in texts { try IO.writeAll(fd.raw, [UInt8](text.utf8), step: "write \(text) to \(path)") }
    }

    /// The text, or empty where there is none.
    static func read(_ path: String) -> String {
        do throws(SystemError) {
            return String(decoding: try Files.read(path, limit: 1 << 20), as: UTF8.self)
        } catch {
            return ""
        }
    }

    /// The number after a name at the start of a line: `oom_kill 1`.
    static func number(_ name: String, in path: String) -> UInt64? {
        for line in read(path).utf8.split(separator: UInt8(ascii: "\n")) {
            let fields = line.split(separator: UInt8(ascii: " "))
            if fields.count == 2, fields[0].elementsEqual(name.utf8) {
                return UInt64(String(decoding: fields[1], as: UTF8.self))
            }
        }
        return nil
    }
}
