import Glibc
import Testing

/// `greengrassd broker`, a process of its own for one test, on a port of loopback.
final class BrokerUnderTest {
    let port: UInt16
    let pid: pid_t
    /// Closed when the process ends: the descriptor on which it says that it listens.
    private let output: Int32

    /// `GREENGRASSD`, or the debug build.
    private static var program: String {
        if let path = getenv("GREENGRASSD") { return String(cString: path) }
        var folders = #filePath.split(separator: "/")
        folders.removeLast(4)
        return "/" + folders.joined(separator: "/") + "/.build/debug/greengrassd"
    }

    /// - Parameter refused: filters that SUBACK refuses.
    init(refusing refused: [String] = []) throws {
        port = try Self.freePort()
        let words =
            [Self.program, "broker", "--port", String(port)] + refused.flatMap { ["--refuse", $0] }
        let argv = words.map { strdup($0) } + [nil]
        defer { for pointer in argv { free(pointer) } }
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw RawClient.Failure(description: "pipe: errno \(errno)") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        output = ends[0]
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        posix_spawn_file_actions_adddup2(&actions, ends[1], 2)
        var child: pid_t = 0
        let result = posix_spawn(&child, words[0], &actions, nil, argv, environ)
        pid = child
        close(ends[1])
        guard result == 0 else {
            throw RawClient.Failure(description: "\(words[0]) could not be started: errno \(result)")
        }
        try awaitListening()
    }

    deinit {
        close(output)
        guard pid > 0 else { return }
        kill(pid, SIGKILL)
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
    }

    /// A connection on which nothing was sent yet.
    func client() throws -> RawClient { try RawClient(self) }

    /// A client that is connected.
    func connect(_ clientID: String, clean: Bool = true, present: Bool = false, will: Packet.Will? = nil) throws
        -> RawClient
    {
        let client = try client()
        try client.send(Packet.connect(clientID, clean: clean, will: will))
        try client.expect(Packet.connack(present: present))
        return client
    }

    /// What a subscriber to everything gets to see after a client has sent bytes and was cut off for them.
    func messages(after bytes: [UInt8], from clientID: String = "offender") throws -> [Received] {
        let witness = try connect("witness")
        try witness.subscribe("#")
        let offender = try connect(clientID)
        try offender.send(bytes)
        while try offender.next() != nil {}
        return try witness.settle()
    }

    private func awaitListening() throws {
        var text: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4_096)
        while true {
            var entry = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
            let isReady = poll(&entry, 1, 60_000) == 1
            let count = isReady ? read(output, &chunk, chunk.count) : 0
            let said = String(decoding: text, as: UTF8.self)
            guard count > 0 else { throw RawClient.Failure(description: "the broker does not listen: \(said)") }
            text += chunk[..<count]
            if String(decoding: text, as: UTF8.self).contains(":\(port)") { return }
        }
    }

    /// A port that was free a moment ago, below those that the kernel gives to outgoing connections.
    private static func freePort() throws -> UInt16 {
        for _ in 0..<1_000 {
            let port = UInt16.random(in: 10_000..<30_000)
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
            defer { close(descriptor) }
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            let size = socklen_t(MemoryLayout<sockaddr_in>.size)
            let result = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) }
            }
            if result == 0 { return port }
        }
        throw RawClient.Failure(description: "no free port between 10000 and 30000")
    }
}
