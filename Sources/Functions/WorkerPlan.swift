import Bytes
import Group
import Linux

/// Why a function's process cannot even be tried; a sentence with the next step.
struct WorkerPlanError: Error {
    let sentence: String
}

/// From a function's definition to the process that runs it, in no-container mode.
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
        let environment = WorkerEnvironment(
            function, package: package, token: token, configuration: configuration)
        var specification = WorkerSpecification(
            executable: "", arguments: [], environment: environment.variables, workingDirectory: package,
            userID: function.runAs.userID, groupID: function.runAs.groupID)
        var remark: String?
        switch function.runtime.family {
        case .executable:
            specification.executable = try executable(function, in: package, search: search)
            specification.arguments = ArgumentSplitter.split(function.execArgs ?? "")
        case .python:
            let choice = try interpreter(function, search: search)
            let script = Path.join(configuration.runtimeRoot, "python/lambda_runtime.py")
            guard exists(script) else {
                throw WorkerPlanError(
                    sentence:
                        "the core's Python runtime \(script) is missing. Unpack the core's archive again; for a core "
                        + "that runs from its source tree, `make build` links the runtime.")
            }
            specification.executable = choice.path
            specification.arguments = ["-u", script, "--handler=\(function.handler)"]
            if choice.substitute != nil {
                remark = "Function \(function.arn) asks for \(function.runtime.name) and runs on \(choice.path)."
            }
        case .nodejs, .java:
            throw WorkerPlanError(
                sentence: "this core has no runtime for \(function.runtime.name) yet; it runs Python functions and "
                    + "executables.")
        }
        return (specification, remark)
    }

    private static func interpreter(
        _ function: FunctionDefinition, search: InterpreterSearch
    ) throws(WorkerPlanError) -> InterpreterSearch.Choice {
        if let choice = search.find(function.runtime) { return choice }
        let name = function.runtime.name
        throw WorkerPlanError(
            sentence: "no interpreter for runtime \(name) is installed: none of "
                + "\(search.candidates(function.runtime).joined(separator: ", ")) is a program in "
                + "\(search.folders.joined(separator: ":")). Install \(name) or a newer one, or name a program for it in "
                + "config.json: \"runtime\": {\"interpreters\": {\"\(name)\": \"/path/to/program\"}}.")
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
