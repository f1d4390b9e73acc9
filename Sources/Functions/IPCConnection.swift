import Bytes
import HTTP
import Linux

/// One connection to the local endpoint: requests in, one at a time, answers out.
final class IPCConnection: EventHandler {
    let number: UInt32
    private let fd: Int32
    private let server: IPCServer
    private var parser = HTTPRequestParser()
    private var input = ByteBuffer()
    private var output = ByteBuffer()
    /// Counts requests: an answer to an earlier one finds that it is late.
    private var sequence: UInt32 = 0
    private var waiting: IPCWaiting?
    private var keepsAlive = true
    private var delivery: IPCDelivery?
    /// Bytes read since the last complete request, counted in the server's sum too.
    private var held: Int64 = 0
    /// Bytes of answers that wait for the client, as far as they are counted as its worker's.
    private var unread: Int64 = 0
    private var interest: Events = .readable
    private var fillsRoom = false
    private var isProcessing = false
    private var isClosing = false
    private var closesAfterOutput = false
    private(set) var isOpen = true
    /// The worker whose token the last request carried.
    private(set) var worker: UInt32?
    /// When the connection is closed if nothing happens; nil for workers.
    private(set) var deadline: Int64?

    init(number: UInt32, descriptor: Int32, server: IPCServer, at now: Int64) {
        self.number = number
        fd = descriptor
        self.server = server
        deadline = now + server.limits.strangerPatience
    }

    /// Begins to watch.
    func open() throws(SystemError) {
        try server.reactor.add(fd, interest, self)
    }

    func handle(_ events: Events) {
        if events.contains(.writable) { flush() }
        guard isOpen else { return }
        if events.contains(.readable) || events.contains(.hangUp) { take() }
    }

    /// A request carried the token of a worker.
    func belongs(to worker: UInt32) {
        if let earlier = self.worker { server.countUnread(-unread, of: earlier) }
        unread = 0
        self.worker = worker
        deadline = nil
    }

    /// What the present request waits for.
    func waits(for what: IPCWaiting) {
        if waiting != nil { waiting = what }
    }

    /// Writes the answer to a request.
    /// - Returns: false when the request is not waiting any more.
    func answer(_ sequence: UInt32, _ response: IPCResponse, delivery: IPCDelivery?) -> Bool {
        guard isOpen, waiting != nil, sequence == self.sequence else { return false }
        waiting = nil
        let keeps = keepsAlive && !response.closes
        response.write(to: &output, keepsAlive: keeps)
        self.delivery = delivery
        // The client has sent all it has to say: nothing unread can spoil the end.
        if !keeps { beginClosing(isClean: input.isEmpty) }
        if deadline != nil, keeps { deadline = Clock.monotonic() + server.limits.strangerPatience }
        flush()
        if isOpen, !countUnread() { close() }
        // Whoever called from within `process` goes on there.
        if isOpen, !isProcessing { process() }
        return true
    }

    func close() {
        guard isOpen else { return }
        isOpen = false
        server.reactor.remove(fd)
        FileDescriptor.close(fd)
        server.incomplete -= held
        held = 0
        output = ByteBuffer()
        countUnread()
        let unanswered = waiting
        let undelivered = delivery
        waiting = nil
        delivery = nil
        server.closed(self)
        if let unanswered { server.handler?.abandoned(unanswered, poll) }
        if let undelivered { server.handler?.undelivered(undelivered) }
    }

    @discardableResult
    private func countUnread() -> Bool {
        guard let worker else { return true }
        let change = Int64(output.count) - unread
        unread = Int64(output.count)
        return server.countUnread(change, of: worker)
    }

    private var poll: PollID { PollID(UInt64(number) << 32 | UInt64(sequence)) }

    private func take() {
        // Small at first: most requests are. A body that fills the room gets more.
        let room = input.prepareToWrite(minimum: fillsRoom ? 32_768 : 4096)
        let most = min(room.count, server.limits.bytesPerTurn)
        switch IO.read(fd, into: UnsafeMutableRawBufferPointer(rebasing: room[..<most])) {
        case .bytes(let count):
            fillsRoom = count == most
            // What a refused client still sends is of no interest.
            if isClosing { return }
            input.commit(count)
            held += Int64(count)
            server.incomplete += Int64(count)
            if server.incomplete > server.limits.incomplete {
                refuse(.serviceUnavailable, "The core's memory for incomplete requests is used up. Try again.")
                return
            }
            process()
        case .wouldBlock: return
        case .closed, .failed: close()
        }
    }

    private func process() {
        isProcessing = true
        defer { isProcessing = false }
        // A client that does not read its answers is not served further.
        while isOpen, waiting == nil, !isClosing, output.isEmpty {
            let request: HTTPRequest?
            do throws(HTTPError) {
                request = try parser.next(from: &input)
            } catch {
                HTTPWriter.errorResponse(error, to: &output)
                beginClosing()
                flush()
                return
            }
            guard let request else {
                if parser.wantsContinue {
                    parser.wantsContinue = false
                    HTTPWriter.continueResponse(to: &output)
                    flush()
                }
                break
            }
            server.incomplete -= held
            held = Int64(input.count)
            server.incomplete += held
            sequence &+= 1
            keepsAlive = request.keepsAlive
            waiting = .answer
            server.handler?.received(request, poll)
        }
        updateInterest()
    }

    private func refuse(_ status: HTTPStatus, _ sentence: String) {
        IPCResponse.refusal(status, sentence).write(to: &output, keepsAlive: false)
        beginClosing()
        flush()
    }

    /// After the last answer the client is to close: closing at once with unread input would make the kernel reset the
    /// connection and take the answer away (RFC 9112 section 9.6).
    private func beginClosing(isClean: Bool = false) {
        isClosing = true
        closesAfterOutput = isClean
        deadline = Clock.monotonic() + server.limits.closing
        server.sweepLater()
    }

    private func flush() {
        while !output.isEmpty {
            switch IO.write(fd, output.readable) {
            case .bytes(let count): output.consume(count)
            case .wouldBlock:
                updateInterest()
                return
            case .closed, .failed:
                close()
                return
            }
        }
        delivery = nil
        countUnread()
        updateInterest()
        if closesAfterOutput {
            close()
            return
        }
        if waiting == nil, !isProcessing, !isClosing, !input.isEmpty { process() }
    }

    private func updateInterest() {
        guard isOpen else { return }
        var wanted: Events = []
        if isClosing || input.count < server.limits.ahead || waiting == nil && output.isEmpty {
            wanted.insert(.readable)
        }
        if !output.isEmpty { wanted.insert(.writable) }
        if wanted == interest { return }
        interest = wanted
        do throws(SystemError) { try server.reactor.modify(fd, wanted) } catch { close() }
    }
}
