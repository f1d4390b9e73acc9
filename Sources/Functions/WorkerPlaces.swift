import Group
import Linux

/// Where a worker finds what the core gives it: real paths, or those of a container (docs/function-protocol.md).
struct WorkerPlaces {
    /// The function's package, its working directory and HOME.
    let package: String
    /// The folder with `python`, `nodejs`, `java` and `executable`.
    let runtime: String
    /// The core's socket; empty where there is none.
    let socket: String
    /// What a function puts before the `DestinationPath` of a resource (`AWS_GG_RESOURCE_PREFIX`).
    let resourcePrefix: String

    /// Those that a container has at its end.
    static let container = (package: "/lambda", runtime: "/runtime", socket: WorkerContainer.socketPlace)
    /// Where a container has the function's compiled code.
    static let containedBytecode = "/greengrass_bytecode"

    /// Where an executable's package stands besides, so that its command line names the function (row LAM-28): a program
    /// gets no argument that its group does not give it, and `/lambda` is the same for all.
    static func program(of function: FunctionDefinition) -> String {
        "/functions/" + (FunctionARN(function.arn)?.name ?? "function")
    }

    static func host(
        _ function: FunctionDefinition, package: String, configuration: FunctionConfiguration
    ) -> WorkerPlaces {
        WorkerPlaces(
            package: package, runtime: configuration.runtimeRoot,
            // Programs cannot connect to a longer path; they have the port.
            socket: configuration.socketPath.utf8.count <= Socket.longestPath ? configuration.socketPath : "",
            resourcePrefix: configuration.grants(of: function.arn).linkFolder ?? "/")
    }

    static func inside(configuration: FunctionConfiguration) -> WorkerPlaces {
        WorkerPlaces(
            package: container.package, runtime: container.runtime,
            socket: configuration.socketPath.isEmpty ? "" : container.socket, resourcePrefix: "/")
    }
}
