import Linux

/// One listening socket of the local endpoint.
final class IPCListener: EventHandler {
    private let fd: Int32
    private let server: IPCServer

    init(descriptor: Int32, server: IPCServer) {
        fd = descriptor
        self.server = server
    }

    func open() throws(SystemError) {
        try server.reactor.add(fd, .readable, self)
    }

    func close() {
        server.reactor.remove(fd)
        FileDescriptor.close(fd)
    }

    func handle(_ events: Events) {
        for _ in 0..<server.limits.acceptsPerTurn {
            switch Socket.accept(fd) {
            case .accepted(let descriptor, _): server.accepted(descriptor)
            case .wouldBlock: return
            case .exhausted(let code):
                // The connection stays in the kernel's queue, and the socket would wake us for ever.
                server.reactor.remove(fd)
                server.resumeLater(self, SystemError("accept", code: code))
                return
            }
        }
    }
}
