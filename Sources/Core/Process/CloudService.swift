import Network

/// The cloud's three doors, each with a host and a port of its own in config.json.
public enum CloudService: Sendable {
    /// MQTT: every message (rows CFG-04, CFG-06).
    case messages
    /// HTTPS beside it, on the same host: shadows of the core and of devices (row CFG-07).
    case data
    /// HTTPS of the Greengrass service: deployments, discovery (rows CFG-05, CFG-08).
    case greengrass

    public static let all: [CloudService] = [.messages, .data, .greengrass]

    /// The name of AWS IoT's protocol on port 443, which it asks for there by ALPN (rows NET-03, NET-04).
    private var sharedPortProtocol: String { self == .messages ? "x-amzn-mqtt-ca" : "x-amzn-http-ca" }

    func host(_ configuration: Configuration) -> String? {
        self == .greengrass ? configuration.ggHost : configuration.iotHost
    }

    func port(_ configuration: Configuration) -> UInt16 {
        switch self {
        case .messages: configuration.iotMQTTPort
        case .data: configuration.iotHTTPPort
        case .greengrass: configuration.ggHTTPPort
        }
    }

    /// What is offered by ALPN on the port: nothing but on the one that services share.
    func protocols(port: UInt16) -> [String] { port == 443 ? [sharedPortProtocol] : [] }

    var keys: DialPlan.Keys {
        switch self {
        case .messages:
            DialPlan.Keys(host: "coreThing.iotHost", port: "coreThing.iotMqttPort", service: "MQTT over TLS")
        case .data: DialPlan.Keys(host: "coreThing.iotHost", port: "coreThing.iotHttpPort", service: "HTTPS")
        case .greengrass: DialPlan.Keys(host: "coreThing.ggHost", port: "coreThing.ggHttpPort", service: "HTTPS")
        }
    }
}
