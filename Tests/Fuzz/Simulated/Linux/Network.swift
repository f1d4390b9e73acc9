/// One connection: bytes in both directions, and who has closed.
public final class SimulatedConnection {
    public let descriptor: Int32
    public var toServer: [UInt8] = []
    public var toClient: [UInt8] = []
    /// How many bytes may wait for the client before the server's writes are refused.
    public var room = 1 << 20
    public var clientHasClosed = false
    public internal(set) var serverHasClosed = false

    init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> IOResult {
        if toServer.isEmpty { return clientHasClosed ? .closed : .wouldBlock }
        let count = min(buffer.count, toServer.count)
        toServer.withUnsafeBytes { buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[..<count])) }
        toServer.removeFirst(count)
        return .bytes(count)
    }

    func write(_ bytes: UnsafeRawBufferPointer) -> IOResult {
        if clientHasClosed { return .closed }
        let count = min(bytes.count, room - toClient.count)
        if count <= 0 { return .wouldBlock }
        toClient.append(contentsOf: bytes[..<count])
        return .bytes(count)
    }

    var events: Events {
        var events = Events()
        if !toServer.isEmpty || clientHasClosed { events.insert(.readable) }
        if toClient.count < room || clientHasClosed { events.insert(.writable) }
        if clientHasClosed { events.insert(.hangUp) }
        return events
    }
}

/// Every descriptor there is.
public enum Network {
    /// The first one has the descriptor after the listener's.
    nonisolated(unsafe) private static var connections: [SimulatedConnection] = []
    nonisolated(unsafe) static var waiting: [SimulatedConnection] = []

    static let listener: Int32 = 3

    public static func reset() {
        connections.removeAll(keepingCapacity: true)
        waiting.removeAll(keepingCapacity: true)
    }

    public static func connect() -> SimulatedConnection {
        let connection = SimulatedConnection(descriptor: listener + 1 + Int32(connections.count))
        connections.append(connection)
        waiting.append(connection)
        return connection
    }

    static func connection(_ descriptor: Int32) -> SimulatedConnection? {
        let index = Int(descriptor - listener - 1)
        return connections.indices.contains(index) ? connections[index] : nil
    }

    /// Descriptors that nobody has closed.
    public static var openByServer: Int { connections.count { !$0.serverHasClosed } }
}

public struct PeerAddress {
    public let text: String
}

public enum AcceptResult {
    case accepted(Int32, PeerAddress)
    case wouldBlock
    case exhausted(Int32)
}

public enum Socket {
    public static func listen(port: UInt16) throws(SystemError) -> Int32 { Network.listener }

    public static func listenOnLoopback(port: UInt16) throws(SystemError) -> [Int32] { [Network.listener] }

    public static func localPort(_ descriptor: Int32) -> UInt16 { 1883 }

    public static func accept(_ listener: Int32) -> AcceptResult {
        guard let first = Network.waiting.first else { return .wouldBlock }
        Network.waiting.removeFirst()
        return .accepted(first.descriptor, PeerAddress(text: "192.0.2.\(first.descriptor % 3):\(first.descriptor)"))
    }
}

public enum FileDescriptor {
    public static func close(_ descriptor: Int32) {
        Network.connection(descriptor)?.serverHasClosed = true
    }
}

public enum IO {
    public static func receive(_ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer) -> IOResult {
        guard let connection = Network.connection(descriptor), !connection.serverHasClosed else { return .failed(9) }
        return connection.read(into: buffer)
    }

    public static func send(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> IOResult {
        guard let connection = Network.connection(descriptor), !connection.serverHasClosed else { return .failed(9) }
        return connection.write(bytes)
    }
}
