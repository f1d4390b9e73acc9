import Linux
import TLS

/// Finds out whether a server accepts this end's certificate, without sending it a byte.
///
/// With TLS 1.2 it has when the handshake is done. With TLS 1.3 the client is done first, and the server's refusal is an
/// alert that comes after that (RFC 8446 section 4.4.2.4). A server that accepts sends session tickets then, as a
/// rule; where nothing comes, silence for `patience` is taken for yes.
///
/// Used once, and the connection ends with it; `completion` is called once, in a later turn, unless it is cancelled before.
public final class CertificateAcceptance: EventHandler {
    public enum Answer: Equatable {
        /// The server has accepted the certificate.
        case accepted
        /// The server did not ask for a certificate: whether it would take this one it does not tell.
        case unasked
        /// The server has said nothing so long.
        case silent
        case failed(DialFailure)
    }

    private let plan: DialPlan
    private let patience: Int64
    private let reactor: Reactor
    private var completion: ((Answer) -> Void)?
    private var connection: DialedConnection?
    private var timer: TimerID?

    /// - Parameters:
    ///   - plan: what the connection was made by.
    ///   - patience: nanoseconds.
    public init(by plan: DialPlan, patience: Int64, reactor: Reactor, completion: @escaping (Answer) -> Void) {
        self.plan = plan
        self.patience = patience
        self.reactor = reactor
        self.completion = completion
    }

    /// Watches the connection, which is closed afterwards.
    public func start(over connection: DialedConnection) {
        self.connection = connection
        let isUnasked = !connection.tls.hasProvenItself
        let isKnown = isUnasked || connection.tls.protocolName != "TLSv1.3"
        timer = reactor.schedule(afterNanoseconds: isKnown ? 0 : patience) { [self] in
            timer = nil
            finish(isUnasked ? .unasked : isKnown ? .accepted : .silent)
        }
        if isKnown { return }
        do throws(SystemError) {
            try reactor.add(connection.descriptor, .readable, self)
        } catch {
            let failure = DialFailure(.broken, error.description)
            reactor.schedule(afterNanoseconds: 0) { [self] in finish(.failed(failure)) }
        }
        // Inside a proxy's TLS the first bytes may have been read already.
        if connection.tls.hasPending { reactor.schedule(afterNanoseconds: 0) { [self] in handle(.readable) } }
    }

    /// Gives up without a word.
    public func cancel() {
        completion = nil
        close()
    }

    public func handle(_ events: Events) {
        guard let connection else { return }
        let result = withUnsafeTemporaryAllocation(byteCount: 256, alignment: 1) { connection.tls.read(into: $0) }
        switch result {
        case .done: finish(.accepted)
        case .wantRead, .wantWrite:
            // Something came that is not for the reader: tickets, unless it is only the beginning of a record.
            if !connection.tls.hasPending { finish(.accepted) }
        case .closed:
            finish(
                .failed(
                    DialFailure(
                        .refused,
                        "\(plan.place.description) closed the connection right after the TLS handshake; some servers do so when "
                            + "they do not know the certificate \(plan.files.certificate)")))
        case .failed(.alert(let code)): finish(.failed(plan.refusal(alert: code)))
        case .failed(let failure):
            finish(
                .failed(
                    DialFailure(.broken, "the connection to \(plan.place.description) broke: \(failure.description)")))
        }
    }

    private func finish(_ answer: Answer) {
        if let connection { _ = connection.tls.shutdown() }
        close()
        let told = completion
        completion = nil
        told?(answer)
    }

    private func close() {
        if let timer { reactor.cancel(timer) }
        timer = nil
        connection?.close(reactor)
        connection = nil
    }
}
