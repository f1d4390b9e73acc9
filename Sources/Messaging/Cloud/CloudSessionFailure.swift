import MQTT

/// Why a session with the cloud cannot go on.
enum CloudSessionFailure: Equatable {
    /// CONNACK with another code than 0.
    case refused(Connack.ReturnCode)
    /// CONNACK did not come in so many seconds.
    case noConnack(Int64)
    /// Nothing at all came in so many seconds, PINGRESP neither: the connection is half open.
    case silent(Int64)
    /// The cloud lives, but a message or subscription was not answered in so many seconds.
    case unanswered(Int64)
    /// The server broke the standard.
    case violation(MQTTError)
    /// The server sent what only clients send, or answered what was not asked.
    case unexpected(String)

    /// Without a full stop; `clientID` and the file are what a person has to look at.
    func description(clientID: String, certificate: String) -> String {
        switch self {
        case .refused(.identifierRejected):
            "the cloud does not accept the client ID \(clientID): it has to allow the core thing's name and NAME-c00 and "
                + "so on (in AWS IoT, by the policy of the certificate)"
        case .refused(.notAuthorized), .refused(.badUserNameOrPassword):
            "the cloud does not let \(clientID) in: the certificate \(certificate) has to be active there, and its policy "
                + "has to allow connecting with this client ID"
        case .refused(.serverUnavailable): "the cloud answers that it is unavailable"
        case .refused(.unacceptableProtocolVersion): "the cloud does not speak MQTT 3.1.1"
        case .refused(.accepted): "the cloud accepted"
        case .noConnack(let seconds): "the cloud did not answer CONNECT in \(seconds) s"
        case .silent(let seconds): "nothing came from the cloud for \(seconds) s, not even the answer to a ping"
        case .unanswered(let seconds):
            "operation timed out: the cloud did not confirm a message or a subscription in \(seconds) s; the messages "
                + "stay queued and are sent again (coreThing.mqttOperationTimeout is the least time that is waited)"
        case .violation(let error): "the cloud broke the MQTT standard: \(error.description)"
        case .unexpected(let what): "the cloud sent \(what)"
        }
    }
}
