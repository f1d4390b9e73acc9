import Foundation
import Image

/// The group that each cell deploys: two devices, and functions where the artifact has their runtimes. A message to
/// `cell/TEXT` goes from `sensor` to `display`; one to `python/in` (and so on) through a function to `python/out`.
struct DemoGroup {
    /// `devices` of `greengrassd device add`: the certificate's digest by the device's name.
    let certificates: [String: String]
    /// `python`, `nodejs`, `java`, `executable`.
    var runtimes: [String] = []

    static let devices = ["sensor", "display"]
    private static let arn = "arn:aws:lambda:us-west-2:000000000000:function:"

    /// What `greengrassd device add NAME` printed, to the certificate's digest.
    static func digest(in output: String) throws -> String {
        guard let range = output.range(of: "cert/"), case let digest = output[range.upperBound...].prefix(64),
            digest.count == 64
        else { throw BuildError("`greengrassd device add` printed no certificate:\n\(output)") }
        return String(digest)
    }

    /// Writes the group's folder for `greengrassd deploy`.
    func write(to folder: String) throws {
        var functions: [[String: Any]] = []
        var subscriptions = [subscription(1, thing("sensor"), "cell/#", thing("display"))]
        for (index, runtime) in runtimes.enumerated() {
            let function = try Self.function(runtime, in: folder)
            functions.append(function)
            let arn = Self.arn + "\(runtime):1"
            subscriptions.append(subscription(10 + index, thing("sensor"), "\(runtime)/in", arn))
            subscriptions.append(subscription(20 + index, arn, "\(runtime)/out", thing("display")))
        }
        let group: [String: Any] = [
            "Devices": Self.devices.map { name in
                [
                    "Id": name, "ThingArn": thing(name), "SyncShadow": false,
                    "CertificateArn": "arn:aws:iot:us-west-2:000000000000:cert/\(certificates[name] ?? "")",
                ] as [String: Any]
            },
            "DefaultConfig": ["Execution": ["IsolationMode": "NoContainer"]], "Functions": functions,
            "Subscriptions": subscriptions,
        ]
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let data = try JSONSerialization.data(withJSONObject: group, options: [.prettyPrinted, .sortedKeys])
        try data.write(to: URL(fileURLWithPath: folder + "/group.json"))
    }

    private func thing(_ name: String) -> String { "arn:aws:iot:us-west-2:000000000000:thing/\(name)" }

    private func subscription(_ id: Int, _ source: String, _ subject: String, _ target: String) -> [String: String] {
        ["Id": "s\(id)", "Source": source, "Subject": subject, "Target": target]
    }

    /// One definition, with its code in a folder of the function's name.
    private static func function(_ runtime: String, in folder: String) throws -> [String: Any] {
        let package = "\(folder)/\(runtime)"
        try FileManager.default.createDirectory(atPath: package, withIntermediateDirectories: true)
        let (name, handler, file, code) = try code(for: runtime)
        try code.write(toFile: "\(package)/\(file)", atomically: true, encoding: .utf8)
        chmod("\(package)/\(file)", 0o755)
        if runtime == "java" {
            try run("javac", "--release", "8", "-Xlint:-options", "-d", package, "\(package)/\(file)")
        }
        return [
            "Id": runtime, "FunctionArn": arn + "\(runtime):1", "Runtime": name, "Handler": handler,
            "FunctionConfiguration": ["Pinned": false, "Timeout": 60],
        ]
    }

    /// Without an SDK, so that nothing has to be installed: they publish with a request of their own (docs/function-protocol.md).
    /// They answer with the text that they got, and with the mount name space that they are in: a container has its own.
    private static func code(
        for runtime: String
    ) throws -> (runtime: String, handler: String, file: String, code: String) {
        switch runtime {
        case "python": ("python3.7", "answer.handler", "answer.py", python)
        case "nodejs": ("nodejs8.10", "index.handler", "index.js", node)
        case "java": ("java8", "Answer::handle", "Answer.java", java)
        default: throw BuildError("The cells have no function for the runtime \(runtime).")
        }
    }

    private static let python = """
        import base64
        import http.client
        import json
        import os

        def handler(event, context):
            connection = http.client.HTTPConnection("127.0.0.1", int(os.environ["GG_DAEMON_PORT"]))
            custom = json.dumps({"custom": {"subject": "python/out"}}).encode()
            connection.request("POST", "/2016-11-01/functions/" + os.environ["ROUTER_FUNCTION_ARN"],
                               json.dumps({"space": os.readlink("/proc/self/ns/mnt"), "python": event["text"]}), {
                "Authorization": os.environ["AWS_CONTAINER_AUTHORIZATION_TOKEN"],
                "X-Amz-Invocation-Type": "Event",
                "X-Amz-Client-Context": base64.b64encode(custom).decode()})
            print("published:", connection.getresponse().status)
        """

    private static let node = """
        const fs = require("fs");
        const http = require("http");

        exports.handler = (event, context, callback) => {
            const custom = JSON.stringify({ custom: { subject: "nodejs/out" } });
            const request = http.request({
                host: "127.0.0.1", port: process.env.GG_DAEMON_PORT, method: "POST",
                path: "/2016-11-01/functions/" + process.env.ROUTER_FUNCTION_ARN,
                headers: {
                    "Authorization": process.env.AWS_CONTAINER_AUTHORIZATION_TOKEN, "X-Amz-Invocation-Type": "Event",
                    "X-Amz-Client-Context": Buffer.from(custom).toString("base64"),
                },
            }, (answer) => { console.log("published:", answer.statusCode); callback(null, null); });
            request.end(JSON.stringify({ space: fs.readlinkSync("/proc/self/ns/mnt"), nodejs: event.text }));
        };
        """

    private static let java = #"""
        import java.io.OutputStream;
        import java.net.HttpURLConnection;
        import java.net.URL;
        import java.nio.file.Files;
        import java.nio.file.Path;
        import java.nio.file.Paths;
        import java.util.Base64;
        import java.util.Map;

        public class Answer {
            public void handle(Map<String, Object> event) throws Exception {
                URL url = new URL("http://127.0.0.1:" + System.getenv("GG_DAEMON_PORT") + "/2016-11-01/functions/"
                    + System.getenv("ROUTER_FUNCTION_ARN"));
                String about = Base64.getEncoder().encodeToString("{\"custom\":{\"subject\":\"java/out\"}}".getBytes());
                HttpURLConnection connection = (HttpURLConnection) url.openConnection();
                connection.setRequestMethod("POST");
                connection.setDoOutput(true);
                connection.setRequestProperty("Authorization", System.getenv("AWS_CONTAINER_AUTHORIZATION_TOKEN"));
                connection.setRequestProperty("X-Amz-Invocation-Type", "Event");
                connection.setRequestProperty("X-Amz-Client-Context", about);
                try (OutputStream body = connection.getOutputStream()) {
                    Path space = Files.readSymbolicLink(Paths.get("/proc/self/ns/mnt"));
                    body.write(("{\"space\": \"" + space + "\", \"java\": \"" + event.get("text") + "\"}").getBytes());
                }
                System.out.println("published: " + connection.getResponseCode());
            }
        }
        """#

    /// Sends one message through each function and between the devices.
    ///
    /// - Returns: the mount name space that each function was in, by its runtime: `mnt:[4026531840]`.
    @discardableResult
    func exchange(
        host: String = "127.0.0.1", port: Int, certificates folder: String, within: [String] = []
    ) throws -> [String: String] {
        let sensor = Device(name: "sensor", host: host, port: port, certificates: folder, within: within)
        let display = Device(name: "display", host: host, port: port, certificates: folder, within: within)
        try Device.exchange("hello", from: sensor, to: display, topic: "cell/greeting")
        var spaces: [String: String] = [:]
        for runtime in runtimes {
            let subscriber = try display.subscribe(to: "\(runtime)/out")
            defer { subscriber.stop() }
            try sensor.publish(#"{"text": "hello"}"#, to: "\(runtime)/in")
            try subscriber.wait(for: #""hello""#)
            let said = subscriber.output
            guard let space = said.range(of: #"mnt:\[\d+\]"#, options: .regularExpression) else {
                throw BuildError("The answer of the function for \(runtime) tells no name space:\n\(said)")
            }
            spaces[runtime] = String(said[space])
        }
        return spaces
    }
}
