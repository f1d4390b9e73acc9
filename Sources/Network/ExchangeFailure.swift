import HTTP
import TLS

/// Why a request has no answer, for people and for whoever decides when to ask again.
public struct ExchangeFailure: Error, Equatable {
    public enum Kind: Equatable, Sendable {
        /// The request itself cannot be sent.
        case request
        /// The answer, or the rest of it, did not come in time.
        case timeout
        /// The connection ended before the whole answer had come.
        case incomplete
        /// What came is not HTTP.
        case malformed
        /// The answer is larger than whoever asked wants to have.
        case tooLarge
        /// The server does not accept this end's certificate.
        case refused
        /// The connection broke.
        case broken
    }

    public let kind: Kind
    /// A sentence without its full stop: what, where, and what to do.
    public let description: String

    init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }
}

extension HTTPSExchange {
    private var host: String { plan.place.description }

    func failureOfRequest() -> ExchangeFailure {
        ExchangeFailure(.request, "the request to \(host) has a path that cannot stand in a request")
    }

    func failureOfTime() -> ExchangeFailure {
        let what =
            received > 0
            ? "\(host) sent \(received) bytes of its answer and not the rest"
            : isSent ? "\(host) did not answer" : "\(host) did not take the whole request"
        return ExchangeFailure(.timeout, "\(what) within \(time / 1_000_000_000) s; is the way to it slow or lossy?")
    }

    func failureOfEnd() -> ExchangeFailure {
        if received > 0 {
            return ExchangeFailure(
                .incomplete,
                "\(host) closed the connection inside its answer, after \(received) bytes; something on the way may cut it"
            )
        }
        return ExchangeFailure(
            .incomplete,
            "\(host) closed the connection without an answer; some servers do so when they do not know the certificate "
                + "\(plan.files.certificate), or when \(plan.keys.port) is a port of another protocol")
    }

    func failureOf(_ failure: TLSFailure) -> ExchangeFailure {
        // With TLS 1.3 the server judges after this end's handshake: what it refuses by comes here.
        if case .alert(let code) = failure, received == 0 {
            return ExchangeFailure(.refused, plan.refusal(alert: code).description)
        }
        return ExchangeFailure(.broken, "the connection to \(host) broke: \(failure.description)")
    }

    func failureOf(_ error: HTTPError) -> ExchangeFailure {
        switch error {
        case .bodyTooLarge:
            ExchangeFailure(.tooLarge, "\(host) sends an answer of more than \(limits.bodyBytes) bytes")
        case .lineTooLong, .headersTooLarge:
            ExchangeFailure(.tooLarge, "the head of the answer of \(host) is too large (\(error.description))")
        default:
            ExchangeFailure(
                .malformed,
                "\(host) does not answer as an HTTP server does (\(error.description)); is \(plan.keys.port) right?")
        }
    }
}
