import Foundation

/// Debian's `mosquitto` as the cloud: TLS with client certificates for the core, and a plain listener for whoever
/// watches and sends on the cloud's side.
final class MosquittoCloud {
    let certificates: CloudCertificates
    let port: Int
    let plainPort: Int
    private let folder: String
    private var child: Child?
    /// What it says since it was last started. A file, not a pipe: nobody reads it all the time, and a mosquitto that
    /// cannot say what it does stands still.
    private var log: String { folder + "/mosquitto.log" }

    init(in folder: String, certificates: CloudCertificates? = nil) throws {
        self.folder = folder + "/mosquitto"
        self.certificates = try certificates ?? CloudCertificates(in: folder + "/pki")
        port = try Places.freePort()
        plainPort = try Places.freePort()
        try FileManager.default.createDirectory(atPath: self.folder, withIntermediateDirectories: true)
        try start()
    }

    /// Started again it has the sessions that it was asked to keep, and what came for them.
    func start() throws {
        let text = """
            user root
            per_listener_settings true
            persistence true
            persistence_location \(folder)/
            max_queued_messages 0
            log_dest stderr
            log_type all
            connection_messages true
            listener \(port) 127.0.0.1
            cafile \(certificates.ca)
            certfile \(certificates.server)
            keyfile \(certificates.serverKey)
            require_certificate true
            allow_anonymous true
            listener \(plainPort) 127.0.0.1
            allow_anonymous true
            """
        let path = folder + "/mosquitto.conf"
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        try? FileManager.default.removeItem(atPath: log)
        child = try Child(["sh", "-c", "exec mosquitto -c '\(path)' 2> '\(log)'"])
        try says(" running")
    }

    /// Ends it: every connection is closed, and nobody listens until `start()`.
    func stop() throws {
        child?.signal(SIGTERM)
        // Killed it would have forgotten the sessions.
        guard child?.wait() == .code(0) else { throw HarnessError("mosquitto does not end") }
        child = nil
    }

    /// Waits until it has said something since it was last started.
    func says(_ text: String) throws {
        let tail = try Child(["tail", "-n", "+1", "-s", "0.1", "-F", log])
        guard tail.output.first(where: { $0.contains(text) }) != nil else {
            throw HarnessError("mosquitto did not say '\(text)': \(tail.output.seen.suffix(60))")
        }
    }

    /// The client IDs of the connections that it has accepted from the core so far.
    func waitForClients(_ names: String...) throws {
        for name in names { try says("as \(name) (") }
    }

    func publish(_ topic: String, _ payload: String, qos: Int = 1) throws {
        let result = try CommandResult.run([
            "mosquitto_pub", "-p", String(plainPort), "-t", topic, "-m", payload, "-q", String(qos),
        ])
        guard result.succeeded else { throw HarnessError("mosquitto_pub failed: \(result)") }
    }

    /// Sends each line as a message with QoS 1.
    func publish(_ topic: String, lines: [String]) throws {
        let child = try Child(["mosquitto_pub", "-p", String(plainPort), "-t", topic, "-q", "1", "-l"])
        for line in lines { try child.send(line) }
        child.closeInput()
        guard child.wait() == .code(0) else { throw HarnessError("mosquitto_pub failed: \(child.errors.rest())") }
    }

    func observer(_ filter: String) throws -> CloudObserver { try CloudObserver(port: plainPort, filter: filter) }
}

/// Somebody on the cloud's side who sees the messages that arrive there.
final class CloudObserver {
    private let child: Child
    private static let mark = "message\t"

    init(port: Int, filter: String) throws {
        child = try Child([
            // A session that the cloud keeps: what comes while it restarts is seen too.
            "stdbuf", "-oL", "mosquitto_sub", "-c", "-i", "watcher-\(UUID().uuidString)", "-p", String(port), "-q", "1",
            "-d", "-F", Self.mark + "%t\t%p", "-t",
            filter,
        ])
        guard child.output.first(where: { $0.contains("received SUBACK") }) != nil else {
            throw HarnessError("mosquitto_sub did not subscribe: \(child.output.seen) \(child.errors.rest())")
        }
    }

    func receive() throws -> Device.Message {
        guard let line = child.output.first(where: { $0.hasPrefix(Self.mark) }) else {
            throw HarnessError("nothing arrived at the cloud: \(child.output.seen)")
        }
        let parts = line.split(separator: "\t", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        return Device.Message(topic: parts[1], payload: parts[2])
    }
}

extension CoreUnderTest {
    /// The folder of the test, beside the root.
    var scratch: String { (root as NSString).deletingLastPathComponent }

    /// Tells the core of a cloud at this port.
    func configureCloud(
        _ certificates: CloudCertificates, host: String = "localhost", port: Int,
        _ change: (inout [String: Any]) -> Void = { _ in }
    ) throws {
        try configure { config in
            var thing = config["coreThing"] as? [String: Any] ?? [:]
            thing["iotHost"] = host
            thing["iotMqttPort"] = port
            change(&thing)
            config["coreThing"] = thing
            config["crypto"] = [
                "caPath": "file://" + certificates.ca,
                "principals": [
                    "IoTCertificate": [
                        "privateKeyPath": "file://" + certificates.coreKey,
                        "certificatePath": "file://" + certificates.core,
                    ]
                ],
            ]
        }
    }
}
