import Bytes
import Group
import Linux

/// Why a function's process cannot even be tried; a sentence with the next step.
struct WorkerPlanError: Error {
    let sentence: String
}

/// From a function's definition to the process that runs it.
enum WorkerPlan {
    /// - Parameter isFile: whether a path leads to a file or folder; a parameter for tests.
    /// - Returns: the specification, and what to tell in the log about the choice of interpreter.
    static func make(
        _ function: FunctionDefinition, token: [UInt8], configuration: FunctionConfiguration,
        search: InterpreterSearch, exists: (String) -> Bool = { Files.exists($0) }
    ) throws(WorkerPlanError) -> (specification: WorkerSpecification, remark: String?) {
        let package = Path.join(configuration.packageRoot, function.arn)
        guard exists(package) else {
            throw WorkerPlanError(
                sentence: "its package \(package) is missing. Deploy the group again.")
        }
        // What is looked for is looked for on the host; what the worker is told are the places that it sees.
        let isContainer = function.isolation == .container
        let places =
            isContainer
            ? WorkerPlaces.inside(configuration: configuration)
            : WorkerPlaces.host(function, package: package, configuration: configuration)
        let environment = WorkerEnvironment(function, places: places, token: token, configuration: configuration)
        var specification = WorkerSpecification(
            executable: "", arguments: [], environment: environment.variables, workingDirectory: places.package,
            userID: function.runAs.userID, groupID: function.runAs.groupID)
        let grants = configuration.grants(of: function.arn)
        specification.supplementaryGroups = grants.supplementaryGroups
        let bytecode = configuration.bytecode(of: function, exists: exists)
        if isContainer { specification.container = container(function, package, bytecode, grants, configuration) }
        var remark: String?
        switch function.runtime.family {
        case .executable:
            _ = try executable(function, in: package, search: search)
            specification.executable = Path.join(
                isContainer ? WorkerPlaces.program(of: function) : places.package, function.handler)
            specification.arguments = ArgumentSplitter.split(function.execArgs ?? "")
        case .python, .nodejs, .java:
            let choice = try interpreter(function, search: search, configuration.interpreterSetting)
            specification.executable = choice.path
            specification.arguments = try runtimeArguments(
                function, in: places.runtime, onHost: configuration.runtimeRoot,
                bytecode: isContainer && bytecode != nil ? WorkerPlaces.containedBytecode : bytecode, exists: exists)
            if choice.substitute != nil {
                remark = "Function \(function.arn) asks for \(function.runtime.name) and runs on \(choice.path)."
            }
        }
        return (specification, remark)
    }

    /// The words after the interpreter's name: the core's runtime for the language, and the handler.
    /// - Parameters:
    ///   - root: the runtimes' folder as the worker sees it.
    ///   - hostRoot: the same for us, who look whether it is complete.
    ///   - bytecode: the function's compiled code as the worker sees it.
    private static func runtimeArguments(
        _ function: FunctionDefinition, in root: String, onHost hostRoot: String, bytecode: String?,
        exists: (String) -> Bool
    ) throws(WorkerPlanError) -> [String] {
        // The ARN is for those who look for a function's process (`ps aux | grep NAME`, row LAM-28).
        let words = ["--handler=\(function.handler)", "--function=\(function.arn)"]
        let name: String
        let arguments: [String]
        switch function.runtime.family {
        case .nodejs:
            name = "nodejs/lambda_nodejs_runtime.js"
            arguments = [Path.join(root, name)] + words
        case .java:
            name = "java8/greengrass-java-runtime.jar"
            let interfaces = Path.join(root, "java8/interfaces/aws-lambda-interfaces.jar")
            // Ours by their names: a 32-bit launcher that is emulated on a 64-bit machine finds nothing behind an asterisk, since
            // its readdir(3) cannot hold the file system's positions.
            // The package is the working directory: the colons of an ARN in its path would part the class path. What the
            // function brings comes before our interfaces of aws-lambda-java-core.
            arguments =
                [
                    "-cp", "\(Path.join(root, name)):.:lib/*:\(interfaces)",
                    "com.amazonaws.greengrass.runtime.LambdaRuntime",
                ] + words
        case .python, .executable:
            name = "python/lambda_runtime.py"
            arguments = ["-u", Path.join(root, name)] + words + (bytecode.map { ["--bytecode=\($0)"] } ?? [])
        }
        let file = Path.join(hostRoot, name)
        guard exists(file) else {
            throw WorkerPlanError(
                sentence: "the core's runtime for \(function.runtime.name), \(file), is missing. Unpack the core's "
                    + "archive again; for a core that runs from its source tree, `make build` makes and links the runtimes."
            )
        }
        return javaMemory(function) + arguments
    }

    /// A virtual machine sizes its heap by the machine's memory, and cannot see the limit of its container. An `-Xmx` of the
    /// function's own (`JAVA_TOOL_OPTIONS`) still wins.
    private static func javaMemory(_ function: FunctionDefinition) -> [String] {
        guard function.runtime.family == .java, function.isolation == .container, let memory = function.memoryKB else {
            return []
        }
        return ["-XX:MaxRAM=\(memory)k"]
    }

    private static func container(
        _ function: FunctionDefinition, _ package: String, _ bytecode: String?, _ grants: WorkerGrants,
        _ configuration: FunctionConfiguration
    ) -> WorkerContainer {
        let inside = WorkerPlaces.container
        var folders = [
            WorkerGrants.Volume(source: package, destination: inside.package, isWritable: false),
            WorkerGrants.Volume(source: configuration.runtimeRoot, destination: inside.runtime, isWritable: false),
        ]
        if let bytecode {
            let place = WorkerPlaces.containedBytecode
            folders.append(WorkerGrants.Volume(source: bytecode, destination: place, isWritable: false))
        }
        if function.runtime.family == .executable {
            let place = WorkerPlaces.program(of: function)
            folders.append(WorkerGrants.Volume(source: package, destination: place, isWritable: false))
        }
        return WorkerContainer(
            folders: folders,
            socket: configuration.socketPath.isEmpty ? nil : configuration.socketPath,
            volumes: grants.volumes, devices: grants.devices,
            memoryLimit: function.memoryKB.map { UInt64($0) * 1024 }, showsSysfs: function.accessSysfs)
    }

    private static func interpreter(
        _ function: FunctionDefinition, search: InterpreterSearch, _ setting: InterpreterSetting
    ) throws(WorkerPlanError) -> InterpreterSearch.Choice {
        if let choice = search.find(function.runtime) { return choice }
        let name = function.runtime.name
        let folders = search.folders.joined(separator: ":")
        if let named = search.named(function.runtime) {
            let isPath = named.contains { $0.utf8.contains(UInt8(ascii: "/")) }
            throw WorkerPlanError(
                sentence:
                    "\(setting.name) names \(named.joined(separator: ", ")) for runtime \(name), which is not there "
                    + (isPath ? "or not executable." : "as a program in \(folders).")
                    + " Name a program that runs \(name) \(setting.advice(name)).")
        }
        throw WorkerPlanError(
            sentence: "no interpreter for runtime \(name) is installed: none of "
                + "\(search.candidates(function.runtime).joined(separator: ", ")) is a program in \(folders). Install "
                + "\(name) or a newer one, or name a program for it \(setting.advice(name)).")
    }

    private static func executable(
        _ function: FunctionDefinition, in package: String, search: InterpreterSearch
    ) throws(WorkerPlanError) -> String {
        for part in function.handler.utf8.split(separator: UInt8(ascii: "/"))
        where [UInt8](part) == [UInt8]("..") {
            throw WorkerPlanError(sentence: "its handler \(function.handler) leads out of its package.")
        }
        let path = Path.join(package, function.handler)
        guard search.isExecutable(path) else {
            throw WorkerPlanError(
                sentence:
                    "its handler \(path) is missing or not executable. The handler of an executable is the name of "
                    + "the file in the package, with the mode for execution (chmod +x), before it is packed.")
        }
        return path
    }
}
