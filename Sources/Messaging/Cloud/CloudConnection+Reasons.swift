import Bytes
import Log
import MQTT
import Network
import TLS

/// Why a connection ended, in sentences with the next step.
extension CloudConnection {
    /// The same reason is told again only after so long, nanoseconds: a core that is offline for a month must not fill
    /// its flash with it.
    private static let repetition: Int64 = 3_600_000_000_000

    func closeReason() -> String {
        guard let session else { return "the cloud closed it" }
        if session.phase == .connecting {
            return "the cloud closed the connection after CONNECT: it has to know the certificate "
                + "\(link.settings.plan.files.certificate), and to allow the client ID \(name) (in AWS IoT, by an active "
                + "certificate with a policy that allows iot:Connect)"
        }
        if let subscribing = session.subscribing, !subscribing.isLeaving {
            let filters = subscribing.filters.map { $0.bytes.text }.joined(separator: ", ")
            return
                "the cloud closed it after a subscription to \(filters); does the policy of the core's certificate allow "
                + "iot:Subscribe for all of them?"
        }
        return "the cloud closed it"
    }

    func failureReason(_ failure: TLSFailure) -> String {
        if case .alert(let code) = failure {
            return
                "the cloud does not accept this core's certificate \(link.settings.plan.files.certificate) (TLS alert "
                + "\(code)); it has to be registered there and active"
        }
        return failure.description
    }

    func tell(_ reason: String, wasUp: Bool, pause: Int64, now: Int64) {
        let seconds = (pause + 999_999_999) / 1_000_000_000
        let sentence =
            wasUp
            ? "The connection to the cloud as \(name) is lost: \(reason). Trying again in \(seconds) s."
            : "No connection to the cloud as \(name): \(reason). Trying again in \(seconds) s, and so on."
        if reason == toldError, now - toldAt < Self.repetition { return link.log.debug(sentence) }
        toldError = reason
        toldAt = now
        link.log.warn(sentence)
    }
}
