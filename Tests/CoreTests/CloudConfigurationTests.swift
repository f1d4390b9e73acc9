import Foundation
import Group
import Network
import Testing

@testable import Core
@testable import Deployment

@Suite("config.json: the cloud")
struct CloudConfigurationTests {
    private func read(_ coreThing: String, _ root: String = "") throws -> Result<Configuration, ConfigurationError> {
        let folder = NSTemporaryDirectory() + "perennial-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder + "/config", withIntermediateDirectories: true)
        let text = """
            {"coreThing": {"thingArn": "arn:aws:iot:us-west-2:123456789012:thing/core", \(coreThing)},
             "crypto": {"caPath": "/c/ca", "principals": {"IoTCertificate": {"privateKeyPath": "/c/key",
             "certificatePath": "/c/cert"}}}\(root)}
            """
        try text.write(toFile: folder + "/config/config.json", atomically: true, encoding: .utf8)
        do throws(ConfigurationError) {
            return .success(try Configuration.read(root: folder).configuration)
        } catch {
            return .failure(error)
        }
    }

    @Test("MSG-01: a group's rows from and to the cloud are warned of only where config.json names none")
    func rules() throws {
        let layout = Layout(root: "/gg")
        let with = try read(#""iotHost": "a.iot.example.com", "ggHost": "b.iot.example.com""#).get()
        #expect(DeploymentSettings.deployer(with, layout, containers: .assumed).rules.cloud)
        #expect(
            !DeploymentSettings.deployer(try read(#""ggDaemonPort": 8000"#).get(), layout, containers: .assumed).rules
                .cloud)
    }

    private func problem(_ coreThing: String, _ root: String = "") throws -> String {
        guard case .failure(let error) = try read(coreThing, root) else { return "" }
        return error.description
    }

    private let host = #""iotHost": "x-ats.iot.us-west-2.amazonaws.com""#

    @Test("CFG-06, CFG-07, CFG-08, CFG-09, CFG-10, CFG-11, CFG-20, B-02: absent keys have V1's defaults")
    func defaults() throws {
        let configuration = try read(host).get()
        #expect(configuration.iotMQTTPort == 8883)
        #expect(configuration.iotHTTPPort == 8443)
        #expect(configuration.ggHTTPPort == 8443)
        #expect(configuration.keepAlive == 600)
        #expect(configuration.operationTimeout == 5)
        #expect(configuration.longestConnectionRetry == 60)
        #expect(configuration.coreClientID == nil)
        #expect(configuration.proxy == nil)
    }

    @Test(
        "CFG-06, CFG-07, CFG-08, CFG-11, CFG-20, B-02, NET-03, NET-04: values are taken, V1's and those for other clouds"
    )
    func values() throws {
        let configuration = try read(
            """
            \(host), "iotMqttPort": 443, "iotHttpPort": 443, "ggHttpPort": 443, "coreClientId": "mine",
            "mqttOperationTimeout": 90, "mqttMaxConnectionRetryInterval": 20
            """
        ).get()
        #expect(configuration.iotMQTTPort == 443)
        #expect(configuration.iotHTTPPort == 443)
        #expect(configuration.ggHTTPPort == 443)
        #expect(configuration.coreClientID == "mine")
        #expect(configuration.operationTimeout == 90)
        #expect(configuration.longestConnectionRetry == 20)
        let other = try read(
            #""iotHost": "192.168.1.2", "iotMqttPort": 1884"#, #", "mqttMaxConnectionRetryInterval": 7"#)
        #expect(try other.get().iotMQTTPort == 1884)
        #expect(try other.get().longestConnectionRetry == 7)
        #expect(try read(#""iotHost": "2001:db8::1""#).get().iotHost == "2001:db8::1")
    }

    @Test(
        "CFG-06, CFG-07, CFG-08, CFG-09, CFG-11, CFG-20, B-02: what cannot be is told with its key and what may be",
        arguments: [
            (#""iotMqttPort": 0"#, "iotMqttPort", "1 to 65535"),
            (#""iotHttpPort": "443""#, "iotHttpPort", "1 to 65535"),
            (#""ggHttpPort": 70000"#, "ggHttpPort", "1 to 65535"), (#""keepAlive": 20"#, "keepAlive", "30 to 1200"),
            (#""mqttOperationTimeout": 4"#, "mqttOperationTimeout", "5 to 3600"),
            (#""mqttMaxConnectionRetryInterval": 0"#, "mqttMaxConnectionRetryInterval", "1 to 86400"),
            (#""coreClientId": """#, "coreClientId", "1 to 128"),
            (#""ggHost": "https://x""#, "ggHost", "without https://"),
            (#""ggHost": "x:8443""#, "ggHost", "without a port"),
        ])
    func mistakes(_ text: String, _ key: String, _ expected: String) throws {
        let said = try problem("\(host), \(text)")
        #expect(said.contains(key))
        #expect(said.contains(expected), "\(said)")
    }

    @Test("CFG-10, NET-05, H-46: networkProxy as the guide has it, and where the proxy's CA is")
    func proxy() throws {
        let configuration = try read(
            """
            \(host), "networkProxy": {"noProxyAddresses": "http://128.12.34.56,www.mywebsite.com",
            "proxyCaPath": "file:///c/proxy", "proxy": {"url": "https://my-proxy-server:1100",
            "username": "Mary_Major", "password": "pass@word1357"}}
            """
        ).get()
        let proxy = try #require(configuration.proxy)
        #expect(proxy.isSecure)
        #expect(proxy.host == "my-proxy-server")
        #expect(proxy.port == 1100)
        #expect(proxy.credentials == .init(userName: "Mary_Major", password: "pass@word1357"))
        #expect(!proxy.serves("www.mywebsite.com", port: 443))
        #expect(configuration.proxyAuthority == "/c/proxy")
    }

    @Test(
        "NET-05: a proxy that cannot be used is told without its password",
        arguments: [
            (#"{"proxy": {"url": "socks5://me:secret@x"}}"#, "http:// or https://"), (#"{"proxy": {}}"#, "url"),
            (#"{"proxy": {"url": "http://me:secret@x:99999"}}"#, "1 to 65535"), (#""http://x""#, "an object"),
            (#"{"proxy": {"url": "http://x"}, "proxyCaPath": "pkcs11:x"}"#, "file:///"),
        ])
    func proxyMistakes(_ text: String, _ expected: String) throws {
        let said = try problem("\(host), \"networkProxy\": \(text)")
        #expect(said.contains("networkProxy"))
        #expect(said.contains(expected), "\(said)")
        #expect(!said.contains("secret"))
    }

    @Test("NET-06: what functions find in their environment")
    func environment() throws {
        let proxy = try NetworkProxy(url: "http://p:1", exempt: ProxyExemptions("http://a, b"))
        let variables = CloudStart.proxyVariables(proxy)
        #expect(variables.map { $0.name } == ["http_proxy", "https_proxy", "no_proxy"])
        #expect(variables.map { $0.value } == ["http://p:1", "http://p:1", "a,b"])
        #expect(CloudStart.proxyVariables(nil).isEmpty)
    }
}
