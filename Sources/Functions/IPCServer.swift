import Bytes
import HTTP
import Linux
import Log

/// The sockets of the local endpoint: HTTP/1.1 on 127.0.0.1 and ::1, and on a Unix socket for the core's own runtimes
/// (docs/architecture.md, docs/function-protocol.md).
final class IPCServer {
    let reactor: Reactor
    let limits: IPCLimits
    /// Bytes of incomplete requests, all connections together, and those of each worker.
    private var incomplete: Int64 = 0
    private var incompleteOfWorker: [UInt32: Int64] = [:]
    private(set) var handler: (any IPCRequestHandler)?

    private let log: Logger
    private var listeners: [IPCListener] = []
    private var connections: [UInt32: IPCConnection] = [:]
    private var countOfWorker: [UInt32: Int] = [:]
    private var unreadOfWorker: [UInt32: Int64] = [:]
    private var lastConnection: UInt32 = 0
    private var isSweeping = false
    private var isOpen = false

    /// Connections closed because there were too many.
    private(set) var refusedConnections: Int64 = 0

    var connectionCount: Int { connections.count }

    init(reactor: Reactor, log: Logger, limits: IPCLimits = IPCLimits()) {
        self.reactor = reactor
        self.log = log
        self.limits = limits
    }

    /// Listens.
    /// - Parameter socketPath: nil for no Unix socket.
    /// - Returns: the TCP port, for port 0.
    func open(port: UInt16, socketPath: String?, handler: any IPCRequestHandler) throws(SystemError) -> UInt16 {
        var descriptors = try Socket.listenOnLoopback(port: port)
        let given = Socket.localPort(descriptors[0])
        if let socketPath {
            do throws(SystemError) {
                try Files.makeDirectories(Path.parent(socketPath), mode: 0o755)
                // Any local user may knock: the token decides.
                descriptors.append(try Socket.listen(unixPath: socketPath, mode: 0o666))
            } catch {
                for descriptor in descriptors { FileDescriptor.close(descriptor) }
                throw error
            }
        }
        for descriptor in descriptors { listeners.append(IPCListener(descriptor: descriptor, server: self)) }
        do throws(SystemError) {
            for listener in listeners { try listener.open() }
        } catch {
            close()
            throw error
        }
        self.handler = handler
        isOpen = true
        return given
    }

    /// Closes everything; unanswered requests stay unanswered.
    func close() {
        isOpen = false
        for listener in listeners { listener.close() }
        listeners.removeAll()
        handler = nil
        for connection in [IPCConnection](connections.values) { connection.close() }
    }

    func accepted(_ descriptor: Int32) {
        guard isOpen else {
            FileDescriptor.close(descriptor)
            return
        }
        makeRoom()
        guard connections.count < limits.connections else {
            refused()
            FileDescriptor.close(descriptor)
            return
        }
        repeat { lastConnection &+= 1 } while connections[lastConnection] != nil
        let connection = IPCConnection(
            number: lastConnection, descriptor: descriptor, server: self, at: Clock.monotonic())
        do throws(SystemError) {
            try connection.open()
        } catch {
            FileDescriptor.close(descriptor)
            return
        }
        connections[lastConnection] = connection
        sweepLater()
    }

    /// Counts bytes that a worker has, or no longer has, to read.
    /// - Returns: whether they are as few as they may be.
    @discardableResult
    func countUnread(_ change: Int64, of worker: UInt32) -> Bool {
        let unread = (unreadOfWorker[worker] ?? 0) + change
        unreadOfWorker[worker] = unread > 0 ? unread : nil
        return unread <= limits.unreadPerWorker
    }

    /// Counts bytes of incomplete requests.
    func countIncomplete(_ change: Int64, of worker: UInt32?) {
        incomplete += change
        guard let worker, change != 0 else { return }
        let held = (incompleteOfWorker[worker] ?? 0) + change
        incompleteOfWorker[worker] = held > 0 ? held : nil
    }

    /// Whether a connection has more of an incomplete request than it may, alone or with its worker's others.
    func holdsTooMuch(_ connection: IPCConnection) -> Bool {
        guard let worker = connection.worker else { return connection.held > limits.incompletePerStranger }
        return (incompleteOfWorker[worker] ?? 0) > limits.incompletePerWorker
    }

    /// Where all together hold too much, the worker that holds most gives way, or the strangers where there is none:
    /// whoever comes last is not to blame.
    func makeRoomForRequests() {
        guard incomplete > limits.incomplete else { return }
        let worker = incompleteOfWorker.max { $0.value < $1.value }?.key
        var largest: IPCConnection?
        for connection in connections.values where connection.worker == worker {
            if connection.held > largest?.held ?? 0 { largest = connection }
        }
        largest?.refuse(.serviceUnavailable, "The core's memory for incomplete requests is used up. Try again.")
    }

    /// Who sends this, before its body has come.
    func identify(_ connection: IPCConnection, _ request: HTTPRequest) {
        guard let worker = handler?.worker(of: request), worker != connection.worker else { return }
        _ = authenticated(connection, as: worker)
    }

    func resumeLater(_ listener: IPCListener, _ error: SystemError) {
        log.warn("No new connections to the local endpoint for a second: \(error.description).")
        reactor.schedule(afterNanoseconds: limits.acceptPause) { [self] in
            guard isOpen else { return }
            do throws(SystemError) { try listener.open() } catch { resumeLater(listener, error) }
        }
    }

    func closed(_ connection: IPCConnection) {
        connections[connection.number] = nil
        if let worker = connection.worker { discount(worker) }
    }

    /// A request on this connection carried a worker's token.
    /// - Returns: false when the worker has too many connections.
    func authenticated(_ poll: PollID, as worker: UInt32) -> Bool {
        guard let connection = connections[UInt32(poll.number >> 32)] else { return false }
        return authenticated(connection, as: worker)
    }

    private func authenticated(_ connection: IPCConnection, as worker: UInt32) -> Bool {
        if connection.worker == worker { return true }
        guard countOfWorker[worker, default: 0] < limits.connectionsPerWorker else { return false }
        if let earlier = connection.worker { discount(earlier) }
        countOfWorker[worker, default: 0] += 1
        connection.belongs(to: worker)
        return true
    }

    /// The request waits for something.
    func park(_ poll: PollID, for what: IPCWaiting) {
        connections[UInt32(poll.number >> 32)]?.waits(for: what)
    }

    /// Answers a request.
    /// - Returns: false when it does not wait any more.
    @discardableResult
    func answer(_ poll: PollID, _ response: IPCResponse, delivery: IPCDelivery? = nil) -> Bool {
        guard let connection = connections[UInt32(poll.number >> 32)] else { return false }
        return connection.answer(UInt32(truncatingIfNeeded: poll.number), response, delivery: delivery)
    }

    /// Closes a worker's connections: it has ended.
    func closeConnections(of worker: UInt32) {
        guard countOfWorker[worker] != nil else { return }
        for connection in [IPCConnection](connections.values) where connection.worker == worker { connection.close() }
    }

    /// Closes connections that were silent too long, as long as there are any that may be.
    func sweepLater() {
        if isSweeping { return }
        isSweeping = true
        reactor.schedule(afterNanoseconds: 1_000_000_000) { [self] in
            isSweeping = false
            sweep(at: Clock.monotonic())
        }
    }

    private func sweep(at now: Int64) {
        var isNeeded = false
        for connection in [IPCConnection](connections.values) {
            guard let deadline = connection.deadline else { continue }
            if deadline <= now { connection.close() } else { isNeeded = true }
        }
        if isNeeded { sweepLater() }
    }

    /// Too many strangers: the one that came first goes.
    private func makeRoom() {
        var strangers = 0
        var oldest: IPCConnection?
        for connection in connections.values where connection.worker == nil {
            strangers += 1
            // By age, not by number: numbers start again after 2³².
            if let known = oldest, lastConnection &- known.number >= lastConnection &- connection.number { continue }
            oldest = connection
        }
        guard strangers >= limits.strangers || connections.count >= limits.connections, let oldest else { return }
        refused()
        oldest.close()
    }

    private func refused() {
        refusedConnections += 1
        let count = refusedConnections
        if count & (count - 1) == 0 {
            log.warn("Too many connections to the local endpoint: \(count) closed so far.")
        }
    }

    private func discount(_ worker: UInt32) {
        let left = (countOfWorker[worker] ?? 1) - 1
        countOfWorker[worker] = left > 0 ? left : nil
    }
}
