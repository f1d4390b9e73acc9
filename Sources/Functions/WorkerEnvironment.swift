import Bytes
import Group
import Linux
import Log

/// The environment of a worker's process (docs/function-protocol.md, rows LAM-09 and SDK-05).
struct WorkerEnvironment {
    /// Search paths to which a function's own value is added, because without ours nothing would start.
    private static let searchPaths = ["PATH", "PYTHONPATH", "NODE_PATH", "LD_LIBRARY_PATH"]

    private(set) var variables: [(name: String, value: String)] = []

    /// - Parameter places: as the worker sees them.
    init(_ function: FunctionDefinition, places: WorkerPlaces, token: [UInt8], configuration: FunctionConfiguration) {
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
        // SDKs from 1.5 on refuse to start with less (docs/function-protocol.md).
        set("GGC_MAX_INTERFACE_VERSION", "1.5")
        set("GG_DAEMON_PORT", String(configuration.port))
        set("IPC_SOCK_FILE", places.socket)
        for (index, entry) in WorkerLogs.levels.enumerated() { set(entry.variable, String(index + 1)) }
        set("LOG_LEVEL", "\(configuration.logLevel.name)")
        setCloud(function, configuration)
        set("GGC_VERSION", configuration.version)
        let package = places.package
        set("HOME", package)
        set("AWS_GG_RESOURCE_PREFIX", places.resourcePrefix)
        set("LANG", "C.UTF-8")
        set("PATH", "\(configuration.path):\(package):/usr/bin:/usr/local/bin")
        set("PYTHONPATH", "\(package):\(Path.join(places.runtime, "python"))")
        // A package's path has the colons of an ARN in it, where it has no place of its own in a container: then the
        // working directory stands for it.
        let here = package.utf8.contains(UInt8(ascii: ":")) ? "." : package
        set(
            "NODE_PATH",
            "\(here):\(Path.join(places.runtime, "nodejs/node_modules")):\(Path.join(here, "node_modules"))")
        set(
            "LD_LIBRARY_PATH",
            "\(Path.join(places.runtime, "executable")):\(package):\(Path.join(package, "lib"))")
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
        if FunctionDefinition.reservedVariables.contains(name) { return }
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
