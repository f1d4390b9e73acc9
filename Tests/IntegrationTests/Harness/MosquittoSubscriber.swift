import Foundation

/// `mosquitto_sub` as a device; `mosquitto_pub` is a command.
final class MosquittoSubscriber {
    private let child: Child
    private static let mark = "message\t"

    init(_ core: CoreUnderTest, _ name: String, topic: String, qos: Int = 0) throws {
        // -d tells when the subscription stands; stdbuf, so that it tells at once.
        child = try Child(
            ["stdbuf", "-oL", "mosquitto_sub", "-d", "-F", Self.mark + "%t\t%p", "-t", topic, "-q", String(qos)]
                + Self.connection(core, name))
        guard child.output.first(where: { $0.contains("received SUBACK") }) != nil else {
            throw HarnessError("mosquitto_sub did not subscribe: \(child.output.seen) \(child.errors.rest())")
        }
    }

    func receive() throws -> Device.Message {
        guard let line = child.output.first(where: { $0.hasPrefix(Self.mark) }) else {
            throw HarnessError("mosquitto_sub received nothing: \(child.output.seen)")
        }
        let parts = line.split(separator: "\t", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        return Device.Message(topic: parts[1], payload: parts[2])
    }

    func close() {
        child.signal(SIGTERM)
        _ = child.wait()
    }

    static func publish(
        _ core: CoreUnderTest, _ name: String, clientID: String? = nil, topic: String, payload: String, qos: Int = 0
    ) throws -> CommandResult {
        try CommandResult.run(
            ["mosquitto_pub", "-t", topic, "-m", payload, "-q", String(qos)]
                + connection(core, name, clientID: clientID))
    }

    private static func connection(_ core: CoreUnderTest, _ name: String, clientID: String? = nil) throws -> [String] {
        guard let identity = core.identities[name] else { throw HarnessError("\(name) has not been added") }
        return [
            "-h", "localhost", "-p", String(core.mqttPort), "--cafile", identity.ca, "--cert", identity.certificate,
            "--key", identity.key, "-i", clientID ?? name, "-V", "311",
        ]
    }
}
