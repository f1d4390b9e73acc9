/// `config/config.json` as V1 has it (gg-core.md, rows CFG-01 to CFG-26), with the additions of V1.10 and V1.11 that
/// this core honours.
public struct Configuration: Sendable {
    /// The core's files for the cloud. A core without a cloud may have none.
    public struct Principal: Sendable, Equatable {
        public var certificateAuthority: String
        public var certificate: String
        public var privateKey: String
    }

    /// The core thing.
    public var thing: ThingARN
    /// The cloud's endpoint; nil for a core without a cloud.
    public var iotHost: String?
    /// The core's own identity; nil only where `iotHost` is nil too.
    public var principal: Principal?
    /// Where local devices connect, `coreThing.ggMqttPort`.
    public var mqttPort: UInt16 = 8883
    /// Where functions reach the core, `coreThing.ggDaemonPort`.
    public var daemonPort: UInt16 = 8000
    /// Seconds, `coreThing.keepAlive`, towards the cloud.
    public var keepAlive: Int64 = 600
    /// Milliseconds that `start` waits, `runtime.postStartHealthCheckTimeout`.
    public var healthCheckTimeout: Int64 = 30_000
    /// `runtime.allowFunctionsToRunAsRoot`.
    public var allowsRootFunctions = false
    /// Whether Prometheus is answered on the functions' port, `runtime.metrics`; ours.
    public var servesMetrics = false
    /// `writeDirectory`.
    public var writeDirectory: String?
    /// Programs by runtime name, on the PATH or absolute, `runtime.interpreters`; ours.
    public var interpreters: [(runtime: String, program: String)] = []

    public init(thing: ThingARN) {
        self.thing = thing
    }
}
