import CLinux
import Linux

/// Whole records with descriptors over the pair of core and supervisor.
public enum RecordSocket {
    public enum Received {
        /// The receiver closes the descriptors.
        case record([UInt8], descriptors: [Int32])
        case wouldBlock
        case closed
        case failed(Int32)
    }

    public enum Sent: Equatable {
        case sent
        case wouldBlock
        case failed(Int32)
    }

    /// Most records that are taken in one turn: whoever sends without pause keeps nobody else waiting.
    static let mostInTurn = 32

    /// Takes the records of one turn; what is left is told by the next event.
    /// - Parameter take: gives whether to go on; it is called with everything but `wouldBlock`.
    public static func receiveTurn(_ fd: Int32, _ take: (Received) -> Bool) {
        for _ in 0..<mostInTurn {
            let received = receive(fd)
            if case .wouldBlock = received { return }
            if !take(received) { return }
        }
    }

    /// Takes one record.
    public static func receive(_ fd: Int32) -> Received {
        var amount = 0
        var descriptors = [Int32](repeating: -1, count: 16)
        var bytes = [UInt8](repeating: 0, count: SupervisorMessage.largestRecord)
        let count = bytes.withUnsafeMutableBytes { room in
            descriptors.withUnsafeMutableBufferPointer { numbers in
                clinux_receive_descriptors(fd, room.baseAddress, room.count, numbers.baseAddress, &amount)
            }
        }
        if count > 0 {
            bytes.removeLast(bytes.count - count)
            descriptors.removeLast(descriptors.count - amount)
            return .record(bytes, descriptors: descriptors)
        }
        if count == 0 { return .closed }
        switch clinux_errno() {
        case EAGAIN, EINTR: return .wouldBlock
        case ECONNRESET: return .closed
        case let code: return .failed(code)
        }
    }

    /// Sends one record, whole or not at all; the descriptors stay the caller's.
    public static func send(_ fd: Int32, _ bytes: [UInt8], _ descriptors: [Int32]) -> Sent {
        bytes.withUnsafeBytes { record in
            descriptors.withUnsafeBufferPointer { numbers in
                while true {
                    let count = clinux_send_descriptors(
                        fd, record.baseAddress, record.count, numbers.baseAddress, numbers.count)
                    if count == record.count { return .sent }
                    // A record is never sent in part (SOCK_SEQPACKET, socket(7)).
                    if count >= 0 { return .failed(EIO) }
                    switch clinux_errno() {
                    case EINTR: continue
                    // ETOOMANYREFS: as many descriptors as allowed are under way until the peer takes some (unix(7)).
                    case EAGAIN, ETOOMANYREFS: return .wouldBlock
                    case let code: return .failed(code)
                    }
                }
            }
        }
    }
}
