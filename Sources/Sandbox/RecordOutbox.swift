import Linux

/// Sends records in order over one end of the pair of core and supervisor, and keeps those for which the socket has no
/// room: a group may start hundreds of functions at once, and none of its records may be lost.
public final class RecordOutbox {
    /// Most records that wait; a peer that lets more come together does not work any more.
    public static let mostWaiting = 4096

    private let socket: Int32
    private var waiting: [(bytes: [UInt8], descriptors: [Int32])] = []

    /// - Parameter socket: does not block; it stays the caller's.
    public init(socket: Int32) {
        self.socket = socket
    }

    deinit {
        discard()
    }

    /// Whether everything has gone out. Until then the caller watches the socket for `writable` and calls `flush()`.
    public var isEmpty: Bool { waiting.isEmpty }

    /// Sends a record now or with a later `flush()`.
    /// - Parameter descriptors: travel with it; they are closed in any case.
    /// - Returns: false when the peer is gone or does not read.
    public func send(_ bytes: [UInt8], _ descriptors: [Int32] = []) -> Bool {
        guard waiting.count < Self.mostWaiting else {
            Self.close(descriptors)
            return false
        }
        waiting.append((bytes, descriptors))
        return waiting.count > 1 || flush()
    }

    /// Sends what the socket takes.
    /// - Returns: false when the peer is gone.
    @discardableResult
    public func flush() -> Bool {
        var count = 0
        defer { waiting.removeFirst(count) }
        while count < waiting.count {
            switch RecordSocket.send(socket, waiting[count].bytes, waiting[count].descriptors) {
            case .sent:
                Self.close(waiting[count].descriptors)
                count += 1
            case .wouldBlock: return true
            case .failed: return false
            }
        }
        return true
    }

    /// Gives up what has not gone out.
    public func discard() {
        for record in waiting { Self.close(record.descriptors) }
        waiting.removeAll()
    }

    private static func close(_ descriptors: [Int32]) {
        for descriptor in descriptors { FileDescriptor.close(descriptor) }
    }
}
