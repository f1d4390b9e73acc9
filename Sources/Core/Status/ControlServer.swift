import Bytes
import HTTP
import JSON
import Linux

/// Answers `greengrassd status` and `trace` on a Unix socket that root and the core's user alone can open.
final class ControlServer: EventHandler {
    /// A topic on a command line is at most as long (execve(2)).
    static let mostQuestionBytes = 131_072
    /// `status` asks once; more at one time is a mistake.
    private static let mostConnections = 16
    /// A client that does not ask within that time is cut, nanoseconds.
    private static let patience: Int64 = 5_000_000_000
    /// How long accepting rests when descriptors are used up, nanoseconds.
    private static let rest: Int64 = 1_000_000_000

    private let listener: Int32
    private let reactor: Reactor
    private let answer: (HTTPRequest) -> JSON?
    private var connections: [Int32: ControlConnection] = [:]

    init(path: String, reactor: Reactor, answer: @escaping (HTTPRequest) -> JSON?) throws(SystemError) {
        self.reactor = reactor
        self.answer = answer
        listener = try Socket.listen(unixPath: path, mode: 0o600)
        try reactor.add(listener, .readable, self)
    }

    func handle(_ events: Events) {
        while true {
            switch Socket.accept(listener) {
            case .accepted(let descriptor, _): begin(descriptor)
            case .wouldBlock: return
            case .exhausted: return rest()
            }
        }
    }

    private func begin(_ descriptor: Int32) {
        guard connections.count < Self.mostConnections else { return FileDescriptor.close(descriptor) }
        let connection = ControlConnection(
            descriptor: descriptor, answer: answer,
            waitToWrite: { [self] in waitToWrite(descriptor) }, close: { [self] in close(descriptor) })
        do throws(SystemError) {
            try reactor.add(descriptor, .readable, connection)
        } catch {
            return FileDescriptor.close(descriptor)
        }
        connections[descriptor] = connection
        connection.deadline = reactor.schedule(afterNanoseconds: Self.patience) { [self] in close(descriptor) }
    }

    /// The descriptor table is full: the listener would wake us in every turn until that changes.
    private func rest() {
        watchListener([])
        reactor.schedule(afterNanoseconds: Self.rest) { [self] in watchListener(.readable) }
    }

    private func watchListener(_ events: Events) {
        // It is watched already: the kernel has nothing to refuse.
        do throws(SystemError) { try reactor.modify(listener, events) } catch { return }
    }

    private func waitToWrite(_ descriptor: Int32) {
        do throws(SystemError) { try reactor.modify(descriptor, .writable) } catch { close(descriptor) }
    }

    private func close(_ descriptor: Int32) {
        guard let connection = connections.removeValue(forKey: descriptor) else { return }
        if let deadline = connection.deadline { reactor.cancel(deadline) }
        reactor.remove(descriptor)
        FileDescriptor.close(descriptor)
    }
}

/// One question and its answer.
private final class ControlConnection: EventHandler {
    var deadline: TimerID?
    private let descriptor: Int32
    private let answer: (HTTPRequest) -> JSON?
    private let waitToWrite: () -> Void
    private let close: () -> Void
    private var input = ByteBuffer()
    private var output = ByteBuffer()
    private var parser = HTTPRequestParser(limits: HTTPLimits(bodyBytes: Int64(ControlServer.mostQuestionBytes)))

    init(
        descriptor: Int32, answer: @escaping (HTTPRequest) -> JSON?, waitToWrite: @escaping () -> Void,
        close: @escaping () -> Void
    ) {
        self.descriptor = descriptor
        self.answer = answer
        self.waitToWrite = waitToWrite
        self.close = close
    }

    func handle(_ events: Events) {
        if !output.isEmpty { return flush() }
        let room = input.prepareToWrite(minimum: 4096)
        switch IO.read(descriptor, into: room) {
        case .bytes(let count): input.commit(count)
        case .wouldBlock: return
        case .closed, .failed: return close()
        }
        do throws(HTTPError) {
            guard let request = try parser.next(from: &input) else { return }
            if let answer = answer(request) {
                HTTPWriter.beginResponse(.ok, to: &output)
                HTTPWriter.header("Content-Type", "application/json" as StaticString, to: &output)
                HTTPWriter.end(answer.serialized(), keepsAlive: false, to: &output)
            } else {
                HTTPWriter.beginResponse(.notFound, to: &output)
                HTTPWriter.end(keepsAlive: false, to: &output)
            }
        } catch {
            HTTPWriter.errorResponse(error, to: &output)
        }
        flush()
    }

    private func flush() {
        while !output.isEmpty {
            switch IO.write(descriptor, output.readable) {
            case .bytes(let count): output.consume(count)
            case .wouldBlock: return waitToWrite()
            case .closed, .failed: return close()
            }
        }
        close()
    }
}
