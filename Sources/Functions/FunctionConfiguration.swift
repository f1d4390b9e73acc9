import Group
import Linux
import Log

/// What the function service needs to know of the core: places, names and the settings of `config.json`.
public struct FunctionConfiguration: Sendable {
    /// `coreThing.ggDaemonPort` (V1.10 and later); 8000 is what old SDKs have built in.
    public var port: UInt16 = 8000
    /// `<write directory>/ggc/socket/greengrass_ipc.sock`.
    public var socketPath: String
    /// The folder that holds a folder for each function, named by the qualified ARN:
    /// `<write directory>/ggc/deployment/lambda`.
    public var packageRoot: String
    /// The folder that holds a folder of compiled Python for each function that has any, named so too:
    /// `<write directory>/ggc/deployment/bytecode`; nil where none is.
    public var bytecodeRoot: String?
    /// The folder with `python/`, `nodejs/` and `java8/`: `<root>/ggc/packages/<version>/runtime`.
    public var runtimeRoot: String
    /// `<write directory>/ggc/var/log/user`.
    public var logRoot: String
    /// Of the group's `Loggers` for `Lambda`.
    public var logLevel: LogLevel = .info
    /// Bytes a function's log may take, of the group's `Loggers` for `Lambda`.
    public var logSpace: Int64 = LogFile.defaultSpace
    /// Whether what functions log goes to standard error too, for a person who runs one function.
    public var echoesLogs = false
    /// Where interpreters are looked for.
    public var path = defaultPath
    public static let defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    /// Programs for a runtime's name (`python3.7`), from `runtime.interpreters` of `config.json`: names on the PATH or
    /// absolute paths, tried in order instead of the built-in list (`config.json` names one).
    public var interpreters: [(runtime: String, programs: [String])] = []
    /// Where those are written, for messages.
    public var interpreterSetting = InterpreterSetting.file
    /// Of `coreThing.thingArn`.
    public var thingName: String
    /// Of the core's endpoints; nil takes the region of the function's ARN.
    public var region: String?
    /// `coreThing.iotHost` and `ggHost`; nil for a core without a cloud.
    public var iotHost: String?
    public var greengrassHost: String?
    /// `coreThing.iotMqttPort`, `iotHttpPort`, `ggHttpPort`.
    public var mqttPort: UInt16 = 8883
    public var iotHTTPPort: UInt16 = 8443
    public var greengrassHTTPPort: UInt16 = 8443
    /// Seconds, as `coreThing` has them.
    public var mqttKeepAlive: Int64 = 600
    /// The version of V1 whose behaviour the core offers (`GGC_VERSION`).
    public var version: String
    /// `http_proxy`, `https_proxy`, `no_proxy` from `networkProxy`; functions may set their own.
    public var proxyVariables: [(name: String, value: String)] = []
    /// What functions are given of the machine, by their qualified ARN.
    public var grants: [String: WorkerGrants] = [:]

    public init(
        socketPath: String, packageRoot: String, runtimeRoot: String, logRoot: String, thingName: String,
        version: String
    ) {
        self.socketPath = socketPath
        self.packageRoot = packageRoot
        self.runtimeRoot = runtimeRoot
        self.logRoot = logRoot
        self.thingName = thingName
        self.version = version
    }

    /// The folder of a function's compiled code; nil where it has none.
    public func bytecode(
        of function: FunctionDefinition, exists: (String) -> Bool = { Files.exists($0) }
    ) -> String? {
        guard let bytecodeRoot, function.runtime.family == .python else { return nil }
        let folder = Path.join(bytecodeRoot, function.arn)
        return exists(folder) ? folder : nil
    }

    func grants(of arn: String) -> WorkerGrants { grants[arn] ?? WorkerGrants() }
}
