extension TopicFilter {
    public func matches(_ topic: [UInt8]) -> Bool {
        matches(topic.span)
    }

    /// Whether the filter matches a topic name. A leading wildcard does not match a leading `$` ([MQTT-4.7.2-1]); a
    /// trailing `/#` matches the level before it too (section 4.7.1.2).
    public func matches(_ topic: Span<UInt8>) -> Bool {
        let filter = bytes.span
        if topic.count > 0, topic[0] == Self.dollar, filter[0] != Self.dollar { return false }
        var at = 0
        var position = 0
        while position < filter.count {
            switch filter[position] {
            case Self.multiLevel:
                return true
            case Self.singleLevel:
                while at < topic.count, topic[at] != Self.slash { at += 1 }
                position += 1
            case let byte:
                guard at < topic.count else { return filter.count - position == 2 && endsInMultiLevel }
                guard topic[at] == byte else { return false }
                at += 1
                position += 1
            }
        }
        return at == topic.count
    }

    /// Whether some topic is matched by both filters; the empty topic, which nobody can publish to, counts.
    public func overlaps(_ other: TopicFilter) -> Bool {
        let first = bytes.span
        let second = other.bytes.span
        if (first[0] == Self.dollar) != (second[0] == Self.dollar) { return false }
        var left = 0
        var right = 0
        while true {
            // Where one has no level left, the other must have none either, or only the `#` that matches its parent.
            if left > first.count { return right > second.count || Self.isMultiLevel(second, at: right) }
            if right > second.count { return Self.isMultiLevel(first, at: left) }
            let leftEnd = Self.endOfLevel(first, from: left)
            let rightEnd = Self.endOfLevel(second, from: right)
            let leftByte = left < leftEnd ? first[left] : Self.slash
            let rightByte = right < rightEnd ? second[right] : Self.slash
            if leftByte == Self.multiLevel || rightByte == Self.multiLevel { return true }
            if leftByte != Self.singleLevel, rightByte != Self.singleLevel {
                guard leftEnd - left == rightEnd - right else { return false }
                for offset in 0..<leftEnd - left where first[left + offset] != second[right + offset] {
                    return false
                }
            }
            left = leftEnd + 1
            right = rightEnd + 1
        }
    }

    private var endsInMultiLevel: Bool { bytes.last == Self.multiLevel }

    private static func isMultiLevel(_ filter: Span<UInt8>, at index: Int) -> Bool {
        index < filter.count && filter[index] == multiLevel
    }

    private static func endOfLevel(_ filter: Span<UInt8>, from start: Int) -> Int {
        var end = start
        while end < filter.count, filter[end] != slash { end += 1 }
        return end
    }
}
