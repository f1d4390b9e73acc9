import Bytes
import HTTP
import Linux
import TLS

/// One request and its answer over a connection that stands.
///
/// Used once, and the connection ends with it. The answer is bounded in size and the whole exchange in time;
/// `completion` is called once, in a later turn, unless it is cancelled before.
public final class HTTPSExchange: EventHandler {
    /// What one turn reads, and how much is read at a time.
    private static let share = 65_536
    private static let piece = 16_384

    let plan: DialPlan
    /// For the whole exchange, nanoseconds.
    let time: Int64
    let limits: HTTPLimits
    private let request: HTTPSRequest
    private let reactor: Reactor
    private var completion: ((Result<HTTPResponse, ExchangeFailure>) -> Void)?
    /// nil before and after the exchange.
    private var connection: DialedConnection?
    private var parser: HTTPResponseParser
    private var input = ByteBuffer()
    private var output = ByteBuffer()
    private var interest: Events = [.readable, .writable]
    private var timer: TimerID?
    private var isReadAsked = false
    /// Bytes that have come so far.
    private(set) var received: Int64 = 0

    /// - Parameters:
    ///   - plan: what the connection was made by.
    ///   - time: for the whole exchange, nanoseconds.
    public init(
        _ request: HTTPSRequest, by plan: DialPlan, limits: HTTPLimits = HTTPLimits(), time: Int64, reactor: Reactor,
        completion: @escaping (Result<HTTPResponse, ExchangeFailure>) -> Void
    ) {
        self.request = request
        self.plan = plan
        self.limits = limits
        self.time = time
        self.reactor = reactor
        self.completion = completion
        parser = HTTPResponseParser(limits: limits, isAnswerToHead: request.isHead)
    }

    /// Sends the request. From here on the connection is the exchange's, which closes it.
    public func start(over connection: DialedConnection) {
        self.connection = connection
        timer = reactor.schedule(afterNanoseconds: time) { [self] in
            timer = nil
            finish(.failure(failureOfTime()))
        }
        guard request.isValid else { return failLater(failureOfRequest()) }
        request.write(to: plan.place, &output)
        do throws(SystemError) {
            try reactor.add(connection.descriptor, interest, self)
        } catch {
            failLater(ExchangeFailure(.broken, error.description))
        }
    }

    /// Gives up without a word.
    public func cancel() {
        completion = nil
        close()
    }

    /// Whether all of the request has left.
    var isSent: Bool { output.isEmpty }

    // MARK: Bytes

    public func handle(_ events: Events) {
        // What the server says comes first: it may refuse, and close, before it has read all of the request.
        receive()
        send()
    }

    private func receive() {
        var share = Self.share
        while let connection, share > 0 {
            let room = input.prepareToWrite(minimum: Self.piece)
            switch connection.tls.read(into: room) {
            case .done(let count):
                input.commit(count)
                received += Int64(count)
                share -= count
                parse()
            case .wantRead: return watch(isSent ? .readable : [.readable, .writable])
            case .wantWrite: return watch([.readable, .writable])
            case .closed: return ended(connection.tls)
            case .failed(let failure): return finish(.failure(failureOf(failure)))
            }
        }
        // More may wait inside TLS, where the reactor does not see it.
        if connection != nil { receiveLater() }
    }

    private func receiveLater() {
        if isReadAsked { return }
        isReadAsked = true
        reactor.schedule(afterNanoseconds: 0) { [self] in
            isReadAsked = false
            receive()
        }
    }

    private func send() {
        while let connection, !output.isEmpty {
            switch connection.tls.write(output.readable) {
            case .done(let count): output.consume(count)
            case .wantWrite: return watch([.readable, .writable])
            case .wantRead: return watch(.readable)
            case .closed: return finish(.failure(failureOfEnd()))
            case .failed(let failure): return finish(.failure(failureOf(failure)))
            }
        }
        watch(.readable)
    }

    private func parse() {
        do throws(HTTPError) {
            if let response = try parser.next(from: &input) { finish(.success(response)) }
        } catch {
            finish(.failure(failureOf(error)))
        }
    }

    /// The connection has ended, and with it perhaps an answer that has no length of its own.
    private func ended(_ tls: TLSConnection) {
        do throws(HTTPError) {
            let response = try parser.end()
            // Anybody on the way can cut a connection, but not say the server's farewell.
            finish(tls.hasFarewell ? .success(response) : .failure(failureOfEnd()))
        } catch {
            finish(.failure(error == .truncated ? failureOfEnd() : failureOf(error)))
        }
    }

    private func watch(_ events: Events) {
        guard let connection, events != interest else { return }
        interest = events
        do throws(SystemError) {
            try reactor.modify(connection.descriptor, events)
        } catch {
            finish(.failure(ExchangeFailure(.broken, error.description)))
        }
    }

    // MARK: The end

    /// In a turn of its own: whoever starts an exchange is never called back while it does. `cancel` still counts.
    private func failLater(_ failure: ExchangeFailure) {
        reactor.schedule(afterNanoseconds: 0) { [self] in finish(.failure(failure)) }
    }

    private func finish(_ result: Result<HTTPResponse, ExchangeFailure>) {
        if case .success = result, let connection { _ = connection.tls.shutdown() }
        close()
        let told = completion
        completion = nil
        told?(result)
    }

    private func close() {
        if let timer { reactor.cancel(timer) }
        timer = nil
        connection?.close(reactor)
        connection = nil
    }
}
