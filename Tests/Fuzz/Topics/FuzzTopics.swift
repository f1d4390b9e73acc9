import Bytes
import Group
import MQTT

// Input: lines; the first is a topic, the others are filters.
//
// Properties: MQTT's matching and the subscription table agree with a plain comparison level by level, each with its
// own rule for `#` (MSG-04); two filters that match one topic overlap.

private let slash = UInt8(ascii: "/")

private func levels(_ text: [UInt8]) -> [[UInt8]] {
    text.split(separator: slash, omittingEmptySubsequences: false).map { Array($0) }
}

/// - Parameter includesParent: whether `a/#` matches `a`, as in MQTT and not in a group's table.
private func matches(_ filter: [UInt8], _ topic: [UInt8], includesParent: Bool) -> Bool {
    let wildcards = [[UInt8(ascii: "+")], [UInt8(ascii: "#")]]
    let wanted = levels(filter)
    let given = levels(topic)
    if topic.first == UInt8(ascii: "$"), wildcards.contains(wanted[0]) { return false }
    for (index, level) in wanted.enumerated() {
        if level == wildcards[1], index == wanted.count - 1 {
            return given.count > index || includesParent && given.count == index
        }
        guard index < given.count, level == wildcards[0] || level == given[index] else { return false }
    }
    return wanted.count == given.count
}

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> Int32 {
    let input = Array(UnsafeBufferPointer(start: data, count: size))
    let lines = input.split(separator: 0x0A, maxSplits: 8, omittingEmptySubsequences: false).map { Array($0) }
    guard let topic = lines.first, (try? TopicName(topic)) != nil else { return 0 }
    var rows: [Subscription] = []
    var matching: [MQTT.TopicFilter] = []
    var expected: [String] = []
    for line in lines.dropFirst() {
        guard let filter = try? MQTT.TopicFilter(line) else { continue }
        let isMatch = filter.matches(topic)
        require(isMatch == matches(line, topic, includesParent: true), "MQTT's matching is not the plain one")
        if isMatch { matching.append(filter) }
        let target = "\(rows.count)"
        rows.append(Subscription(id: target, source: .cloud, subject: line, target: .device(target)))
        if matches(line, topic, includesParent: false) { expected.append("device " + target) }
    }
    for first in matching {
        for second in matching { require(first.overlaps(second), "two filters of one topic do not overlap") }
    }
    let table = SubscriptionTable(rows)
    var found: [String] = []
    if let source = table.source(.cloud) {
        table.matches(source, topic.span) { found.append(table.endpoint($0).description) }
    }
    require(found.sorted() == expected.sorted(), "the subscription table's matching is not the plain one")
    return 0
}
