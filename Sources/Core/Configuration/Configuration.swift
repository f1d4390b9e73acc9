import Network

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
    /// The cloud's Greengrass service.
    public var ggHost: String?
    /// `coreThing.iotMqttPort`: V1 allows 8883 and 443; any other is for clouds of one's own.
    public var iotMQTTPort: UInt16 = 8883
    /// `coreThing.iotHttpPort`.
    public var iotHTTPPort: UInt16 = 8443
    /// `coreThing.ggHttpPort`.
    public var ggHTTPPort: UInt16 = 8443
    /// The core's own identity; nil only where `iotHost` is nil too.
    public var principal: Principal?
    /// Where local devices connect, `coreThing.ggMqttPort`.
    public var mqttPort: UInt16 = 8883
    /// Where functions reach the core, `coreThing.ggDaemonPort`.
    public var daemonPort: UInt16 = 8000
    /// Seconds, `coreThing.keepAlive`, towards the cloud.
    public var keepAlive: Int64 = 600
    /// Seconds, `coreThing.mqttOperationTimeout`: how long the cloud may take for an answer at least.
    public var operationTimeout: Int64 = 5
    /// Seconds, `mqttMaxConnectionRetryInterval`: the longest pause between two attempts to reach the cloud.
    public var longestConnectionRetry: Int64 = 60
    /// `coreThing.coreClientId`: the client ID towards the cloud in place of the thing's name.
    public var coreClientID: String?
    /// `coreThing.networkProxy`.
    public var proxy: NetworkProxy?
    /// `coreThing.networkProxy.proxyCaPath`, ours: whom to trust as a proxy that speaks TLS, beside the system's store.
    public var proxyAuthority: String?
    /// Milliseconds that `start` waits, `runtime.postStartHealthCheckTimeout`.
    public var healthCheckTimeout: Int64 = 30_000
    /// `runtime.allowFunctionsToRunAsRoot`.
    public var allowsRootFunctions = false
    /// Whether functions that are to have a container run without one on a machine that can make none,
    /// `runtime.fallBackToNoContainer`; ours.
    public var fallsBackToNoContainer = false
    /// Workers that all on-demand functions may have together, `runtime.maxConcurrentLimit` (row B-06).
    public var onDemandWorkers: Int64 = 25
    /// Workers that are kept started and idle for each on-demand function, `runtime.spareWorkers`; ours.
    public var spareWorkers: Int64 = 0
    /// Invocations that may wait for all functions together, `runtime.maxWorkItemCount` (row B-05); nil where it is not set.
    public var workItems: Int64?
    /// On-demand workers that are kept without work, `runtime.lruSize` (row B-07).
    public var idleWorkers: Int64 = 25
    /// Keys that stand in the file, are right, and change nothing on this core (rows CFG-13 and B-08).
    public var keysWithoutEffect: [String] = []
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
