import JSON

extension GroupReader {
    /// `FunctionConfiguration`: how the group wants the function to run (guide: lambda-group-config.md).
    func configure(_ function: inout FunctionDefinition, _ reader: ObjectReader?, named element: ObjectReader) {
        let largest = Int64(Int32.max)
        if let reader {
            function.execArgs = reader.text("ExecArgs")
            function.pinned = reader.boolean("Pinned") ?? false
            if let timeout = reader.integer("Timeout", in: 1...largest, unit: "seconds") {
                function.timeoutSeconds = timeout
            }
            function.memoryKB = reader.integer("MemorySize", in: 1...largest, unit: "KB")
        }
        readEncoding(&function, reader)
        function.isolation = group.defaultExecution.isolation
        function.runAs = group.defaultExecution.runAs
        let environment = reader?.child("Environment")
        if let environment {
            environment.expectOnly(["Variables", "AccessSysfs", "Execution", "ResourceAccessPolicies"])
            function.environment = variables(environment)
            function.accessSysfs = environment.boolean("AccessSysfs") ?? false
            if let execution = environment.child("Execution") { readExecution(&function, execution) }
            function.resourceAccess = resourceAccess(environment)
        }
        checkIsolation(&function, reader, environment, element)
    }

    private func readEncoding(_ function: inout FunctionDefinition, _ reader: ObjectReader?) {
        let isExecutable = function.runtime.family == .executable
        if isExecutable { function.encoding = .binary }
        guard let word = reader?.word("EncodingType", among: ["json", "binary"]) else { return }
        function.encoding = word == "binary" ? .binary : .json
        if isExecutable, word == "json" {
            // Guide: lambda-functions.md on executables.
            reader?.violation(
                "EncodingType", "Lambda executables support \"binary\" only; write that or remove the key")
        }
    }

    private func variables(_ reader: ObjectReader) -> [FunctionDefinition.EnvironmentVariable] {
        guard let reader = reader.child("Variables") else { return [] }
        var variables: [FunctionDefinition.EnvironmentVariable] = []
        var size = 0
        for member in reader.members {
            guard let value = reader.text(member.key) else { continue }
            if member.key.isEmpty || member.key.utf8.contains(UInt8(ascii: "=")) || member.key.utf8.contains(0) {
                reader.violation(member.key, "an environment variable's name may not be empty nor contain = or U+0000")
            } else if value.utf8.contains(0) {
                reader.violation(member.key, "contains the character U+0000, which no environment variable can hold")
            }
            if FunctionDefinition.reservedVariables.contains(member.key) {
                reader.warning(
                    member.key, "is a variable that the core sets; the function gets the core's value, not this one")
            }
            size += member.key.utf8.count + value.utf8.count
            variables.append(FunctionDefinition.EnvironmentVariable(name: member.key, value: value))
        }
        if size > GroupLimits.environmentBytes {
            box.violation(
                reader.path,
                "the variables have \(size) bytes together; at most \(GroupLimits.environmentBytes) are allowed")
        }
        return variables
    }

    private func readExecution(_ function: inout FunctionDefinition, _ reader: ObjectReader) {
        reader.expectOnly(["IsolationMode", "RunAs"])
        if let written = reader.value("IsolationMode") {
            if let mode = IsolationMode(word: written.stringValue) {
                function.isolation = mode
            } else {
                reader.violation(
                    "IsolationMode",
                    "Your 'IsolationMode' configuration for function with arn \(function.arn) is invalid. Found "
                        + "\(reader.describe(written)), expected \"GreengrassContainer\" or \"NoContainer\"")
            }
        }
        // Each ID that is not given here is the group's (LAM-16).
        let own = runAs(reader)
        function.runAs.userID = own.userID ?? function.runAs.userID
        function.runAs.groupID = own.groupID ?? function.runAs.groupID
    }

    private func resourceAccess(_ reader: ObjectReader) -> [FunctionDefinition.ResourceAccess] {
        let limit = GroupLimits.resourcesPerFunction
        var policies: [FunctionDefinition.ResourceAccess] = []
        for element in reader.children("ResourceAccessPolicies", atMost: limit, of: "resources") {
            element.expectOnly(["ResourceId", "Permission"])
            let permission = element.word("Permission", among: ["ro", "rw"])
            guard let id = element.text("ResourceId", required: "the Id of one of the group's Resources") else {
                continue
            }
            if resourceKinds[id] == nil {
                var message = "\(Words.quoted(id)) is not the Id of a resource of this group"
                let known = group.resources.map { $0.id }
                if let nearest = box.nearest(id, among: known) {
                    message += "; did you mean \(Words.quoted(nearest))?"
                }
                element.violation("ResourceId", message)
            }
            policies.append(FunctionDefinition.ResourceAccess(resourceID: id, writable: permission == "rw"))
        }
        return policies
    }

    /// What the isolation mode allows, in V1's words (ERR-03…06).
    private func checkIsolation(
        _ function: inout FunctionDefinition, _ reader: ObjectReader?, _ environment: ObjectReader?,
        _ element: ObjectReader
    ) {
        switch function.isolation {
        case .container: checkContainer(&function, reader, element)
        case .noContainer:
            let subject = "function with arn \(function.arn)"
            if function.memoryKB != nil {
                reader?.violation(
                    "MemorySize",
                    "MemorySize configuration for \(subject) is not allowed in IsolationMode=NoContainer. Remove it.")
            }
            if function.accessSysfs {
                environment?.violation(
                    "AccessSysfs",
                    "Access Sysfs configuration for \(subject) is not allowed in IsolationMode=NoContainer.")
            }
        }
        checkResources(function, environment)
        checkLocalAccess(function, environment)
    }

    private func checkContainer(_ function: inout FunctionDefinition, _ reader: ObjectReader?, _ element: ObjectReader)
    {
        if function.memoryKB == nil, rules.containers || rules.fallsBackToNoContainer {
            (reader ?? element).violation(
                "MemorySize",
                "MemorySize configuration for function with arn \(function.arn) is required in "
                    + "IsolationMode=GreengrassContainer. Write the KB that it may use, as in \"MemorySize\": 16384, or set "
                    + "IsolationMode to \"NoContainer\"")
        }
        if let memory = function.memoryKB, memory < GroupLimits.sensibleMemoryKB {
            reader?.warning(
                "MemorySize",
                "is in KB, and in \(memory) KB hardly anything starts; for \(memory) MB write \(memory * 1024)")
        }
        if rules.containers { return }
        let wish =
            "the function is to run in IsolationMode=GreengrassContainer, V1's default, and here "
            + rules.containerProblem
        if rules.fallsBackToNoContainer {
            element.warning(
                "FunctionConfiguration",
                wish + "; it runs in NoContainer mode, as runtime.fallBackToNoContainer in config.json allows: without "
                    + "its memory limit, and nothing hidden from it or read-only but by the files' own permissions")
            function.isolation = .noContainer
            function.memoryKB = nil
            function.accessSysfs = false
            function.fellBack = true
            return
        }
        element.violation(
            "FunctionConfiguration",
            wish + ". `greengrassd check` tells what to do about that. To run without containers, set "
                + "$.DefaultConfig.Execution.IsolationMode to \"NoContainer\" for the group, or "
                + "FunctionConfiguration.Environment.Execution.IsolationMode for this function, and remove MemorySize and "
                + "AccessSysfs; or, for groups that must stay as they are, write "
                + "\"runtime\": {\"fallBackToNoContainer\": \"yes\"} into config.json")
    }

    /// V1 refuses every resource but secrets without a container; volumes and devices work here (LRA-09).
    private func checkResources(_ function: FunctionDefinition, _ environment: ObjectReader?) {
        for access in function.resourceAccess {
            guard let kind = resourceKinds[access.resourceID] else { continue }
            switch kind {
            case .localDevice, .localVolume: continue
            case .s3MachineLearningModel, .sageMakerMachineLearningModel:
                if function.isolation == .noContainer, !function.fellBack {
                    environment?.violation(
                        "ResourceAccessPolicies",
                        "Function \(function.arn) refers to resource of type \(kind.typeName) that is not allowed in "
                            + "IsolationMode=NoContainer.")
                } else {
                    environment?.warning(
                        "ResourceAccessPolicies",
                        "\(Words.quoted(access.resourceID)) is a model, which this version of the core cannot fetch yet"
                    )
                }
            case .secret:
                if rules.secrets { continue }
                environment?.warning(
                    "ResourceAccessPolicies",
                    "\(Words.quoted(access.resourceID)) is a secret, which this version of the core cannot read yet")
            }
        }
        if function.resourceAccess.count > GroupLimits.resourcesPerFunctionOf19 {
            environment?.warning(
                "ResourceAccessPolicies",
                "has \(function.resourceAccess.count) resources; a core 1.9 of AWS takes "
                    + "\(GroupLimits.resourcesPerFunctionOf19)")
        }
    }
}
