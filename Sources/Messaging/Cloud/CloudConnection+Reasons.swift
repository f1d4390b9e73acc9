import Bytes
import MQTT
import Network
import TLS

/// Why a connection ended, in sentences with the next step.
extension CloudConnection {
    func closeReason() -> String {
        guard let session else { return "the cloud closed it" }
        if session.phase == .connecting {
            return "the cloud closed the connection after CONNECT: it has to know the certificate "
                + "\(link.settings.plan.files.certificate), and to allow the client ID \(name) (in AWS IoT, by an active "
                + "certificate with a policy that allows iot:Connect)"
        }
        if let subscribing = session.subscribing {
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
}
