import Foundation
import Linux

/// A blocking-free HTTP client over one connection, driven by the same reactor as the server.
final class TestClient {
    private let reactor: Reactor
    private let fd: Int32
    private var received: [UInt8] = []
    private(set) var isClosed = false

    struct Response {
        let status: Int
        let reason: String
        let headers: [String: String]
        let body: String
    }

    init(reactor: Reactor, port: UInt16) throws {
        self.reactor = reactor
        fd = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(fd, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw SystemError("connect") }
        FileDescriptor.makeNonBlocking(fd)
    }

    init(reactor: Reactor, unixPath: String) throws {
        self.reactor = reactor
        fd = try Socket.connect(unixPath: unixPath, patience: 5000)
        FileDescriptor.makeNonBlocking(fd)
    }

    deinit { close() }

    func close() {
        if !isDropped { FileDescriptor.close(fd) }
        isDropped = true
    }
    private var isDropped = false

    /// Sends bytes as they are.
    func send(_ text: String) throws {
        try IO.writeAll(fd, Array(text.utf8), step: "write")
    }

    func send(_ method: String, _ path: String, _ headers: [String: String] = [:], body: String? = nil) throws {
        var head = "\(method) \(path) HTTP/1.1\r\nHost: localhost:8000\r\n"
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        if let body { head += "Content-Length: \(body.utf8.count)\r\n" }
        try send(head + "\r\n" + (body ?? ""))
    }

    /// Turns the loop until a response is complete; nil where the connection ends before, or nothing comes in a minute.
    func response() throws -> Response? {
        let deadline = Clock.monotonic() + 60_000_000_000
        while Clock.monotonic() < deadline {
            if let response = parse() { return response }
            if isClosed { return nil }
            try turn()
        }
        return nil
    }

    /// Turns the loop until the server closes; false when it has not done so after a minute.
    func closes() throws -> Bool { try Self.oneCloses([self]) }

    /// As `closes`, for any one of some clients.
    static func oneCloses(_ clients: [TestClient]) throws -> Bool {
        let deadline = Clock.monotonic() + 60_000_000_000
        while !clients.contains(where: \.isClosed) && Clock.monotonic() < deadline {
            for client in clients { try client.turn() }
        }
        return clients.contains(where: \.isClosed)
    }

    /// Whether the server has read what was sent, keeps the connection open and answers nothing.
    func hearsNothing() throws -> Bool {
        try settle()
        return !isClosed && parse() == nil
    }

    /// Turns the loop until everything that was sent has reached the server, and some turns more for it to be read.
    ///
    /// What one end of a TCP connection does may reach the other milliseconds later, when the machine is busy.
    func settle() throws {
        let outstanding: UInt = 0x5411  // SIOCOUTQ, tcp(7): bytes that the other end has not got
        var count: Int32 = 1
        while ioctl(fd, outstanding, &count) == 0 && count > 0 { try turn() }
        for _ in 0..<50 { try turn() }
    }

    /// Ends the client's direction; the server sees the end of the connection.
    func finish() { shutdown(fd, Int32(SHUT_WR)) }

    private func turn() throws {
        try reactor.turn(waiting: false)
        let before = received.count
        read()
        if received.count == before && !isClosed { Clock.pause(milliseconds: 1) }
    }

    func request(
        _ method: String, _ path: String, _ headers: [String: String] = [:], body: String? = nil
    ) throws -> Response? {
        try send(method, path, headers, body: body)
        return try response()
    }

    private func read() {
        var room = [UInt8](repeating: 0, count: 65_536)
        while true {
            let result = room.withUnsafeMutableBytes { IO.read(fd, into: $0) }
            switch result {
            case .bytes(let count): received += room[0..<count]
            case .wouldBlock: return
            case .closed, .failed:
                isClosed = true
                return
            }
        }
    }

    private func parse() -> Response? {
        let text = String(decoding: received, as: UTF8.self)
        guard let end = text.range(of: "\r\n\r\n") else { return nil }
        let lines = text[..<end.lowerBound].components(separatedBy: "\r\n")
        let words = lines[0].split(separator: " ", maxSplits: 2)
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
        }
        let headBytes = text[..<end.upperBound].utf8.count
        let length = Int(headers["content-length"] ?? "0") ?? 0
        guard received.count >= headBytes + length else { return nil }
        let body = String(decoding: received[headBytes..<headBytes + length], as: UTF8.self)
        received.removeFirst(headBytes + length)
        return Response(
            status: Int(words[1]) ?? 0, reason: words.count > 2 ? String(words[2]) : "", headers: headers, body: body)
    }
}
