import Foundation
import Testing

/// `greengrassd check cloud` against a cloud's three endpoints.
@Suite("Checking the way to the cloud")
struct CloudCheckTests {
    private let shadow = "/things/first-light_Core/shadow"
    private let discovery = "/greengrass/discover/thing/first-light_Core"

    /// A cloud with MQTT, data and Greengrass at a port each, the last at a host of its own.
    private struct Endpoints {
        let messages: StrictCloud
        let data: HTTPSCloud
        let greengrass: HTTPSCloud
        var certificates: CloudCertificates { messages.certificates }

        init(in folder: String, isOld: Bool = false) throws {
            messages = try StrictCloud(in: folder)
            data = try HTTPSCloud(messages.certificates, isOld: isOld)
            greengrass = try HTTPSCloud(messages.certificates, isOld: isOld)
        }

        func configure(_ core: CoreUnderTest, _ change: (inout [String: Any]) -> Void = { _ in }) throws {
            try core.configureCloud(certificates, port: messages.port) {
                $0["iotHttpPort"] = data.port
                $0["ggHost"] = "127.0.0.1"
                $0["ggHttpPort"] = greengrass.port
                change(&$0)
            }
        }
    }

    private func lines(_ result: CommandResult) throws -> [String] {
        guard result.output.count == 3 else { throw HarnessError("not a line for each service: \(result)") }
        return result.output
    }

    @Test(
        "CFG-05, CFG-07, CFG-08: each endpoint is asked at its own host and port, with the core's certificate and without ALPN",
        arguments: [false, true])
    func endpoints(_ isOld: Bool) throws {
        try CoreUnderTest.run { core in
            let cloud = try Endpoints(in: core.scratch, isOld: isOld)
            try cloud.configure(core)
            let result = try core.command("check", "cloud")
            #expect(result.succeeded, "\(result)")
            let tls = isOld ? "TLSv1.2" : "TLSv1.3"
            try cloud.data.sees("connection", tls, "-", "core")
            try cloud.data.sees("request", "GET", shadow, "localhost:\(cloud.data.port)", "-")
            try cloud.greengrass.sees("connection", tls, "-", "core")
            try cloud.greengrass.sees("request", "GET", discovery, "127.0.0.1:\(cloud.greengrass.port)", "-")
            let said = try lines(result)
            #expect(said[0].hasPrefix("works: MQTT at localhost:\(cloud.messages.port) (reached 127.0.0.1:"))
            #expect(said[1].hasPrefix("works: HTTPS data endpoint at localhost:\(cloud.data.port) (reached 127.0.0.1:"))
            #expect(said[1].contains("\(tls)): GET \(shadow) was answered 200."))
            #expect(
                said[2].hasPrefix("works: HTTPS Greengrass endpoint at 127.0.0.1:\(cloud.greengrass.port) (reached"))
            #expect(said[2].contains("GET \(discovery) was answered 200."))
        }
    }

    @Test("CFG-05, CFG-07, CFG-08: a running core is not disturbed: no client ID is used")
    func runningCore() throws {
        try CoreUnderTest.run { core in
            let cloud = try Endpoints(in: core.scratch)
            try cloud.configure(core)
            var group = GroupFolder()
            group.subscriptions = [(.device("sensor"), "up/#", .cloud)]
            try core.start(group, devices: "sensor")
            try cloud.messages.sees("connected", "first-light_Core-c00")
            let sensor = try core.device(.paho, "sensor")
            try sensor.publish("up/n", "before")
            #expect(try cloud.messages.payloads(of: "up/n", until: "before") == ["before"])
            #expect(try core.command("check", "cloud").succeeded)
            try sensor.publish("up/n", "after")
            #expect(try cloud.messages.payloads(of: "up/n", until: "after") == ["after"])
            let status = try #require(try core.status()["cloud"] as? [String: Any])
            #expect(status["reconnects"] as? Int == 0)
            #expect(cloud.messages.seen.filter { $0.hasPrefix("connected\t") }.count == 2)
            // What made no CONNECT has no name in what the stand-in says.
            #expect(!cloud.messages.seen.contains { $0.hasPrefix("closed\tfirst") || $0.hasPrefix("violation") })
        }
    }

    @Test(
        "NET-04, CFG-05, CFG-07, CFG-08: on port 443 HTTPS asks for x-amzn-http-ca by ALPN and MQTT for its own",
        .enabled(if: geteuid() == 0, "only root can listen on port 443"))
    func sharedPort() throws {
        try CoreUnderTest.run { core in
            let host = "127.83.\(Int.random(in: 0...255)).\(Int.random(in: 1...254))"
            let pki = try CloudCertificates(in: core.scratch + "/pki", names: "IP:\(host)")
            let cloud = try HTTPSCloud(pki, host: host, port: 443, alpn: true)
            try core.configureCloud(pki, host: host, port: 443) {
                $0["iotHttpPort"] = 443
                $0["ggHost"] = host
                $0["ggHttpPort"] = 443
            }
            let result = try core.command("check", "cloud")
            #expect(result.succeeded, "\(result)")
            try cloud.sees("silent", "x-amzn-mqtt-ca")
            try cloud.sees("request", "GET", shadow, host, "x-amzn-http-ca")
            try cloud.sees("request", "GET", discovery, host, "x-amzn-http-ca")
            let said = try lines(result)
            #expect(said[0].contains("ALPN x-amzn-mqtt-ca"))
            #expect(said[1].contains("ALPN x-amzn-http-ca"))
            #expect(said[2].contains("ALPN x-amzn-http-ca"))
        }
    }

    @Test("NET-04: on port 443 through a proxy, HTTPS asks for x-amzn-http-ca by ALPN")
    func sharedPortThroughProxy() throws {
        try CoreUnderTest.run { core in
            let pki = try CloudCertificates(in: core.scratch + "/pki")
            let cloud = try HTTPSCloud(pki, alpn: true)
            // The proxy leads port 443 of everywhere to the cloud's own port.
            let proxy = try FaultyProxy(to: cloud.port, http: true)
            try core.configureCloud(pki, port: 443) {
                $0["iotHttpPort"] = 443
                $0["ggHost"] = "localhost"
                $0["ggHttpPort"] = 443
                $0["networkProxy"] = ["proxy": ["url": "http://127.0.0.1:\(proxy.port)"]]
            }
            let result = try core.command("check", "cloud")
            #expect(result.succeeded, "\(result)")
            for _ in 0..<3 { try proxy.says("asked\tlocalhost:443") }
            try cloud.sees("silent", "x-amzn-mqtt-ca")
            try cloud.sees("request", "GET", shadow, "localhost", "x-amzn-http-ca")
            try cloud.sees("request", "GET", discovery, "localhost", "x-amzn-http-ca")
        }
    }

    @Test("NET-05, CFG-05, CFG-07, CFG-08: through Debian's tinyproxy with basic authentication, and 407 without")
    func tinyproxy() throws {
        try CoreUnderTest.run { core in
            let cloud = try Endpoints(in: core.scratch)
            let proxy = try TinyProxy(in: core.scratch, user: ("Mary_Major", "password1357"))
            func configure(_ user: [String: Any]) throws {
                try cloud.configure(core) {
                    $0["networkProxy"] = ["proxy": user.merging(["url": "http://127.0.0.1:\(proxy.port)"]) { $1 }]
                }
            }
            try configure([:])
            let refused = try core.command("check", "cloud")
            #expect(refused.exit == .code(1))
            for line in try lines(refused) {
                #expect(line.hasPrefix("fails: "))
                #expect(line.contains("407"))
                #expect(line.contains("networkProxy.proxy.username"))
            }
            try configure(["username": "Mary_Major", "password": "password1357"])
            let result = try core.command("check", "cloud")
            #expect(result.succeeded, "\(result)")
            #expect(!result.text.contains("password1357"))
            for line in try lines(result) { #expect(line.contains(" through http://127.0.0.1:\(proxy.port)")) }
            for port in [cloud.messages.port, cloud.data.port] {
                #expect(proxy.log.contains("CONNECT localhost:\(port)"))
            }
            #expect(proxy.log.contains("CONNECT 127.0.0.1:\(cloud.greengrass.port)"))
        }
    }

    @Test(
        "CFG-05, CFG-07, CFG-08: a missing shadow or group is no fault, a 403 names the policy, a 503 and others are told"
    )
    func statuses() throws {
        try CoreUnderTest.run { core in
            let cloud = try Endpoints(in: core.scratch)
            try cloud.configure(core)
            let thing = GroupFolder.thingARN("first-light_Core")
            func check(_ data: Int, _ greengrass: Int) throws -> CommandResult {
                try cloud.data.tell("answer / \(data)")
                try cloud.greengrass.tell("answer / \(greengrass)")
                return try core.command("check", "cloud")
            }
            let missing = try check(404, 404)
            #expect(missing.succeeded)
            #expect(try lines(missing)[1].contains("was answered 404. "))
            // Whoever answers so may be another service altogether.
            #expect(try lines(missing)[1].contains("coreThing.iotHost"))
            #expect(try lines(missing)[2].contains("coreThing.ggHost"))
            let forbidden = try check(403, 403)
            #expect(forbidden.exit == .code(1))
            var said = try lines(forbidden)
            #expect(said[0].hasPrefix("works: "))
            #expect(said[1].hasPrefix("refused: ") && said[1].contains("iot:GetThingShadow on \(thing)"))
            #expect(said[2].hasPrefix("refused: ") && said[2].contains("greengrass:Discover on \(thing)"))
            let broken = try check(503, 301)
            #expect(broken.exit == .code(1))
            said = try lines(broken)
            #expect(said[1].hasPrefix("fails: ") && said[1].contains("answered 503") && said[1].contains("try again"))
            #expect(said[2].hasPrefix("fails: ") && said[2].contains("coreThing.ggHost and coreThing.ggHttpPort"))
        }
    }

    @Test("CFG-05, CFG-07, CFG-08: --json has the same for programs")
    func json() throws {
        try CoreUnderTest.run { core in
            let cloud = try Endpoints(in: core.scratch)
            try cloud.configure(core) { $0["ggHost"] = nil }
            try cloud.data.tell("answer / 403")
            let result = try core.command("check", "cloud", "--json")
            #expect(result.exit == .code(1))
            let text = result.output.joined(separator: "\n")
            let answer = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
            #expect(answer["works"] as? Bool == false)
            #expect(answer["thing"] as? String == "first-light_Core")
            let checks = try #require(answer["checks"] as? [[String: Any]])
            #expect(checks.map { $0["service"] as? String } == ["mqtt", "data", "greengrass"])
            #expect(checks.map { $0["outcome"] as? String } == ["works", "refused", "missing"])
            #expect(checks[0]["status"] is NSNull && checks[0]["alpn"] is NSNull && checks[0]["proxy"] is NSNull)
            #expect(checks[1]["status"] as? Int == 403)
            #expect(checks[1]["endpoint"] as? String == "localhost:\(cloud.data.port)")
            #expect(checks[1]["peer"] as? String == "127.0.0.1:\(cloud.data.port)")
            #expect(checks[1]["tls"] as? String == "TLSv1.3")
            #expect(checks[2]["endpoint"] is NSNull)
            #expect((checks[2]["explanation"] as? String)?.contains("coreThing.ggHost") == true)
        }
    }

    @Test("CFG-05, CFG-07, CFG-08: what does not work is told with its key and the next step")
    func failures() throws {
        try CoreUnderTest.run { core in
            let cloud = try Endpoints(in: core.scratch)
            let closed = try Places.freePort()
            try cloud.data.tell("say SSH-2.0-OpenSSH_9.2")
            try cloud.configure(core) { $0["ggHttpPort"] = closed }
            var said = try lines(try core.command("check", "cloud"))
            #expect(said[0].hasPrefix("works: "))
            #expect(said[1].hasPrefix("fails: ") && said[1].contains("coreThing.iotHttpPort"))
            #expect(said[1].hasSuffix("is coreThing.iotHttpPort right?"))
            #expect(
                said[2].contains("127.0.0.1:\(closed) cannot be reached") && said[2].contains("coreThing.ggHttpPort"))
            // The core is not known there: with TLS 1.3 that comes out after the handshake.
            let other = try CloudCertificates(in: core.scratch + "/other")
            try FileManager.default.removeItem(atPath: other.ca)
            try FileManager.default.copyItem(atPath: cloud.certificates.ca, toPath: other.ca)
            try core.configureCloud(other, port: cloud.messages.port)
            said = try lines(try core.command("check", "cloud"))
            for line in said[..<2] {
                #expect(line.hasPrefix("fails: "))
                #expect(line.contains("certificate \(other.core)"))
            }
            #expect(said[1].contains("does not accept this core's certificate"))
            // Another authority.
            try core.configureCloud(try CloudCertificates(in: core.scratch + "/third"), port: cloud.messages.port)
            said = try lines(try core.command("check", "cloud"))
            for line in said[..<2] { #expect(line.contains("is not trusted") && line.contains("(caPath)")) }
        }
    }

    @Test(
        "NET-02: no endpoint is looked up at AWS: it is what config.json says, and where it says none, the key is told")
    func noLookup() throws {
        try CoreUnderTest.run { core in
            let none = try core.command("check", "cloud")
            #expect(none.exit == .code(1))
            #expect(none.text.contains("there is no coreThing.iotHost in its config.json"))
            let pki = try CloudCertificates(in: core.scratch + "/pki")
            let closed = try Places.freePort()
            try core.configureCloud(pki, host: "127.0.0.2", port: closed)
            let result = try core.command("check", "cloud")
            #expect(result.exit == .code(1))
            #expect(try lines(result)[0].contains("127.0.0.2:\(closed) cannot be reached"))
        }
    }

    @Test(
        "NET-07: there are no over-the-air updates, with a proxy or without: no command and no agent",
        arguments: [false, true])
    func noUpdates(_ hasProxy: Bool) throws {
        try CoreUnderTest.run { core in
            if hasProxy {
                try core.configure { config in
                    var thing = config["coreThing"] as? [String: Any] ?? [:]
                    thing["networkProxy"] = ["proxy": ["url": "http://127.0.0.1:1"]]
                    config["coreThing"] = thing
                }
            }
            try core.start(GroupFolder())
            for word in ["update", "ota"] { #expect(try core.command(word).exit == .code(2)) }
            #expect(!FileManager.default.fileExists(atPath: core.root + "/ota"))
        }
    }

    @Test("`check` knows the machine and the cloud, and has no other options")
    func commandLine() throws {
        try CoreUnderTest.run { core in
            for words in [["check", "clouds"], ["check", "cloud", "now"], ["check", "cloud", "--watch"]] {
                let result = try core.plainCommand(words)
                #expect(result.exit == .code(2), "\(result)")
            }
        }
    }
}
