import Foundation
import Image

/// A device of a group, as Mosquitto's clients: certificate and key in `<name>.cert.pem` and `<name>.private.key`, as
/// `greengrassd device add` writes them.
struct Device {
    let name: String
    /// Where the core listens.
    var host = "127.0.0.1"
    let port: Int
    /// The core's `certs` folder: with `devices/` and `group-ca/ca.crt`.
    let certificates: String
    /// What Mosquitto's clients are started by: `nsenter` into another network, for instance.
    var within: [String] = []

    private var options: [String] {
        [
            "-h", host, "-p", String(port), "-i", name, "--cafile", certificates + "/group-ca/ca.crt",
            "--cert", "\(certificates)/devices/\(name).cert.pem", "--key",
            "\(certificates)/devices/\(name).private.key",
            "-V", "mqttv311", "-q", "1", "-d",
        ]
    }

    /// Subscribes, and is back when the core has granted it.
    func subscribe(to topic: String) throws -> Command {
        let command = try Command(within + ["stdbuf", "-oL", "mosquitto_sub", "-t", topic, "-F", "%t: %p"] + options)
        try command.wait(for: "Subscribed (mid")
        return command
    }

    /// Publishes one message, and is back when the core has accepted it.
    func publish(_ text: String, to topic: String) throws {
        let (code, output) = try result(of: within + ["mosquitto_pub", "-t", topic, "-m", text] + options)
        guard code == 0, output.contains("PUBACK") else {
            throw BuildError("\(name) could not publish to \(topic) at \(host):\(port):\n\(output)")
        }
    }

    /// Publishes until the subscriber has the message: the receiver's session may be younger than the group.
    static func exchange(_ text: String, from sender: Device, to receiver: Device, topic: String) throws {
        let subscriber = try receiver.subscribe(to: topic)
        defer { subscriber.stop() }
        try sender.publish(text, to: topic)
        try subscriber.wait(for: "\(topic): \(text)")
    }
}
