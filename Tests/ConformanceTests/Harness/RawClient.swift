import Glibc
import Testing

/// A client of bytes: it sends what the test wants, right or wrong, and reads what the server answers. Every wait is
/// for an event; the limit of one only ends a test that fails.
final class RawClient {
    /// Milliseconds.
    private static let patience: Int32 = 30_000

    let descriptor: Int32
    private var unread: [UInt8] = []
    private var atEnd = false
    /// Lives as long as its clients.
    private let broker: BrokerUnderTest

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    init(_ broker: BrokerUnderTest) throws {
        self.broker = broker
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = broker.port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.connect(descriptor, $0, size) }
        }
        var noDelay: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &noDelay, socklen_t(MemoryLayout<Int32>.size))
        guard result == 0 else { throw Failure(description: "connect to port \(broker.port): errno \(errno)") }
    }

    deinit { close(descriptor) }

    /// Another client of the same broker.
    func sibling(_ clientID: String) throws -> RawClient { try broker.connect(clientID) }

    /// Ends the connection without DISCONNECT.
    func drop() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    func send(_ packets: [UInt8]...) throws {
        var rest = Array(packets.joined())[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            // A server may have closed before it has read everything: what it answered is what matters.
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    /// The next packet; nil at the end of the connection.
    func next() throws -> Received? {
        while true {
            if let packet = try take() { return packet }
            if atEnd { return nil }
            try readMore()
        }
    }

    /// The next packets are these, byte for byte.
    func expect(_ packets: [UInt8]..., sourceLocation: SourceLocation = #_sourceLocation) throws {
        for packet in packets {
            let received = try next()
            let wanted = packet.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
            #expect(
                received?.bytes == packet, "got \(received?.description ?? "the end"), wanted \(wanted)",
                sourceLocation: sourceLocation)
        }
    }

    /// The server ends the connection and sends nothing before.
    func expectEnd(sourceLocation: SourceLocation = #_sourceLocation) throws {
        let received = try next()
        #expect(
            received == nil, "got \(received?.description ?? "") instead of the end", sourceLocation: sourceLocation)
    }

    /// Everything that the server sent before now has come, and it is nothing.
    func expectNothing(sourceLocation: SourceLocation = #_sourceLocation) throws {
        try send(Packet.pingreq)
        try expect(Packet.pingresp, sourceLocation: sourceLocation)
    }

    /// What the server sent before it answers a ping, which it has read after all that this client sent.
    func settle() throws -> [Received] {
        try send(Packet.pingreq)
        var received: [Received] = []
        while let packet = try next() {
            if packet.bytes == Packet.pingresp { return received }
            received.append(packet)
        }
        throw Failure(description: "the connection ended before PINGRESP, after \(received)")
    }

    /// The next packet, which must be a PUBLISH.
    func message(sourceLocation: SourceLocation = #_sourceLocation) throws -> Received {
        let received = try next()
        guard let received, received.isPublish else {
            throw Failure(
                description: "\(sourceLocation): got \(received?.description ?? "the end") instead of a PUBLISH")
        }
        return received
    }

    func subscribe(_ filter: String, qos: UInt8 = 0, sourceLocation: SourceLocation = #_sourceLocation) throws {
        try send(Packet.subscribe(9, (filter, qos)))
        try expect(Packet.suback(9, qos), sourceLocation: sourceLocation)
    }

    /// Publishes and completes the exchange.
    func publish(
        _ topic: String, _ payload: String = "", qos: UInt8 = 0, retain: Bool = false,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        try send(Packet.publish(topic, payload, qos: qos, id: 7, retain: retain))
        switch qos {
        case 0: try expectNothing(sourceLocation: sourceLocation)
        case 1: try expect(Packet.puback(7), sourceLocation: sourceLocation)
        default:
            try expect(Packet.pubrec(7), sourceLocation: sourceLocation)
            try send(Packet.pubrel(7))
            try expect(Packet.pubcomp(7), sourceLocation: sourceLocation)
        }
    }

    /// DISCONNECT, until the server has closed.
    func disconnect(sourceLocation: SourceLocation = #_sourceLocation) throws {
        try send(Packet.disconnect)
        try expectEnd(sourceLocation: sourceLocation)
    }

    private func take() throws -> Received? {
        var length = 0
        var index = 1
        while true {
            guard index < unread.count else { return nil }
            length |= Int(unread[index] & 0x7F) << (7 * (index - 1))
            index += 1
            if unread[index - 1] & 0x80 == 0 { break }
            guard index < 5 else { throw Failure(description: "a remaining length of more than four bytes") }
        }
        guard unread.count >= index + length else { return nil }
        defer { unread.removeFirst(index + length) }
        return try Received(first: unread[0], body: Array(unread[index..<(index + length)]))
    }

    private func readMore() throws {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&entry, 1, Self.patience) == 1 else {
            throw Failure(description: "the server has sent nothing for \(Self.patience / 1000) s")
        }
        var chunk = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &chunk, chunk.count, 0)
        if count > 0 { unread += chunk[..<count] } else { atEnd = true }
    }
}

extension RawClient {
    /// Has the kernel hold little for this connection, so that a test need not fill megabytes.
    func shrinkBuffers() {
        var size: Int32 = 16_384
        for option in [SO_SNDBUF, SO_RCVBUF] {
            setsockopt(descriptor, SOL_SOCKET, option, &size, socklen_t(MemoryLayout<Int32>.size))
        }
    }

    /// Sends what the socket takes now, at least nothing.
    /// - Returns: so many bytes.
    func sendSome(_ bytes: [UInt8]) -> Int {
        max(0, Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)))
    }
}
