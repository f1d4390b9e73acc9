import CLinux
import Linux

/// A log file bounded in size: when half the space is used the file becomes `NAME.1`, replacing an older one, so that
/// both together never take more than the space (row LOG-04).
///
/// Lines go out with one write(2) each and no sync: a log never makes a message wait for the disk.
public final class LogFile {
    /// The default of V1, 128 KB (row LOG-03).
    public static let defaultSpace: Int64 = 128 * 1024

    /// Room for the line that tells of lost ones.
    private static let lossLength: Int64 = 128

    public let path: String
    /// Lines that could not be written, for instance on a full disk, since the last one that could.
    private(set) var lostLines: UInt64 = 0

    private let space: Int64
    private var fd: Int32 = -1
    private var size: Int64 = 0

    /// - Parameters:
    ///   - space: most bytes this log takes on the disk, both files together.
    public init(path: String, space: Int64 = LogFile.defaultSpace) {
        self.path = path
        self.space = max(space, 4096)
    }

    deinit {
        close()
    }

    /// Appends one line. A file that was removed or cannot be written is opened anew with the next line; how many lines
    /// a full disk cost is written when there is room again.
    public func append(_ line: [UInt8]) {
        if fd >= 0, clinux_link_count(fd) == 0 { close() }
        if fd < 0 { open() }
        let length = Int64(line.count) + (lostLines > 0 ? Self.lossLength : 0)
        if fd >= 0, size > 0, size + length > space / 2 {
            rotate()
            if fd < 0 { open() }
        }
        guard fd >= 0, tellLoss(), write(line) else {
            lostLines += 1
            close()
            return
        }
    }

    private func tellLoss() -> Bool {
        if lostLines == 0 { return true }
        let message = "\(lostLines) lines before this one are lost: they could not be written."
        let line = LogLine.format(milliseconds: Clock.realtime(), level: .warn, message: message.utf8)
        guard write(line) else { return false }
        lostLines = 0
        return true
    }

    private func write(_ line: [UInt8]) -> Bool {
        do throws(SystemError) {
            try IO.writeAll(fd, line, step: "write \(path)")
            size += Int64(line.count)
            return true
        } catch {
            // What fitted on the disk is half a line.
            _ = ftruncate(fd, off_t(size))
            return false
        }
    }

    private func close() {
        if fd >= 0 { FileDescriptor.close(fd) }
        fd = -1
    }

    private func open() {
        do throws(SystemError) {
            try Files.makeDirectories(Path.parent(path), mode: 0o700)
        } catch {
            return
        }
        // O_NOFOLLOW: a link planted in the log folder must not lead the core's writes elsewhere.
        fd = clinux_open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard fd >= 0 else { return }
        size = 0
        do throws(SystemError) { size = try Files.status(path)?.size ?? 0 } catch {}
    }

    private func rotate() {
        do throws(SystemError) { try Files.rename(path, to: path + ".1") } catch { return }
        close()
        size = 0
    }
}
