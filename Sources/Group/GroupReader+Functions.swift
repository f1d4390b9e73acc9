import JSON

extension GroupReader {
    private static let functionKeys = [
        "Id", "FunctionArn", "Version", "Runtime", "Handler", "Package", "FunctionConfiguration", "Role",
    ]
    private static let configurationKeys = [
        "Executable", "ExecArgs", "MemorySize", "Pinned", "Timeout", "EncodingType", "Environment",
        "FunctionRuntimeOverride",
    ]

    /// `DefaultConfig` and `Functions`.
    mutating func readFunctions(_ reader: ObjectReader) {
        if let config = reader.child("DefaultConfig") {
            config.expectOnly(["Execution"])
            if let execution = config.child("Execution") { readDefaultExecution(execution) }
        }
        var seen: [String: String] = [:]
        var arns: [String: String] = [:]
        var roots: [String] = []
        for element in reader.children("Functions", atMost: GroupLimits.functions, of: "functions") {
            element.expectOnly(GroupReader.functionKeys)
            if element.value("Role") != nil {
                element.warning(
                    "Role",
                    "a function's execution role has no effect on a core; what functions may do in the cloud, the group's "
                        + "role says")
            }
            let id = identifier(element, of: "function", &seen)
            guard let name = functionName(element) else { continue }
            if let first = arns[name.arn] {
                element.violation(
                    "FunctionArn", "\(Words.quoted(name.arn)) is already the function of \(first); name it once")
            }
            arns[name.arn] = element.path.description
            let function = function(element, id: id, name)
            addEndpoint(function.arn, .function(function.arn))
            if let alias = function.aliasARN { addEndpoint(alias, .function(function.arn)) }
            if function.runAs.userID == 0 || function.runAs.groupID == 0 { roots.append(function.arn) }
            group.functions.append(function)
        }
        if !roots.isEmpty, !rules.rootFunctions {
            reader.violation(
                "Functions",
                "lambda(s) [\(roots.joined(separator: " "))] are configured to run as root while Greengrass is not "
                    + "configured to run lambdas with root permissions; give them another Uid and Gid, or set "
                    + "\"allowFunctionsToRunAsRoot\" to \"yes\" in the runtime section of config.json")
        }
    }

    private mutating func readDefaultExecution(_ reader: ObjectReader) {
        reader.expectOnly(["IsolationMode", "RunAs"])
        if let written = reader.value("IsolationMode") {
            if let mode = IsolationMode(word: written.stringValue) {
                group.defaultExecution.isolation = mode
            } else {
                reader.violation(
                    "IsolationMode",
                    "Your 'IsolationMode' configuration for the group is invalid. Found \(reader.describe(written)), "
                        + "expected \"GreengrassContainer\" or \"NoContainer\"")
            }
        }
        group.defaultExecution.runAs = runAs(reader)
    }

    /// `RunAs` beside an `IsolationMode`.
    func runAs(_ reader: ObjectReader) -> RunAs {
        guard let reader = reader.child("RunAs") else { return RunAs() }
        reader.expectOnly(["Uid", "Gid"])
        // 2^32 - 1 is no ID but chown(2)'s "leave it as it is".
        let ids: ClosedRange<Int64> = 0...4_294_967_294
        let user = reader.integer("Uid", in: ids, unit: "a user ID")
        let group = reader.integer("Gid", in: ids, unit: "a group ID")
        return RunAs(
            userID: user.map { UInt32(truncatingIfNeeded: $0) }, groupID: group.map { UInt32(truncatingIfNeeded: $0) })
    }

    /// The function's ARN with its version, and the alias it was named by.
    private mutating func functionName(_ reader: ObjectReader) -> (arn: String, aliasARN: String?)? {
        let form = "the function's ARN with a version, as in \"arn:aws:lambda:REGION:ACCOUNT:function:NAME:1\""
        guard let text = reader.text("FunctionArn", required: form) else { return nil }
        guard let name = FunctionARN(text) else {
            reader.violation("FunctionArn", "found \(Words.quoted(text)), expected \(form)")
            return nil
        }
        if name.region.isEmpty || name.account.isEmpty {
            readSystemFunction(reader, name, text)
            return nil
        }
        guard let qualifier = name.qualifier else {
            reader.violation("FunctionArn", "\(Words.quoted(text)) has no version; append one, as in \":1\"")
            return nil
        }
        if qualifier == "$LATEST" {
            reader.violation("FunctionArn", "$LATEST is not supported; name a version, as in \":1\"")
            return nil
        }
        let version = reader.integer("Version", in: 1...Int64.max, unit: "the version")
        if name.isVersion {
            if let version, String(version) != qualifier {
                reader.violation("Version", "is \(version), but FunctionArn names the version \(qualifier); remove one")
            }
            return (text, nil)
        }
        guard let version else {
            if reader.value("Version") == nil {
                reader.violation(
                    "FunctionArn",
                    "names the alias \(Words.quoted(qualifier)), and a group folder has no service to ask which "
                        + "version that is; add \"Version\": 1 beside it, or name the version in the ARN")
            }
            return nil
        }
        return (name.qualified(String(version)), text)
    }

    /// An entry such as V1's console adds for the core's own parts (`arn:aws:lambda:::function:GGIPDetector:1`).
    private mutating func readSystemFunction(_ reader: ObjectReader, _ name: FunctionARN, _ text: String) {
        guard name.name.utf8.starts(with: "GG".utf8), name.region.isEmpty, name.account.isEmpty else {
            reader.violation(
                "FunctionArn",
                "found \(Words.quoted(text)), expected a region and an account of 12 digits in it; without a cloud any "
                    + "will do, as in \"arn:aws:lambda:local:000000000000:function:\(name.name):1\"")
            return
        }
        let environment = reader.child("FunctionConfiguration")?.child("Environment")
        if let environment, environment.value("Execution") != nil {
            environment.violation("Execution", "Execution configuration for function with arn \(text) is not allowed.")
        }
        if name.name == "GGCloudSpooler" {
            readSpooler(reader, environment)
            return
        }
        reader.warning("FunctionArn", "\(text) \(SystemParts.answer(to: name.name)); ignored")
    }

    private func function(
        _ reader: ObjectReader, id: String, _ name: (arn: String, aliasARN: String?)
    ) -> FunctionDefinition {
        let configuration = reader.child("FunctionConfiguration")
        configuration?.expectOnly(GroupReader.configurationKeys)
        let runtime = runtime(reader, configuration)
        // "Executable" is where V1's group overrides what the Lambda service says about the function (LAM-11).
        var handler = reader.text("Handler")
        if let override = configuration?.text("Executable"), !override.isEmpty { handler = override }
        let form: String
        switch runtime?.family {
        case .executable: form = "the name of the file to run"
        case .java: form = "\"package.Class::method\""
        default: form = "\"module.function\""
        }
        if handler == nil || handler == "" {
            if reader.value("Handler")?.stringValue != nil || reader.value("Handler") == nil {
                reader.violation("Handler", "missing; write \(form)")
            }
        } else if let runtime, let handler, let problem = GroupReader.handlerProblem(handler, runtime.family) {
            let isOverride = configuration?.value("Executable") != nil
            let place = isOverride ? (configuration ?? reader).path(of: "Executable") : reader.path(of: "Handler")
            box.violation(place, "\(Words.quoted(handler)) \(problem)")
        }
        var function = FunctionDefinition(
            id: id, arn: name.arn, runtime: runtime ?? Runtime(family: .python, version: "3"), handler: handler ?? "")
        function.aliasARN = name.aliasARN
        function.package = package(reader)
        configure(&function, configuration, named: reader)
        return function
    }

    private func runtime(_ reader: ObjectReader, _ configuration: ObjectReader?) -> Runtime? {
        var place = reader
        var key = "Runtime"
        if let configuration, configuration.value("FunctionRuntimeOverride") != nil {
            (place, key) = (configuration, "FunctionRuntimeOverride")
        }
        let form =
            "the name of a runtime: \(Runtime.known.joined(separator: ", ")), or a newer one as in \"python3.12\", "
            + "\"nodejs20.x\" or \"java17\""
        guard let text = place.text(key, required: form) else { return nil }
        guard let runtime = Runtime(name: text) else {
            var message = "found \(Words.quoted(text)), expected \(form)"
            if let nearest = box.nearest(text, among: Runtime.known) {
                message += "; did you mean \(Words.quoted(nearest))?"
            }
            place.violation(key, message)
            return nil
        }
        if !rules.runtimes.contains(runtime.family) {
            place.violation(
                key,
                "this version of the core does not run \(Words.quoted(runtime.name)) functions yet; write the function "
                    + "in Python, as in \"python3.7\", or remove it")
        }
        return runtime
    }

    /// The path of the package inside the group folder.
    private func package(_ reader: ObjectReader) -> String? {
        guard let text = reader.text("Package") else { return nil }
        var isPlain = !text.isEmpty && !text.utf8.starts(with: "/".utf8)
        for part in text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        where part.elementsEqual("..".utf8) {
            isPlain = false
        }
        for byte in text.utf8 where byte == 0 { isPlain = false }
        guard isPlain else {
            reader.violation(
                "Package", "found \(Words.quoted(text)), expected the path of a folder or .zip inside the group folder")
            return nil
        }
        return text
    }

    /// What is wrong with the form of a handler; whether the package has it, the deployment checks.
    static func handlerProblem(_ handler: String, _ family: Runtime.Family) -> String? {
        let bytes = [UInt8](handler.utf8)
        if bytes.count > 512 { return "is longer than 512 bytes" }
        for byte in bytes where byte <= 0x20 || byte == 0x7F { return "has spaces or control characters in it" }
        switch family {
        case .executable:
            return bytes.contains(UInt8(ascii: "/")) ? "has a slash; an executable lies at the top of the package" : nil
        case .python:
            let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
            let isComplete = parts.count >= 2 && !parts.contains(where: { $0.isEmpty })
            return isComplete && !bytes.contains(UInt8(ascii: "/"))
                ? nil : "is not of the form \"module.function\", as in \"greengrass_app.function_handler\""
        case .nodejs:
            // A path in the package may come before the module's name, as in the cloud.
            let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
            let isComplete = parts.count >= 2 && !parts.contains(where: { $0.isEmpty })
            return isComplete && bytes.first != UInt8(ascii: "/")
                ? nil : "is not of the form \"module.function\", as in \"index.handler\""
        case .java:
            return isJavaHandler(bytes)
                ? nil : "is not of the form \"package.Class::method\", as in \"com.example.Alarm::handleRequest\""
        }
    }

    /// `package.Class::method`; without a method it is `handleRequest`, as in the cloud.
    private static func isJavaHandler(_ handler: [UInt8]) -> Bool {
        let parts = handler.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count == 1 || parts.count == 3 && parts[1].isEmpty && !parts[2].isEmpty else { return false }
        for name in parts[0].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false) where name.isEmpty {
            return false
        }
        return !parts[0].contains(UInt8(ascii: "/")) && !(parts.last ?? []).contains(UInt8(ascii: "/"))
    }
}
