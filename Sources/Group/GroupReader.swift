import JSON

/// Reads a group from the JSON of a `group.json`, with everything that is wrong or strange in it.
///
/// Reading is by lists: what a list is checked against (a subscription's ends, a function's resources) is read before.
/// An element with a violation still counts as known by its name, so that one mistake is not reported as many.
struct GroupReader {
    let rules: GroupRules
    let box: ReportBox
    var group = GroupDefinition()
    /// The ends subscriptions can name, by the text they name them with.
    var endpoints: [String: Endpoint] = [:]
    /// The texts of `endpoints`, for suggestions.
    var endpointNames: [String] = []
    /// The resources by `Id`.
    var resourceKinds: [String: ResourceDefinition.Kind] = [:]
    var hasSpooler = false

    static let keys = [
        "Id", "Name", "Cores", "Devices", "DefaultConfig", "Functions", "Subscriptions", "Resources", "Connectors",
        "Loggers",
    ]

    init(rules: GroupRules, document: JSONDocument?) {
        self.rules = rules
        box = ReportBox(document: document)
    }

    mutating func read(_ json: JSON) {
        guard let object = json.objectValue else {
            box.violation(
                .root, "found \(json.kind), expected an object { … } with the group's lists; {} is an empty group")
            return
        }
        let reader = ObjectReader(object, path: .root, report: box)
        reader.expectOnly(GroupReader.keys)
        group.id = reader.text("Id")
        group.name = reader.text("Name")
        readDevices(reader)
        readResources(reader)
        readConnectors(reader)
        readFunctions(reader)
        readSubscriptions(reader)
        readLoggers(reader)
    }

    /// The element's `Id`: present, short, and none that an element before it has.
    func identifier(_ reader: ObjectReader, of what: String, _ seen: inout [String: String]) -> String {
        guard let id = reader.text("Id", required: "an Id that no other \(what) of the group has") else { return "" }
        if id.utf8.count > GroupLimits.identifierBytes {
            reader.violation("Id", "has \(id.utf8.count) bytes; at most \(GroupLimits.identifierBytes) are allowed")
        }
        if let first = seen[id] {
            reader.violation("Id", "\(Words.quoted(id)) is already the Id of \(first); give each \(what) its own")
        } else {
            seen[id] = reader.path.description
        }
        return id
    }

    /// Notes a name that subscriptions can use.
    mutating func addEndpoint(_ name: String, _ endpoint: Endpoint) {
        if endpoints[name] == nil { endpointNames.append(name) }
        endpoints[name] = endpoint
    }
}

extension GroupDefinition {
    /// Reads a group.
    ///
    /// - Returns: the group, to be used only where the report is valid, and everything found.
    public static func read(_ json: JSON, rules: GroupRules) -> (group: GroupDefinition, report: Report) {
        var reader = GroupReader(rules: rules, document: nil)
        reader.read(json)
        return (reader.group, reader.box.report)
    }

    /// Reads a group from a parsed `group.json`; the report names lines.
    public static func read(_ document: JSONDocument, rules: GroupRules) -> (group: GroupDefinition, report: Report) {
        var reader = GroupReader(rules: rules, document: document)
        reader.read(document.value)
        return (reader.group, reader.box.report)
    }

    /// Reads a group from the bytes of a `group.json`; the report names lines.
    public static func read(_ bytes: [UInt8], rules: GroupRules) -> (group: GroupDefinition, report: Report) {
        do throws(JSONError) {
            return read(try JSONDocument(bytes, maximumBytes: GroupLimits.groupFileBytes), rules: rules)
        } catch {
            var report = Report()
            report.add(.unreadable(error))
            return (GroupDefinition(), report)
        }
    }
}
