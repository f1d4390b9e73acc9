import Foundation

/// Reads lines from a pipe, waiting for them with a deadline. Keeps every line it has seen, so that a failure can
/// show what was there instead.
final class LineReader {
    private let descriptor: Int32
    private var pending: [UInt8] = []
    private var unread: [String] = []
    private(set) var seen: [String] = []
    private(set) var atEnd = false

    init(owning descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// The next line, or nil at the end or when the deadline has passed.
    func next(_ deadline: Deadline = Deadline()) -> String? {
        while unread.isEmpty, !atEnd, deadline.waitReadable(descriptor) { readMore() }
        guard !unread.isEmpty else { return nil }
        return unread.removeFirst()
    }

    /// The first following line for which the condition holds; the lines before it are passed over.
    func first(_ deadline: Deadline = Deadline(), where condition: (String) -> Bool) -> String? {
        while let line = next(deadline) {
            if condition(line) { return line }
        }
        return nil
    }

    /// All lines up to the end of the stream.
    func rest(_ deadline: Deadline = Deadline()) -> [String] {
        var lines: [String] = []
        while let line = next(deadline) { lines.append(line) }
        return lines
    }

    private func readMore() {
        var chunk = [UInt8](repeating: 0, count: 65536)
        let count = read(descriptor, &chunk, chunk.count)
        if count < 0, errno == EINTR || errno == EAGAIN { return }
        guard count > 0 else {
            atEnd = true
            if !pending.isEmpty { take(pending[...]) }
            pending = []
            return
        }
        pending.append(contentsOf: chunk[..<count])
        while let newline = pending.firstIndex(of: UInt8(ascii: "\n")) {
            take(pending[..<newline])
            pending.removeSubrange(...newline)
        }
    }

    private func take(_ bytes: ArraySlice<UInt8>) {
        let line = String(decoding: bytes, as: UTF8.self)
        unread.append(line)
        seen.append(line)
    }
}
