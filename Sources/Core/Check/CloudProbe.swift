import HTTP
import Linux
import Network
import TLS

/// Tries one service of the cloud once: everything up to TLS, and one harmless request where it speaks HTTP.
final class CloudProbe {
    /// For the answer to a request, nanoseconds.
    private static let answerTime: Int64 = 30_000_000_000
    /// How long a server of MQTT may take to refuse the certificate, nanoseconds.
    private static let patience: Int64 = 5_000_000_000
    /// A discovery document names a group with its authorities; V1's have some kilobytes.
    private static let limits = HTTPLimits(headerBytes: 16_384, bodyBytes: 1_048_576)

    private let service: CloudService
    private let plan: DialPlan
    private let thing: ThingARN
    private let reactor: Reactor
    private let resolver: Resolver
    private var dialer: Dialer?
    private var exchange: HTTPSExchange?
    private var acceptance: CertificateAcceptance?
    /// What the result will have once the connection stands.
    private var reached: CloudCheckResult.Connection?
    private(set) var result: CloudCheckResult?

    init(_ service: CloudService, _ plan: DialPlan, thing: ThingARN, reactor: Reactor, resolver: Resolver) {
        self.service = service
        self.plan = plan
        self.thing = thing
        self.reactor = reactor
        self.resolver = resolver
    }

    func start() {
        let dialer = Dialer(plan, reactor: reactor, resolver: resolver) { [self] result in
            self.dialer = nil
            switch result {
            case .success(let connection): connected(connection)
            case .failure(let failure): conclude(.fails, Self.sentence(failure.description))
            }
        }
        self.dialer = dialer
        dialer.start()
    }

    func giveUp(after seconds: Int64) {
        dialer?.cancel()
        exchange?.cancel()
        acceptance?.cancel()
        conclude(.fails, "\(plan.place.description) was not reached within \(seconds) s.")
    }

    private func connected(_ connection: DialedConnection) {
        reached = CloudCheckResult.Connection(
            peer: connection.peer, protocolName: connection.tls.protocolName,
            applicationProtocol: connection.tls.negotiatedProtocol)
        guard let path = service.path(thing) else { return watch(connection) }
        let exchange = HTTPSExchange(
            HTTPSRequest("GET", path), by: plan, limits: Self.limits, time: Self.answerTime, reactor: reactor
        ) { [self] result in
            self.exchange = nil
            switch result {
            case .success(let response): answered(response.status.code)
            case .failure(let failure): conclude(.fails, Self.sentence(failure.description))
            }
        }
        self.exchange = exchange
        exchange.start(over: connection)
    }

    /// Says no word of MQTT: a CONNECT with the core's client ID would end the running core's connection.
    private func watch(_ connection: DialedConnection) {
        let acceptance = CertificateAcceptance(by: plan, patience: Self.patience, reactor: reactor) { [self] answer in
            self.acceptance = nil
            let rest = "Whether the policy lets the core connect is not tried, as that would throw a running core out: "
            let advice = rest + "`greengrassd status` tells what the running one has."
            switch answer {
            case .accepted: conclude(.works, "The server accepts the core's certificate. \(advice)")
            case .unasked:
                conclude(
                    .works,
                    "The server did not ask for the core's certificate, as AWS IoT always does: it knows the core by nothing. "
                        + advice)
            case .silent:
                conclude(
                    .works,
                    "TLS stands, and the server has not refused the core's certificate within "
                        + "\(Self.patience / 1_000_000_000) s. \(advice)")
            case .failed(let failure): conclude(.fails, Self.sentence(failure.description))
            }
        }
        self.acceptance = acceptance
        acceptance.start(over: connection)
    }

    private func answered(_ status: UInt16) {
        let (outcome, explanation) = service.meaning(of: status, thing, plan)
        conclude(outcome, explanation, status: status)
    }

    /// With its end, where it is no question.
    private static func sentence(_ text: String) -> String { text.hasSuffix("?") ? text : text + "." }

    private func conclude(_ outcome: CloudCheckResult.Outcome, _ explanation: String, status: UInt16? = nil) {
        guard result == nil else { return }
        result = CloudCheckResult(
            service, outcome, place: plan.place.description, proxy: plan.proxy?.description, connection: reached,
            request: service.path(thing).map { "GET \($0)" }, status: status, explanation: explanation)
    }
}

extension CloudService {
    /// What is asked for; nil for MQTT.
    func path(_ thing: ThingARN) -> String? {
        // A thing's name has no character that a path would have to escape (RFC 3986 section 3.3).
        switch self {
        case .messages: nil
        case .data: "/things/\(thing.name)/shadow"
        case .greengrass: "/greengrass/discover/thing/\(thing.name)"
        }
    }

    /// What an answer's status says about the service.
    func meaning(
        of status: UInt16, _ thing: ThingARN, _ plan: DialPlan
    ) -> (outcome: CloudCheckResult.Outcome, explanation: String) {
        switch status {
        case 200..<300: return (.works, "The core is known and allowed to ask.")
        case 404:
            return (
                .works,
                self == .data
                    ? "It answered, but has no shadow of \(thing.name): there is none, or this is not the core's data "
                        + "endpoint; look at \(plan.keys.host)."
                    : "It answered, but knows no group of \(thing.name): it is in none, or this is not the Greengrass "
                        + "endpoint; look at \(plan.keys.host)."
            )
        case 401, 403: return (.refused, refusal(thing, plan))
        case 429, 500...:
            return (.fails, "The service is there and cannot answer now; try again later.")
        default:
            return (
                .fails,
                "That is no answer of this service; are \(plan.keys.host) and \(plan.keys.port) right, or does something on the "
                    + "way answer in its place?"
            )
        }
    }

    private func refusal(_ thing: ThingARN, _ plan: DialPlan) -> String {
        let action = self == .data ? "iot:GetThingShadow" : "greengrass:Discover"
        let text =
            "Name, way, TLS and certificate are right; the policy does not allow it. Look at the policies of the certificate "
            + "\(plan.files.certificate) at the cloud: \(action) on \(thing.text)."
        // gg-sec.md: the least policy of a core.
        return self == .data
            ? text
            : text + " A policy made for a core alone need not have that: what deployments from the cloud need are "
                + "greengrass:GetDeployment, GetDeploymentArtifacts and UpdateCoreDeploymentStatus."
    }
}
