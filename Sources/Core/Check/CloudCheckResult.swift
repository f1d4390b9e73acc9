import JSON
import Network

/// What became of the try of one service.
public final class CloudCheckResult {
    public enum Outcome: Equatable, Sendable {
        case works
        /// It answers, and does not allow what was asked.
        case refused
        case fails
        /// config.json does not have it.
        case missing

        var word: String {
            switch self {
            case .works: "works"
            case .refused: "refused"
            case .fails: "fails"
            case .missing: "not set"
            }
        }
    }

    /// A connection that stood.
    struct Connection {
        /// The address, and the proxy where there is one.
        let peer: String
        /// The version of TLS.
        let protocolName: String
        /// What the server chose by ALPN; empty for nothing.
        let applicationProtocol: String
    }

    public let service: CloudService
    public let outcome: Outcome
    /// HTTP's; nil where no answer came or none was asked for.
    public let status: UInt16?
    private let place: String?
    private let proxy: String?
    private let connection: Connection?
    private let request: String?
    private let explanation: String

    init(
        _ service: CloudService, _ outcome: Outcome, place: String?, proxy: String?, connection: Connection?,
        request: String?, status: UInt16?, explanation: String
    ) {
        self.service = service
        self.outcome = outcome
        self.place = place
        self.proxy = proxy
        self.connection = connection
        self.request = request
        self.status = status
        self.explanation = explanation
    }

    /// Of a service that config.json does not name.
    convenience init(missing service: CloudService) {
        self.init(
            service, .missing, place: nil, proxy: nil, connection: nil, request: nil, status: nil,
            explanation:
                "There is no \(service.keys.host) in config.json; deployments from a cloud and discovery need it.")
    }

    /// One line for people.
    public var text: String {
        var line = "\(outcome.word): \(service.name)"
        if let place { line += " at \(place)" }
        if let connection {
            line += " (reached \(connection.peer), \(connection.protocolName)"
            if !connection.applicationProtocol.isEmpty { line += ", ALPN \(connection.applicationProtocol)" }
            line += ")"
        } else if let proxy {
            line += " (through \(proxy))"
        }
        line += ": "
        if let request, let status { line += "\(request) was answered \(status). " }
        // Names in certificates come from the other end.
        return TerminalText.printable(line + explanation)
    }

    /// The same for programs; docs/status.md has the keys.
    public var json: JSON {
        [
            "service": .string(service.word),
            "outcome": .string(outcome == .missing ? "missing" : outcome.word),
            "works": .boolean(outcome == .works),
            "endpoint": Self.text(place),
            "proxy": Self.text(proxy),
            "peer": Self.text(connection?.peer),
            "tls": Self.text(connection?.protocolName),
            "alpn": Self.text(connection?.applicationProtocol),
            "request": Self.text(request),
            "status": status.map { .integer(Int64($0)) } ?? .null,
            "explanation": .string(explanation),
        ]
    }

    private static func text(_ value: String?) -> JSON {
        guard let value, !value.isEmpty else { return .null }
        return .string(value)
    }
}

extension CloudService {
    /// For people.
    var name: String {
        switch self {
        case .messages: "MQTT"
        case .data: "HTTPS data endpoint"
        case .greengrass: "HTTPS Greengrass endpoint"
        }
    }

    /// For programs.
    var word: String {
        switch self {
        case .messages: "mqtt"
        case .data: "data"
        case .greengrass: "greengrass"
        }
    }
}
