import Foundation
import Testing

/// Certificates and proxies on the way to the cloud.
@Suite("Trust and proxies on the way to the cloud")
struct CloudTrustTests {
    private var up: GroupFolder {
        var group = GroupFolder()
        group.subscriptions = [(.device("sensor"), "up/#", .cloud)]
        return group
    }

    @Test("NET-01: a root CA that is not the endpoint's is told with its file and what belongs there")
    func wrongAuthority() throws {
        try CoreUnderTest.run { core in
            let cloud = try StrictCloud(in: core.scratch)
            let other = try CloudCertificates(in: core.scratch + "/other")
            try core.configureCloud(other, port: cloud.port)
            try core.start(up, devices: "sensor")
            let line = try core.line(in: core.systemLog, containing: "No connection to the cloud")
            #expect(line.contains("signed by Test Cloud CA, which is not trusted"))
            #expect(line.contains("\(other.ca) (caPath)"))
        }
    }

    @Test("NET-01: a server whose certificate is for another name is not the cloud")
    func wrongName() throws {
        try CoreUnderTest.run { core in
            let pki = try CloudCertificates(in: core.scratch + "/pki", names: "DNS:cloud.example.com")
            let cloud = try StrictCloud(in: core.scratch, certificates: pki)
            try core.configureCloud(pki, port: cloud.port)
            try core.start(up, devices: "sensor")
            let line = try core.line(in: core.systemLog, containing: "No connection to the cloud")
            #expect(line.contains("cloud.example.com, not for localhost"))
            #expect(line.contains("coreThing.iotHost"))
        }
    }

    @Test(
        "H-44: a certificate whose dates and this clock do not go together tells by how many days the clock is off",
        arguments: [(10...30, "at least 10 days behind"), (-30 ... -20, "at least 21 days ahead")])
    func clock(_ days: ClosedRange<Int>, _ text: String) throws {
        try CoreUnderTest.run { core in
            let pki = try CloudCertificates(in: core.scratch + "/pki", days: days)
            let cloud = try StrictCloud(in: core.scratch, certificates: pki)
            try core.configureCloud(pki, port: cloud.port)
            try core.start(up, devices: "sensor")
            let line = try core.line(in: core.systemLog, containing: "No connection to the cloud")
            #expect(line.contains(text), "\(line)")
        }
    }

    @Test(
        "NET-05, CFG-10: through an HTTP proxy with basic authentication; 407 without, 403 for a port it does not allow"
    )
    func httpProxy() throws {
        try CoreUnderTest.run { core in
            let cloud = try StrictCloud(in: core.scratch)
            let proxy = try TinyProxy(in: core.scratch, user: ("Mary_Major", "password1357"))
            let strict = try TinyProxy(in: core.scratch, connectPort: 443)
            func configure(_ proxy: [String: Any], noProxy: String = "") throws {
                try core.configureCloud(cloud.certificates, port: cloud.port) {
                    $0["networkProxy"] = ["proxy": proxy, "noProxyAddresses": noProxy] as [String: Any]
                }
            }
            try configure(["url": "http://127.0.0.1:\(proxy.port)"])
            try core.start(up, devices: "sensor")
            let unknown = try core.line(in: core.systemLog, containing: "answered 407")
            #expect(unknown.contains("networkProxy.proxy.username"))
            try configure(["url": "http://127.0.0.1:\(strict.port)"])
            #expect(try core.command("restart").succeeded)
            let forbidden = try core.line(in: core.systemLog, containing: "answered 403")
            #expect(forbidden.contains("localhost:\(cloud.port)"))
            try configure([
                "url": "http://127.0.0.1:\(proxy.port)", "username": "Mary_Major", "password": "password1357",
            ])
            #expect(try core.command("restart").succeeded)
            try cloud.sees("connected", "first-light_Core-c00")
            let sensor = try core.device(.paho, "sensor")
            try sensor.publish("up/n", "through the proxy")
            #expect(try cloud.payloads(of: "up/n", until: "through the proxy").count == 1)
            #expect(proxy.log.contains("CONNECT localhost:\(cloud.port)"))
            #expect(!core.logs().contains("password1357"))
            let asked = proxy.log.components(separatedBy: "CONNECT localhost").count
            try configure(["url": "http://127.0.0.1:\(proxy.port)"], noProxy: "localhost")
            #expect(try core.command("restart").succeeded)
            try cloud.sees("connected", "first-light_Core-c00")
            #expect(proxy.log.components(separatedBy: "CONNECT localhost").count == asked)
        }
    }

    @Test(
        "H-46, NET-05: through a proxy that itself speaks TLS, once proxyCaPath names its CA; until then it is told so")
    func httpsProxy() throws {
        try CoreUnderTest.run { core in
            let cloud = try StrictCloud(in: core.scratch)
            let pki = try CloudCertificates(in: core.scratch + "/proxy")
            let plain = try TinyProxy(in: core.scratch)
            let proxy = try FaultyProxy(to: plain.port, tls: pki)
            func configure(_ authority: String?) throws {
                try core.configureCloud(cloud.certificates, port: cloud.port) {
                    var network: [String: Any] = ["proxy": ["url": "https://localhost:\(proxy.port)"]]
                    if let authority { network["proxyCaPath"] = authority }
                    $0["networkProxy"] = network
                }
            }
            try configure(nil)
            try core.start(up, devices: "sensor")
            let line = try core.line(in: core.systemLog, containing: "the proxy localhost:\(proxy.port)")
            #expect(line.contains("proxyCaPath"), "\(line)")
            try configure("file://" + pki.ca)
            #expect(try core.command("restart").succeeded)
            try cloud.sees("connected", "first-light_Core-c00")
            let sensor = try core.device(.paho, "sensor")
            let long = String(repeating: "x", count: 100_000)
            try sensor.publish("up/n", long)
            try sensor.publish("up/n", "through TLS in TLS")
            #expect(try cloud.payloads(of: "up/n", until: "through TLS in TLS").count == 2)
        }
    }

    @Test("NET-03: on port 443 the core asks for x-amzn-mqtt-ca by ALPN, here through a proxy")
    func sharedPort() throws {
        try CoreUnderTest.run { core in
            let cloud = try StrictCloud(in: core.scratch, alpn: true)
            // The proxy leads port 443 of everywhere to the cloud's own port.
            let proxy = try FaultyProxy(to: cloud.port, http: true)
            try core.configureCloud(cloud.certificates, port: 443) {
                $0["networkProxy"] = ["proxy": ["url": "http://localhost:\(proxy.port)"]]
            }
            try core.start(up, devices: "sensor")
            try proxy.says("asked\tlocalhost:443")
            #expect(try cloud.sees("connected")[4] == "x-amzn-mqtt-ca")
            #expect(try cloud.sees("connected")[4] == "x-amzn-mqtt-ca")
        }
    }

    @Test("NET-06: functions find the proxy in their environment, and what they set themselves stays")
    func functionsEnvironment() throws {
        try CoreUnderTest.run { core in
            var group = GroupFolder()
            let code = """
                import json
                import os

                import greengrasssdk

                client = greengrasssdk.client('iot-data')


                def function_handler(event, context):
                    names = ('http_proxy', 'https_proxy', 'no_proxy')
                    client.publish(topic='env', payload=json.dumps([os.environ.get(name) for name in names]))
                """
            group.functions = [
                GroupFolder.Function(name: "Plain", code: code),
                GroupFolder.Function(name: "Own", code: code, variables: ["https_proxy": "http://own:1"]),
            ]
            group.subscriptions = [
                (.device("sensor"), "ask/plain", .function("Plain")), (.device("sensor"), "ask/own", .function("Own")),
                (.function("Plain"), "env", .device("sensor")), (.function("Own"), "env", .device("sensor")),
            ]
            try core.configure { config in
                var thing = config["coreThing"] as? [String: Any] ?? [:]
                thing["networkProxy"] = [
                    "noProxyAddresses": "http://128.12.34.56,www.mywebsite.com",
                    "proxy": ["url": "http://127.0.0.1:1", "username": "me", "password": "a/b"],
                ]
                config["coreThing"] = thing
            }
            try core.start(group, devices: "sensor")
            let sensor = try core.device(.paho, "sensor", subscribe: "env")
            let url = "http://me:a%2fb@127.0.0.1:1"
            try sensor.publish("ask/plain", "{}")
            #expect(try sensor.receive().payload == #"["\#(url)", "\#(url)", "128.12.34.56,www.mywebsite.com"]"#)
            try sensor.publish("ask/own", "{}")
            #expect(
                try sensor.receive().payload == #"["\#(url)", "http://own:1", "128.12.34.56,www.mywebsite.com"]"#)
        }
    }
}
