import Bytes
import CLinux
import Linux
import MQTT

/// A client on a plain socket that never waits.
final class TestClient {
    let descriptor: Int32
    private var buffer = ByteBuffer()
    private var received: [Packet] = []
    private(set) var isEnded = false

    struct Failed: Error {
        let step: String
        let code: Int32
    }

    init(port: UInt16) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Failed(step: "socket", code: clinux_errno()) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        guard clinux_connect(descriptor, &address, size) == 0 else {
            throw Failed(step: "connect", code: clinux_errno())
        }
    }

    deinit {
        CLinux.close(descriptor)
    }

    func makeNonBlocking() {
        FileDescriptor.makeNonBlocking(descriptor)
    }

    func send(_ packet: Packet) throws {
        try send(encoded(packet))
    }

    func send(_ bytes: [UInt8]) throws {
        let count = CLinux.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        guard count == bytes.count else { throw Failed(step: "send", code: clinux_errno()) }
    }

    /// Sends what the socket takes now.
    /// - Returns: so many bytes.
    func sendSome(_ bytes: ArraySlice<UInt8>) -> Int {
        let count = bytes.withUnsafeBytes {
            CLinux.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
        }
        return max(0, count)
    }

    func publish(_ topic: String, _ payload: [UInt8]) throws {
        try send(.publish(Publish(topic: try topic.topic(), payload: payload)))
    }

    /// Everything that came since the last `forget`.
    func receive() throws -> [Packet] {
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while !isEnded {
            let count = recv(descriptor, &chunk, chunk.count, Int32(MSG_DONTWAIT))
            if count > 0 {
                buffer.append(Array(chunk[0..<count]))
            } else if count == 0 || clinux_errno() != EAGAIN {
                isEnded = true
            } else {
                break
            }
        }
        while let packet = try Packet.read(from: &buffer) { received.append(packet) }
        return received
    }

    /// Takes everything that came off the socket unread.
    /// - Returns: so many bytes.
    func drain() -> Int {
        var chunk = [UInt8](repeating: 0, count: 65_536)
        var total = 0
        while true {
            let count = recv(descriptor, &chunk, chunk.count, Int32(MSG_DONTWAIT))
            if count <= 0 { return total }
            total += count
        }
    }

    func forget() { received = [] }

    /// Forgets the packets that came first.
    func forget(first count: Int) { received.removeFirst(count) }

    /// The payloads of the messages that came.
    func payloads() throws -> [[UInt8]] {
        try receive().compactMap { packet in
            if case .publish(let publish) = packet { publish.payload } else { nil }
        }
    }
}

/// Has the kernel hold little for a socket, so that a test need not fill megabytes.
func shrinkKernelBuffers(_ descriptor: Int32) {
    for option in [SO_SNDBUF, SO_RCVBUF] {
        var size: Int32 = 65_536
        setsockopt(descriptor, SOL_SOCKET, option, &size, socklen_t(MemoryLayout<Int32>.size))
    }
}
