import Bytes
import Group
import Linux
import Log

/// The environment of a worker's process (facts/ipc.md §3, rows LAM-09 and SDK-05).
struct WorkerEnvironment {
    /// Names a function cannot set: they are how it reaches the core.
    private static let reserved = [
        "MY_FUNCTION_ARN", "AWS_CONTAINER_AUTHORIZATION_TOKEN", "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "ROUTER_FUNCTION_ARN", "SHADOW_FUNCTION_ARN", "SECRETS_MANAGER_FUNCTION_ARN", "ENCODING_TYPE",
        "GGC_MAX_INTERFACE_VERSION", "GG_DAEMON_PORT", "IPC_SOCK_FILE", "_GG_LOG_FD_INFO", "_GG_LOG_FD_ERROR",
        "_GG_LOG_FD_DEBUG", "_GG_LOG_FD_WARN", "_GG_LOG_FD_FATAL", "_GG_LOG_FD_TRACE",
    ]
    /// Search paths to which a function's own value is added, because without ours nothing would start.
    private static let searchPaths = ["PATH", "PYTHONPATH", "LD_LIBRARY_PATH"]

    private(set) var variables: [(name: String, value: String)] = []

    init(_ function: FunctionDefinition, package: String, token: [UInt8], configuration: FunctionConfiguration) {
        set("MY_FUNCTION_ARN", function.arn)
        set("AWS_CONTAINER_AUTHORIZATION_TOKEN", token.text)
        // botocore takes only the host names it knows for this machine, so it is spelled out.
        set(
            "AWS_CONTAINER_CREDENTIALS_FULL_URI",
            "http://localhost:\(configuration.port)/2016-11-01/credentialprovider/")
        set("ROUTER_FUNCTION_ARN", SystemARN.router)
        set("SHADOW_FUNCTION_ARN", SystemARN.shadow)
        set("SECRETS_MANAGER_FUNCTION_ARN", SystemARN.secrets)
        set("ENCODING_TYPE", function.encoding.word)
        // SDKs from 1.5 on refuse to start with less (facts/ipc.md §0).
        set("GGC_MAX_INTERFACE_VERSION", "1.5")
        set("GG_DAEMON_PORT", String(configuration.port))
        set("IPC_SOCK_FILE", configuration.socketPath)
        for (index, entry) in WorkerLogs.levels.enumerated() { set(entry.variable, String(index + 1)) }
        set("LOG_LEVEL", "\(configuration.logLevel.name)")
        setCloud(function, configuration)
        set("GGC_VERSION", configuration.version)
        set("HOME", package)
        set("LANG", "C.UTF-8")
        set("PATH", "\(configuration.path):\(package):/usr/bin:/usr/local/bin")
        set("PYTHONPATH", "\(package):\(Path.join(configuration.runtimeRoot, "python"))")
        set(
            "LD_LIBRARY_PATH",
            "\(Path.join(configuration.runtimeRoot, "executable")):\(package):\(Path.join(package, "lib"))")
        for variable in configuration.proxyVariables { set(variable.name, variable.value) }
        for variable in function.environment { setForUser(variable.name, variable.value) }
    }

    /// Names that tell of the cloud; those of a core without one are absent.
    private mutating func setCloud(_ function: FunctionDefinition, _ configuration: FunctionConfiguration) {
        set("AWS_IOT_THING_NAME", configuration.thingName)
        if let region = configuration.region ?? FunctionARN(function.arn)?.region, !region.isEmpty {
            set("AWS_REGION", region)
            set("AWS_DEFAULT_REGION", region)
        }
        set("AWS_GG_MQTT_PORT", String(configuration.mqttPort))
        set("GG_MQTT_KEEP_ALIVE", String(configuration.mqttKeepAlive))
        if let host = configuration.iotHost {
            set("AWS_IOT_MQTT_ENDPOINT", "\(host):\(configuration.mqttPort)")
            set("AWS_GG_MQTT_ENDPOINT", "\(host):\(configuration.mqttPort)")
            set("AWS_IOT_HTTP_ENDPOINT", "\(host):\(configuration.iotHTTPPort)")
        }
        if let host = configuration.greengrassHost {
            set("AWS_GG_HTTP_ENDPOINT", "\(host):\(configuration.greengrassHTTPPort)")
        }
    }

    private mutating func setForUser(_ name: String, _ value: String) {
        for reserved in Self.reserved where reserved == name { return }
        for search in Self.searchPaths where search == name {
            set(name, value.isEmpty ? self[name] ?? "" : "\(value):\(self[name] ?? "")")
            return
        }
        set(name, value)
    }

    subscript(name: String) -> String? {
        for variable in variables where variable.name == name { return variable.value }
        return nil
    }

    private mutating func set(_ name: String, _ value: String) {
        for index in variables.indices where variables[index].name == name {
            variables[index].value = value
            return
        }
        variables.append((name, value))
    }
}
