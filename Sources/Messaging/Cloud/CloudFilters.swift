import Bytes
import Group
import MQTT

/// What the core subscribes to at the cloud: the subjects of the rows whose source is the cloud (row CID-02).
enum CloudFilters {
    /// The filters, without those that another one covers: what two subscriptions match would arrive twice.
    static func filters(_ subscriptions: [Subscription]) -> [MQTT.TopicFilter] {
        var all: [MQTT.TopicFilter] = []
        var known: Set<MQTT.TopicFilter> = []
        for row in subscriptions where row.source == .cloud {
            do throws(MQTTError) {
                let filter = try MQTT.TopicFilter(row.subject)
                if known.insert(filter).inserted { all.append(filter) }
            } catch {
                // The reader of groups lets none through that is no filter.
                continue
            }
        }
        // Without a wildcard a filter covers itself alone: thousands of such need not be compared with each other.
        let wide = all.filter { $0.bytes.contains(UInt8(ascii: "+")) || $0.bytes.last == UInt8(ascii: "#") }
        var kept: [MQTT.TopicFilter] = []
        for filter in all {
            var isCovered = false
            for other in wide where other != filter && covers(other.bytes, filter.bytes) { isCovered = true }
            if !isCovered { kept.append(filter) }
        }
        return kept
    }

    /// Whether every topic that `narrow` matches is matched by `wide` too, by MQTT's rule.
    static func covers(_ wide: [UInt8], _ narrow: [UInt8]) -> Bool {
        // [MQTT-4.7.2-1]: a leading wildcard does not match what begins with $.
        if narrow.first == UInt8(ascii: "$"), wide.first != UInt8(ascii: "$") { return false }
        let slash = UInt8(ascii: "/")
        let outer = wide.split(separator: slash, omittingEmptySubsequences: false)
        let inner = narrow.split(separator: slash, omittingEmptySubsequences: false)
        for index in outer.indices {
            if isWord(outer[index], "#") { return true }
            guard index < inner.count else { return false }
            if isWord(inner[index], "#") { return false }
            if isWord(outer[index], "+") { continue }
            if isWord(inner[index], "+") || Array(outer[index]) != Array(inner[index]) { return false }
        }
        return outer.count == inner.count
    }

    private static func isWord(_ level: ArraySlice<UInt8>, _ word: StaticString) -> Bool {
        Array(level) == [UInt8](word)
    }
}
