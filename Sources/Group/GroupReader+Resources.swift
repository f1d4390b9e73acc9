import JSON

extension GroupReader {
    private static let containerKeys: [(String, ResourceDefinition.Kind)] = [
        ("LocalDeviceResourceData", .localDevice),
        ("LocalVolumeResourceData", .localVolume),
        ("S3MachineLearningModelResourceData", .s3MachineLearningModel),
        ("SageMakerMachineLearningModelResourceData", .sageMakerMachineLearningModel),
        ("SecretsManagerSecretResourceData", .secret),
    ]

    /// `Resources` (LRA-01, LRA-02).
    mutating func readResources(_ reader: ObjectReader) {
        var seen: [String: String] = [:]
        for element in reader.children("Resources", atMost: GroupLimits.resources, of: "resources") {
            element.expectOnly(["Id", "Name", "ResourceDataContainer"])
            let id = identifier(element, of: "resource", &seen)
            if !GroupReader.isIdentifier(id) {
                element.violation(
                    "Id", "\(Words.quoted(id)) may only have letters, digits, colons, underscores and hyphens")
            }
            let name = element.text("Name", required: "a name for the resource") ?? ""
            if !name.isEmpty, name.utf8.count > GroupLimits.identifierBytes || !GroupReader.isIdentifier(name) {
                element.violation(
                    "Name",
                    "\(Words.quoted(name)) may only have letters, digits, colons, underscores and hyphens, "
                        + "\(GroupLimits.identifierBytes) of them at most")
            }
            guard let kind = resourceKind(element) else { continue }
            resourceKinds[id] = kind
            let data = element.child("ResourceDataContainer")
            let local: LocalResource? =
                switch kind {
                case .localVolume: data?.child("LocalVolumeResourceData").flatMap { localVolume($0) }
                case .localDevice: data?.child("LocalDeviceResourceData").flatMap { localDevice($0) }
                case .s3MachineLearningModel, .sageMakerMachineLearningModel, .secret: nil
                }
            group.resources.append(ResourceDefinition(id: id, name: name, kind: kind, local: local))
        }
        if group.resources.count > GroupLimits.resourcesOf19 {
            reader.warning(
                "Resources",
                "has \(group.resources.count) resources; a core 1.9 of AWS takes \(GroupLimits.resourcesOf19)")
        }
    }

    private func resourceKind(_ reader: ObjectReader) -> ResourceDefinition.Kind? {
        let names = GroupReader.containerKeys.map { $0.0 }
        guard let container = reader.child("ResourceDataContainer") else {
            if reader.value("ResourceDataContainer") == nil {
                reader.violation("ResourceDataContainer", "missing; write an object with \(Words.choice(names))")
            }
            return nil
        }
        container.expectOnly(names)
        var found: ResourceDefinition.Kind?
        for (name, kind) in GroupReader.containerKeys where container.value(name) != nil {
            if found != nil {
                reader.violation("ResourceDataContainer", "describes more than one resource; write an element for each")
            }
            found = kind
        }
        if found == nil {
            reader.violation("ResourceDataContainer", "describes no resource; write \(Words.choice(names)) into it")
        }
        return found
    }

    /// `Connectors` (CON-01).
    mutating func readConnectors(_ reader: ObjectReader) {
        var seen: [String: String] = [:]
        for element in reader.children("Connectors", atMost: GroupLimits.functions, of: "connectors") {
            element.expectOnly(["Id", "ConnectorArn", "Parameters"])
            let id = identifier(element, of: "connector", &seen)
            let form = "the connector's ARN, as in \"arn:aws:greengrass:REGION::/connectors/NAME/versions/N\""
            guard let arn = element.text("ConnectorArn", required: form) else { continue }
            guard let parsed = ResourceName(arn), parsed.service == "greengrass",
                parsed.resource(after: "/connectors/") != nil
            else {
                element.violation("ConnectorArn", "found \(Words.quoted(arn)), expected \(form)")
                continue
            }
            addEndpoint(arn, .connector(arn))
            group.connectors.append(ConnectorDefinition(id: id, arn: arn))
            if !rules.connectors {
                element.violation(
                    "ConnectorArn", "this version of the core does not run connectors yet; remove the element")
            }
        }
    }

    /// `Loggers` (LOG-01…04).
    mutating func readLoggers(_ reader: ObjectReader) {
        var seen: [String: String] = [:]
        var combinations: [String: String] = [:]
        for element in reader.children("Loggers", atMost: 4, of: "loggers") {
            element.expectOnly(["Id", "Type", "Component", "Level", "Space"])
            let id = identifier(element, of: "logger", &seen)
            let type = element.word("Type", among: ["FileSystem", "AWSCloudWatch"], required: true)
            let component = element.word("Component", among: ["GreengrassSystem", "Lambda"], required: true)
            let level = element.word("Level", among: ["DEBUG", "INFO", "WARN", "ERROR", "FATAL"], required: true)
            let space = element.integer("Space", in: 1...Int64(Int32.max), unit: "KB")
            guard let type, let component, let level else { continue }
            if let first = combinations[type + component] {
                element.violation(
                    "Component", "\(first) is already the \(type) logger of \(component); keep one of them")
            }
            combinations[type + component] = element.path.description
            if type == "AWSCloudWatch" {
                element.warning(
                    "Type", "this version of the core does not send logs to a cloud yet; this logger is ignored")
            }
            group.loggers.append(
                LoggerDefinition(
                    id: id, destination: type == "FileSystem" ? .fileSystem : .cloudWatch,
                    component: component == "Lambda" ? .functions : .system, level: GroupReader.level(level),
                    spaceKB: space ?? LoggerDefinition.defaultSpaceKB))
        }
    }

    private static func level(_ word: String) -> LoggerDefinition.Level {
        switch word {
        case "DEBUG": .debug
        case "WARN": .warn
        case "ERROR": .error
        case "FATAL": .fatal
        default: .info
        }
    }
}
