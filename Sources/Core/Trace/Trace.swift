import Bytes
import Group
import JSON
import MQTT

/// Which subscriptions would carry a message on a topic, and why the others would not (row H-20): V1 dropped such
/// messages in silence.
public struct Trace {
    /// What a running core knows beyond its group.
    struct Facts {
        /// Whether somebody in the core receives for the end.
        let hasReceiver: (Endpoint) -> Bool
        let isConnected: (_ device: String) -> Bool
        let hasSubscribed: (_ device: String, _ topic: [UInt8]) -> Bool
    }

    /// Rows told as near misses for each source; the nearest first.
    static let mostNearMisses = 50

    let group: GroupDefinition
    let deployment: String?
    /// Why a running core serves without its group, or empty.
    let problem: String
    let facts: Facts?

    /// Without the state of a running core.
    public init(group: GroupDefinition, deployment: String?) {
        self.init(group: group, deployment: deployment, problem: "", facts: nil)
    }

    init(group: GroupDefinition, deployment: String?, problem: String, facts: Facts?) {
        self.group = group
        self.deployment = deployment
        self.problem = problem
        self.facts = facts
    }

    /// The answer as `greengrassd trace --json` prints it (docs/status.md). A question that has none gets
    /// `{"error": sentence, "errorOf": "question" or "core"}`.
    /// - Parameter from: the name of a source; nil for all.
    public func answer(topic: String, from: String?) -> JSON {
        if !problem.isEmpty {
            return ["error": .string("The core serves without its group: \(problem)"), "errorOf": "core"]
        }
        do throws(MQTTError) {
            try TopicName.validate(topic.bytes.span)
        } catch {
            return Self.refusal("No message can have the topic \(JSON.quoted(topic)): \(error.description).")
        }
        let sources: [Endpoint]
        do throws(EndpointName.Failure) {
            sources = if let from { [try EndpointName.find(from, in: group)] } else { EndpointName.ends(of: group) }
        } catch {
            return Self.refusal(Self.describe(error, from ?? ""))
        }
        let problem = Self.limitProblem(topic.bytes)
        return [
            "topic": .string(topic),
            "topicProblem": problem.map { .string($0) } ?? .null,
            "deployment": deployment.map { .string($0) } ?? .null,
            "live": .boolean(facts != nil),
            "sources": .array(
                problem == nil ? tell(topic.bytes, sources, isAlone: from != nil) : []),
        ]
    }

    private static func refusal(_ sentence: String) -> JSON {
        ["error": .string(sentence), "errorOf": "question"]
    }

    private static func describe(_ failure: EndpointName.Failure, _ name: String) -> String {
        switch failure {
        case .unknown(let nearest):
            "The group has no end \(JSON.quoted(name)): give a device's thing name, a function's name or ARN, cloud or "
                + "GGShadowService." + (nearest.map { " Did you mean \(JSON.quoted($0))?" } ?? "")
        case .ambiguous(let ends):
            "\(JSON.quoted(name)) may be each of \(ends.joined(separator: ", ")): give the ARN."
        }
    }

    /// MSG-15.
    private static func limitProblem(_ topic: [UInt8]) -> String? {
        if topic.count > GroupLimits.topicBytes {
            return "it has \(topic.count) bytes, of which at most \(GroupLimits.topicBytes) are allowed"
        }
        let slashes = SubjectComparison.levels(of: topic).count - 1
        if slashes > GroupLimits.topicSlashes {
            return "it has \(slashes) slashes, of which at most \(GroupLimits.topicSlashes) are allowed"
        }
        return nil
    }

    private struct Row {
        let subscription: Subscription
        let comparison: SubjectComparison
    }

    private func tell(_ topic: [UInt8], _ sources: [Endpoint], isAlone: Bool) -> [JSON] {
        var rows: [Endpoint: [Row]] = [:]
        var matching: [Row] = []
        for subscription in group.subscriptions {
            let row = Row(
                subscription: subscription,
                comparison: SubjectComparison(subject: subscription.subject, topic: topic))
            rows[subscription.source, default: []].append(row)
            if row.comparison == .matches { matching.append(row) }
        }
        return sources.map { source in
            let own = rows[source] ?? []
            var near = own.filter { $0.comparison != .matches }
            near.sort { $0.comparison.fittingLevels > $1.comparison.fittingLevels }
            // Without a source asked for, a row of another one is told there.
            let foreign = isAlone ? matching.filter { $0.subscription.source != source } : []
            let misses = foreign.map { miss($0, topic, ofOther: true) } + near.map { miss($0, topic, ofOther: false) }
            var members: [(key: String, value: JSON)] = [("source", .string(source.description))]
            if case .device(let name) = source, let facts {
                members.append(("connected", .boolean(facts.isConnected(name))))
            }
            members.append(("subscriptions", .integer(Int64(own.count))))
            members.append(("carriedBy", .array(carriers(own.filter { $0.comparison == .matches }, topic))))
            members.append(("nearMisses", .array(Array(misses.prefix(Self.mostNearMisses)))))
            members.append(("nearMissesLeftOut", .integer(Int64(max(0, misses.count - Self.mostNearMisses)))))
            return .object(members)
        }
    }

    private func carriers(_ rows: [Row], _ topic: [UInt8]) -> [JSON] {
        var firsts: [Endpoint: String] = [:]
        return rows.map { row in
            let target = row.subscription.target
            let (arrives, note) = arrival(at: target, topic)
            let first = firsts[target]
            if first == nil { firsts[target] = row.subscription.id }
            return .object(
                Self.members(row.subscription) + [
                    ("arrives", arrives.map { .boolean($0) } ?? .null),
                    ("explanation", .string(note + (first.map { "; one message for both this and \($0)" } ?? ""))),
                ])
        }
    }

    private func miss(_ row: Row, _ topic: [UInt8], ofOther: Bool) -> JSON {
        let words =
            ofOther
            ? Explanation(
                word: "source", sentence: "it is for messages from \(row.subscription.source.description) only")
            : Explanation(row.comparison, row.subscription.subject, topic)
        let fitting = ofOther ? SubjectComparison.levels(of: topic).count : row.comparison.fittingLevels
        return .object(
            Self.members(row.subscription) + [
                ("reason", .string(words.word)), ("fittingLevels", .integer(Int64(fitting))),
                ("isNear", .boolean(ofOther || words.isNear)), ("explanation", .string(words.sentence)),
            ])
    }

    private static func members(_ subscription: Subscription) -> [(key: String, value: JSON)] {
        [
            ("id", .string(subscription.id)), ("source", .string(subscription.source.description)),
            ("subject", .string(subscription.subject.text)), ("target", .string(subscription.target.description)),
        ]
    }

    /// Whether a message that a row lets through gets to the target now; nil where no core runs.
    private func arrival(at target: Endpoint, _ topic: [UInt8]) -> (Bool?, String) {
        guard let facts else { return (nil, "no core runs that could say whether it arrives") }
        switch target {
        case .device(let name):
            guard facts.isConnected(name) else {
                if !facts.hasSubscribed(name, topic) { return (false, "the device is not connected") }
                return (
                    nil,
                    "the device is not connected; for its session, messages that were published with QoS 1 or 2 are kept"
                )
            }
            if facts.hasSubscribed(name, topic) { return (true, "the device is connected and has subscribed") }
            return (false, "the device is connected, but has not subscribed to this topic")
        case .function:
            return facts.hasReceiver(target)
                ? (true, "the function is invoked") : (false, "the core does not serve the function")
        case .cloud:
            return facts.hasReceiver(target)
                ? (true, "it is queued for the cloud") : (false, "the core has no connection to a cloud")
        case .shadow:
            return facts.hasReceiver(target)
                ? (true, "the shadow service takes it") : (false, "the core has no local shadow service")
        case .connector:
            return facts.hasReceiver(target)
                ? (true, "the connector takes it") : (false, "the core does not serve the connector")
        }
    }
}
