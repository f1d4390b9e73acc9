import Foundation
import Testing

/// A device in a process of its own, on a public MQTT client. All clients report in the same words
/// (Devices/conversation.py).
final class Device {
    enum Client: String, CaseIterable, CustomTestStringConvertible {
        case aws = "aws_device.py"
        case paho = "paho_device.py"
        var testDescription: String { rawValue }
    }

    struct Message: Equatable {
        let topic: String
        let payload: String
    }

    let name: String
    private let child: Child

    init(
        _ client: Client, name: String, identity: Identity, port: Int, subscribe: [String] = [],
        host: String = "localhost", options: [String] = []
    ) throws {
        self.name = name
        let arguments = [
            "--host", host, "--port", String(port), "--ca", identity.ca, "--certificate", identity.certificate,
            "--key", identity.key, "--client-id", name,
        ]
        child = try Child(
            [Places.python, Places.tests + "/Devices/" + client.rawValue] + arguments
                + subscribe.flatMap { ["--subscribe", $0] } + options)
    }

    /// Waits until the core has accepted the connection and every subscription.
    func ready(_ subscriptions: Int = 0) throws {
        for expected in ["connected"] + Array(repeating: "subscribed", count: subscriptions) {
            let line = child.output.next()
            guard let line, line.hasPrefix(expected) else {
                throw HarnessError("\(name): expected '\(expected)', got \(line ?? "nothing"); \(account)")
            }
        }
    }

    /// The reason why the core refused the device; nil if it did not.
    func refusal() -> String? {
        child.output.first { $0.hasPrefix("refused") || $0.hasPrefix("connected") }.flatMap {
            $0.hasPrefix("refused") ? $0 : nil
        }
    }

    func publish(_ topic: String, _ payload: String) throws { try child.send("publish\t\(topic)\t\(payload)") }

    /// Publishes with QoS 1 or 2 and waits until the core has acknowledged it.
    func publishAcknowledged(_ topic: String, _ payload: String, retain: Bool = false) throws {
        try child.send("\(retain ? "retain" : "publish")\t\(topic)\t\(payload)")
        guard child.output.first(where: { $0 == "published" }) != nil else {
            throw HarnessError("\(name): the core has not acknowledged the message; \(account)")
        }
    }

    /// Waits until the core has acknowledged what was published with QoS 1.
    func awaitAcknowledgement() throws {
        guard child.output.first(where: { $0 == "published" }) != nil else {
            throw HarnessError("\(name): the core has not acknowledged the message; \(account)")
        }
    }

    /// Whether it has said a line until now.
    func hasSaid(_ line: String) -> Bool {
        _ = child.output.first(Deadline(seconds: 0)) { $0 == line }
        return child.output.seen.contains(line)
    }

    /// Stops its process: it reads nothing any more, and its connection stays.
    func freeze() { child.signal(SIGSTOP) }

    /// Ends its process as a power cut ends a device: nothing is said to the core.
    func cutOff() {
        child.signal(SIGKILL)
        _ = child.wait()
    }

    /// The next message that arrives.
    func receive() throws -> Message {
        guard let line = child.output.first(where: { $0.hasPrefix("message\t") }) else {
            throw HarnessError("\(name) received nothing; \(account)")
        }
        let parts = line.split(separator: "\t", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        return Message(topic: parts[1], payload: parts[2])
    }

    func awaitDisconnect() -> Bool { child.output.first { $0.hasPrefix("disconnected") } != nil }

    /// Ends the device's session as its SDK does, and waits for its process.
    func close() {
        child.closeInput()
        _ = child.wait()
    }

    private var account: String {
        "it said \(child.output.seen) \(child.errors.seen + child.errors.rest(Deadline(seconds: 1)))"
    }
}

/// The files a device shows itself with, and the CA it trusts.
struct Identity {
    let ca: String
    let certificate: String
    let key: String
    /// SHA-256 of the certificate's DER in hexadecimal, as at the end of its ARN.
    let certificateID: String
}
