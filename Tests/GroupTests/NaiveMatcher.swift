import Group

/// The subscription table's rule written as directly as it can be read, one row at a time.
enum NaiveMatcher {
    static func matches(subject: String, topic: String) -> Bool {
        let filter = subject.split(separator: "/", omittingEmptySubsequences: false)
        let levels = topic.split(separator: "/", omittingEmptySubsequences: false)
        if topic.hasPrefix("$"), filter[0] == "+" || filter[0] == "#" { return false }
        if filter.last == "#" {
            guard levels.count >= filter.count else { return false }
        } else if levels.count != filter.count {
            return false
        }
        for (level, pattern) in zip(levels, filter) where pattern != "+" && pattern != "#" && pattern != level {
            return false
        }
        return true
    }

    static func targets(_ rows: [Subscription], from source: Endpoint, topic: String) -> Set<Endpoint> {
        var targets: Set<Endpoint> = []
        for row in rows where row.source == source {
            if matches(subject: String(decoding: row.subject, as: UTF8.self), topic: topic) {
                targets.insert(row.target)
            }
        }
        return targets
    }
}
