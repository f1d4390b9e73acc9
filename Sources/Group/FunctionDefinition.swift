/// A Lambda function of the group (`Functions[]` of a function definition version), with the group's defaults applied.
public struct FunctionDefinition: Equatable, Sendable {
    public var id: String
    /// The ARN qualified with a version: the function's identity everywhere in the core.
    public var arn: String
    /// The ARN by which `group.json` names the function where that is an alias (LAM-22), else nil.
    public var aliasARN: String?
    public var runtime: Runtime
    /// `module.function` for interpreters, the file name for executables. `FunctionConfiguration.Executable` where it
    /// is given (LAM-11), else `Handler`.
    public var handler: String
    /// The folder or `.zip` inside the group folder that holds the code, as `group.json` names it; nil where the
    /// package is to be found by the function's name.
    public var package: String?
    /// `FunctionConfiguration.ExecArgs` (LAM-10), as written.
    public var execArgs: String?
    /// Long-lived: starts with the core, one worker (LAM-05).
    public var pinned = false
    /// For each call of the handler (LAM-06).
    public var timeoutSeconds: Int64 = FunctionDefinition.defaultTimeoutSeconds
    /// In container mode only (LAM-07), else nil.
    public var memoryKB: Int64?
    public var encoding = Encoding.json
    public var environment: [EnvironmentVariable] = []
    public var isolation = IsolationMode.container
    public var runAs = RunAs()
    public var accessSysfs = false
    public var resourceAccess: [ResourceAccess] = []
    /// The group asks for a container; this machine has none, and `config.json` lets the function run without.
    public var fellBack = false

    /// Guide: lambda-group-config.md.
    public static let defaultTimeoutSeconds: Int64 = 3

    public init(id: String, arn: String, runtime: Runtime, handler: String) {
        self.id = id
        self.arn = arn
        self.runtime = runtime
        self.handler = handler
    }
}

extension FunctionDefinition {
    /// How payloads reach the handler (LAM-08).
    public enum Encoding: Sendable {
        case json
        case binary

        /// The word of `group.json` and of the environment variable `ENCODING_TYPE`.
        public var word: String { self == .json ? "json" : "binary" }
    }

    /// One of `Environment.Variables` (LAM-09).
    public struct EnvironmentVariable: Equatable, Sendable {
        public var name: String
        public var value: String

        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// One of `Environment.ResourceAccessPolicies` (LAM-21).
    public struct ResourceAccess: Equatable, Sendable {
        public var resourceID: String
        public var writable: Bool

        public init(resourceID: String, writable: Bool) {
            self.resourceID = resourceID
            self.writable = writable
        }
    }
}
