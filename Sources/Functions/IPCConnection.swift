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
    /// Bytes read since the last complete request, counted in the server's sums too.
    private(set) var held: Int64 = 0
    /// Bytes of answers that wait for the client, as far as they are counted as its worker's.
    private var unread: Int64 = 0
    private var interest: Events = .readable
    private var fillsRoom = false
    private var isProcessing = false
    /// More requests have come than one turn serves.
    private var goesOn = false
    private let opened: Int64
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
        opened = now
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
        server.countIncomplete(-held, of: self.worker)
        server.countIncomplete(held, of: worker)
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
        if let delivery { self.delivery = delivery }
        // The client has sent all it has to say: nothing unread can spoil the end.
        if !keeps { beginClosing(isClean: input.isEmpty) }
        if deadline != nil, keeps {
            let limits = server.limits
            deadline = min(Clock.monotonic() + limits.strangerPatience, opened + limits.strangerLifetime)
        }
        // Whoever called from within `process` goes on there, and writes all answers at once.
        if isProcessing { return true }
        flush()
        if isOpen, !countUnread() { close() }
        if isOpen { process() }
        return true
    }

    func close() {
        guard isOpen else { return }
        isOpen = false
        server.reactor.remove(fd)
        FileDescriptor.close(fd)
        hold(0)
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
            hold(held + Int64(count))
            process()
            guard isOpen, !isClosing else { return }
            if let request = parser.head { server.identify(self, request) }
            if server.holdsTooMuch(self) {
                refuseExcess()
            } else {
                server.makeRoomForRequests()
            }
        case .wouldBlock: return
        case .closed, .failed: close()
        }
    }

    /// Serves the requests that have come. What can be answered at once is answered in one write: a worker sends a result
    /// and asks for the next work together.
    private func process() {
        // A client that does not read its answers is not served further.
        guard isOpen, output.isEmpty, !goesOn else {
            updateInterest()
            return
        }
        isProcessing = true
        serve()
        isProcessing = false
        guard isOpen else { return }
        goOnLater()
        if output.isEmpty {
            updateInterest()
        } else {
            flush()
            if isOpen, !countUnread() { close() }
        }
    }

    private func serve() {
        var served = 0
        while isOpen, waiting == nil, !isClosing, output.count < server.limits.answersAtOnce {
            guard served < server.limits.requestsPerTurn else {
                goesOn = true
                return
            }
            served += 1
            let request: HTTPRequest?
            do throws(HTTPError) {
                request = try parser.next(from: &input)
            } catch {
                HTTPWriter.errorResponse(error, to: &output)
                beginClosing()
                return
            }
            guard let request else {
                if parser.wantsContinue {
                    parser.wantsContinue = false
                    HTTPWriter.continueResponse(to: &output)
                }
                return
            }
            hold(Int64(input.count))
            sequence &+= 1
            keepsAlive = request.keepsAlive
            waiting = .answer
            server.handler?.received(request, poll)
        }
    }

    /// The others get their turn in between.
    private func goOnLater() {
        guard goesOn else { return }
        server.reactor.schedule(afterNanoseconds: 0) { [self] in
            goesOn = false
            process()
        }
    }

    private func hold(_ bytes: Int64) {
        server.countIncomplete(bytes - held, of: worker)
        held = bytes
    }

    private func refuseExcess() {
        if worker == nil {
            refuse(
                .unauthorized, "Nobody but a function with its AWS_CONTAINER_AUTHORIZATION_TOKEN may send that much.")
        } else {
            refuse(.serviceUnavailable, "The function has too many large requests under way at once. Try again.")
        }
    }

    /// Ends the connection with a sentence, unless an answer is under way already.
    func refuse(_ status: HTTPStatus, _ sentence: String) {
        guard !isClosing else { return }
        guard output.isEmpty, waiting == nil else {
            close()
            return
        }
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
        if waiting == nil, !isProcessing, !isClosing, !goesOn, !input.isEmpty { process() }
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
