/// What may stand in a subscription's `Subject` (MSG-04, LIM-01).
enum TopicFilter {
    /// What is wrong with a topic or topic filter, with what to do; nil where nothing is.
    static func problem(_ filter: [UInt8]) -> String? {
        if filter.isEmpty {
            return "is empty; write a topic such as \"sensor/temperature\" or a filter such as \"sensor/#\""
        }
        if filter.count > GroupLimits.topicBytes {
            return "has \(filter.count) bytes; at most \(GroupLimits.topicBytes) are allowed"
        }
        var slashes = 0
        for byte in filter {
            if byte == UInt8(ascii: "/") { slashes += 1 }
            if byte == 0 { return "contains the character U+0000, which no topic may contain" }
        }
        if slashes > GroupLimits.topicSlashes {
            return "has \(slashes) slashes; at most \(GroupLimits.topicSlashes) are allowed"
        }
        let levels = filter.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        for (index, level) in levels.enumerated() {
            let isWhole = level.count == 1
            if level.contains(UInt8(ascii: "#")) {
                if !isWhole {
                    return "has a # beside other characters; # must be a level of its own, as in \"sensor/#\""
                }
                if index != levels.count - 1 { return "has a # before its end; # may only be the last level" }
            }
            if level.contains(UInt8(ascii: "+")), !isWhole {
                return "has a + beside other characters; + must be a level of its own, as in \"sensor/+/input\""
            }
        }
        return nil
    }
}
