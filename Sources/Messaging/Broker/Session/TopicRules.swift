/// Which topics the core takes beyond what MQTT itself forbids (MSG-15).
struct TopicRules {
    enum Breach: Equatable, Sendable {
        case tooLong(Int)
        case tooDeep(Int)
    }

    private let longest: Int
    private let deepest: Int

    init(_ limits: BrokerLimits) {
        longest = limits.topic
        deepest = limits.topicSlashes
    }

    /// What is wrong with a topic name or filter, or nil.
    func breach(_ topic: Span<UInt8>) -> Breach? {
        if topic.count > longest { return .tooLong(topic.count) }
        var slashes = 0
        for index in 0..<topic.count where topic[index] == UInt8(ascii: "/") { slashes += 1 }
        return slashes > deepest ? .tooDeep(slashes) : nil
    }

    /// The breach in words, with what is allowed.
    func describe(_ breach: Breach) -> String {
        switch breach {
        case .tooLong(let count): "it has \(count) bytes, of which at most \(longest) are allowed"
        case .tooDeep(let slashes): "it has \(slashes) slashes, of which at most \(deepest) are allowed"
        }
    }
}
