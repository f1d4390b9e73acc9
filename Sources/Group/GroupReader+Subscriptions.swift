import Bytes
import JSON

extension GroupReader {
    /// `Subscriptions` (MSG-01).
    mutating func readSubscriptions(_ reader: ObjectReader) {
        var seen: [String: String] = [:]
        var rows: [Row: String] = [:]
        var fromCloud = 0
        for element in reader.children("Subscriptions", atMost: GroupLimits.subscriptions, of: "subscriptions") {
            element.expectOnly(["Id", "Source", "Subject", "Target"])
            let id = identifier(element, of: "subscription", &seen)
            let source = endpoint(element, "Source")
            let target = endpoint(element, "Target")
            let subject = subject(element)
            if source == .cloud { fromCloud += 1 }
            guard let source, let target, let subject else { continue }
            let row = Row(source: source, subject: subject, target: target)
            if let first = rows[row] {
                element.warning("Subject", "says the same as \(first); one of them can go")
            } else {
                rows[row] = element.path.description
            }
            group.subscriptions.append(Subscription(id: id, source: source, subject: subject, target: target))
        }
        if fromCloud > GroupLimits.cloudSubscriptions {
            reader.violation(
                "Subscriptions",
                "has \(fromCloud) subscriptions with the Source \"cloud\"; at most \(GroupLimits.cloudSubscriptions) "
                    + "are allowed; join some with wildcards")
        }
    }

    private struct Row: Hashable {
        let source: Endpoint
        let subject: [UInt8]
        let target: Endpoint
    }

    private func subject(_ reader: ObjectReader) -> [UInt8]? {
        guard let text = reader.text("Subject", required: "the topic or topic filter, as in \"sensor/#\"") else {
            return nil
        }
        let bytes = [UInt8](text.utf8)
        if let problem = TopicFilter.problem(bytes) {
            reader.violation("Subject", "\(Words.quoted(text)) \(problem)")
            return nil
        }
        return bytes
    }

    private func endpoint(_ reader: ObjectReader, _ key: String) -> Endpoint? {
        let form =
            "\"cloud\", \"GGShadowService\", or the ARN of a device, function or connector of this group"
        guard let name = reader.text(key, required: form) else { return nil }
        switch name {
        case "cloud":
            if !rules.cloud {
                reader.warning(key, "config.json has no coreThing.iotHost, so nothing passes here")
            }
            return .cloud
        case "GGShadowService", "arn:aws:lambda:::function:GGShadowService":
            if !rules.shadows {
                reader.warning(key, "this version of the core has no local shadow service yet; nothing passes here")
            }
            return .shadow
        default:
            if let known = endpoints[name] { return known }
        }
        reader.violation(key, "\(Words.quoted(name)) " + missing(name, form))
        return nil
    }

    /// Why no end has that name.
    private func missing(_ name: String, _ form: String) -> String {
        var message: String
        if let function = FunctionARN(name) {
            message = "is not a function of this group"
            let others = group.functions.filter { FunctionARN($0.arn)?.unqualified == function.unqualified }
            if let other = others.first {
                return message
                    + "; Functions has it as \(Words.quoted(other.aliasARN ?? other.arn)), and both must agree"
            }
        } else if let thing = ResourceName(name), thing.service == "iot", let name = thing.resource(after: "thing/") {
            message = "is not a device of this group"
            if group.cores.contains(where: { $0.thingName == name }) {
                return message + " but its core, which neither sends nor receives messages itself"
            }
        } else if let parsed = ResourceName(name), parsed.service == "greengrass" {
            message = "is not a connector of this group"
        } else {
            message = "is none of what is expected: " + form
        }
        if let nearest = box.nearest(name, among: endpointNames + ["cloud", "GGShadowService"]) {
            message += "; did you mean \(Words.quoted(nearest))?"
        } else {
            message += "; add it to the group, or remove this subscription"
        }
        return message
    }
}
