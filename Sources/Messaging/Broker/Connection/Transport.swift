import Linux
import TLS

/// What carries a connection's bytes.
enum Transport {
    case plain(Int32)
    case secure(TLSConnection)

    /// Reads what is there, at most the buffer's size.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> TLSResult {
        switch self {
        case .secure(let connection): connection.read(into: buffer)
        case .plain(let descriptor):
            switch IO.receive(descriptor, into: buffer) {
            case .bytes(let count): .done(count)
            case .wouldBlock: .wantRead
            case .closed: .closed
            case .failed(let code): .failed(.system(code))
            }
        }
    }

    /// Writes what the other end takes now, perhaps only the beginning.
    func write(_ bytes: UnsafeRawBufferPointer) -> TLSResult {
        switch self {
        case .secure(let connection): connection.write(bytes)
        case .plain(let descriptor):
            switch IO.send(descriptor, bytes) {
            case .bytes(let count): .done(count)
            case .wouldBlock: .wantWrite
            case .closed: .closed
            case .failed(let code): .failed(.system(code))
            }
        }
    }

    /// Says goodbye, without waiting for the answer.
    func shutdown() {
        if case .secure(let connection) = self { _ = connection.shutdown() }
    }

    /// Whether bytes may wait in memory, where the reactor does not see them.
    var mayHoldBytes: Bool {
        switch self {
        case .secure(let connection): connection.hasPending
        case .plain: false
        }
    }

    /// For logs.
    var name: String {
        switch self {
        case .secure(let connection): connection.protocolName
        case .plain: "without TLS"
        }
    }
}
