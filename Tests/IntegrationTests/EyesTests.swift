import Foundation
import Testing

/// What a person sees who looks for a message: `status`, `trace`, the metrics.
@Suite("Status, trace and metrics")
struct EyesTests {
    private var group: GroupFolder {
        var group = GroupFolder()
        group.subscriptions = [
            (.device("sensor"), "sensor/#", .device("display")), (.device("sensor"), "other", .device("display")),
        ]
        return group
    }

    /// Sends one message that arrives, one that the display has not subscribed to, and two without a subscription.
    private func exchange(_ core: CoreUnderTest) throws -> (sensor: Device, display: Device) {
        let display = try core.device(.paho, "display", subscribe: "sensor/a", "sensor/last")
        let sensor = try core.device(.paho, "sensor")
        for topic in ["sensor/a", "other", "nowhere", "nowhere", "sensor/last"] { try sensor.publish(topic, "1") }
        // The messages of one sender arrive in their order.
        while try display.receive().topic != "sensor/last" {}
        return (sensor, display)
    }

    @Test("H-20: status --json counts for each subscription what it carried and lost, and keeps topics without a route")
    func counts() throws {
        try CoreUnderTest.run { core in
            try core.start(group, devices: "sensor", "display")
            let devices = try exchange(core)
            let status = try core.status()
            let rows = status["subscriptionTable"] as? [[String: Any]] ?? []
            #expect(rows.map { $0["id"] as? String } == ["s0", "s1"])
            #expect(rows.first?["subject"] as? String == "sensor/#")
            #expect(rows.map { $0["carried"] as? Int } == [2, 0])
            #expect((rows.last?["lostBy"] as? [String: Any])?["notSubscribed"] as? Int == 1)
            let topics = (status["unrouted"] as? [String: Any])?["topics"] as? [[String: Any]] ?? []
            #expect(topics.map { $0["topic"] as? String } == ["nowhere"])
            #expect(topics.first?["count"] as? Int == 2)
            let sensor = (status["devices"] as? [[String: Any]])?.first { $0["thing"] as? String == "sensor" }
            #expect(sensor?["published"] as? Int == 5)
            #expect(sensor?["withoutRoute"] as? Int == 2)
            let text = try core.command("status").text
            #expect(text.contains("s1: 1 target has not subscribed to the topic"), "\(text)")
            #expect(text.contains("2 × nowhere from sensor"), "\(text)")
            devices.sensor.close()
            devices.display.close()
        }
    }

    @Test("H-20: status --watch --json is a line each second, goes on when the core comes, and Ctrl-C ends it with 0")
    func watched() throws {
        try CoreUnderTest.run { core in
            try core.deploy(group, devices: ["sensor", "display"])
            let watch = try Child([core.root + "/ggc/core/greengrassd", "status", "--watch", "--json"])
            #expect(watch.output.next()?.contains(#""state":"stopped""#) == true)
            try core.start()
            #expect(watch.output.first { $0.contains(#""state":"serving""#) } != nil)
            watch.signal(SIGINT)
            #expect(watch.wait() == .code(0))
        }
    }

    @Test("H-20: on a terminal --watch shows the status in place and leaves the terminal as it was")
    func watchedOnTerminal() throws {
        try CoreUnderTest.run { core in
            try core.start(group, devices: "sensor", "display")
            let command = "stty cols 80 rows 40; exec \(core.root)/ggc/core/greengrassd status --watch"
            let watch = try Child(["script", "-qefc", command, "/dev/null"])
            let home = "\u{1B}[H"
            #expect(watch.output.first { $0.hasPrefix("\u{1B}[?1049h") && $0.contains(home) } != nil)
            // The second picture takes the first one's place.
            #expect(watch.output.first { $0.contains(home) } != nil)
            #expect(watch.output.first { $0.hasPrefix("sensor ") } != nil)
            // Ctrl-C, as a terminal sends it.
            try watch.send("\u{3}")
            let rest = watch.output.rest()
            #expect(rest.contains { $0.contains("\u{1B}[?25h\u{1B}[?1049l") }, "\(rest)")
            #expect(watch.wait() == .code(0))
        }
    }

    @Test("H-20: trace answers from the deployed group without a core, and with its state while one runs")
    func traced() throws {
        try CoreUnderTest.run { core in
            try core.deploy(group, devices: ["sensor", "display"])
            let offline = try core.command("trace", "sensor/a", "--from", "sensor")
            #expect(offline.exit == .code(0), "\(offline)")
            #expect(offline.text.contains("s0") && offline.text.contains("no running core"), "\(offline)")
            let remainder = try core.command("trace", "sensor", "--from", "sensor")
            #expect(remainder.exit == .code(3), "\(remainder)")
            #expect(remainder.text.contains("one or more levels"), "\(remainder)")
            try denied(core)
            try core.start()
            let absent = try core.command("trace", "sensor/a", "--from", "sensor")
            #expect(absent.exit == .code(3) && absent.text.contains("not connected"), "\(absent)")
            let display = try core.device(.paho, "display", subscribe: "sensor/a")
            let there = try core.command("trace", "sensor/a", "--from", "sensor", "--json")
            #expect(there.exit == .code(0), "\(there)")
            #expect(there.text.contains(#""arrives": true"#), "\(there)")
            let unasked = try core.command("trace", "sensor/b", "--from", "sensor")
            #expect(unasked.exit == .code(3) && unasked.text.contains("has not subscribed"), "\(unasked)")
            let unknown = try core.command("trace", "sensor/a", "--from", "sensr")
            #expect(unknown.exit == .code(2) && unknown.text.contains("\"sensor\""), "\(unknown)")
            display.close()
        }
    }

    /// Who may not read the deployed group is not told that it is damaged.
    private func denied(_ core: CoreUnderTest) throws {
        let folder = core.root + "/ggc/deployments"
        chmod(folder, 0o000)
        defer { chmod(folder, 0o755) }
        let prefix = core.prefix
        defer { core.prefix = prefix }
        if getuid() == 0 { core.prefix = ["setpriv", "--reuid", "65534", "--clear-groups"] + prefix }
        let result = try core.command("trace", "sensor/a", "--from", "sensor")
        #expect(result.exit == .code(1), "\(result)")
        #expect(
            result.text.contains("as root, or as the user who owns") && !result.text.contains("damaged"), "\(result)")
    }

    @Test("H-20: Prometheus's own parser reads GET /metrics, which is there on loopback once config.json says so")
    func metrics() throws {
        try CoreUnderTest.run { core in
            try core.start(group, devices: "sensor", "display")
            let url = "http://localhost:\(core.daemonPort)/metrics"
            let off = try CommandResult.run([Places.python, "-c", Self.reader, url])
            #expect(off.output == ["404"], "\(off)")
            try core.configure { config in
                var runtime = config["runtime"] as? [String: Any] ?? [:]
                runtime["metrics"] = "yes"
                config["runtime"] = runtime
            }
            let restarted = try core.command("restart")
            #expect(restarted.succeeded, "\(restarted)")
            let devices = try exchange(core)
            let read = try CommandResult.run([Places.python, "-c", Self.reader, url])
            #expect(read.succeeded, "\(read)")
            #expect(read.output.first == "text/plain; version=0.0.4; charset=utf-8", "\(read)")
            for sample in [
                "perennial_subscription_carried_total {'subscription': 's0'} 2.0",
                "perennial_subscription_lost_total {'subscription': 's1'} 1.0",
                "perennial_device_no_route_total {'device': 'sensor'} 2.0",
                "perennial_messages_dropped_total {'reason': 'no_route'} 2.0",
            ] {
                #expect(read.output.contains(sample), "\(sample) in \(read)")
            }
            devices.sensor.close()
            devices.display.close()
        }
    }

    private static let reader = """
        import sys
        import urllib.error
        import urllib.request

        from prometheus_client.parser import text_string_to_metric_families

        try:
            answer = urllib.request.urlopen(sys.argv[1])
        except urllib.error.HTTPError as error:
            print(error.code)
            sys.exit()
        print(answer.headers['Content-Type'])
        for family in text_string_to_metric_families(answer.read().decode()):
            for sample in family.samples:
                print(sample.name, sample.labels, sample.value)
        """

    @Test(
        "INST-06: an option that a command does not have is refused with 2, and nothing is done",
        arguments: [
            ["stop", "--json"], ["start", "--watch"], ["status", "--foreground"], ["deploy", "x", "--key", "ec"],
            ["trace", "a", "--watch"], ["init", "--from", "x"], ["device", "add", "x", "--thing", "y"],
        ])
    func foreignOption(_ words: [String]) throws {
        let result = try CommandResult.run([Places.greengrassd, "--root", "/nonexistent/root"] + words)
        #expect(result.exit == .code(2), "\(result)")
        #expect(result.text.contains("has no option --"), "\(result)")
    }
}
