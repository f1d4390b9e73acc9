import Bytes
import Group
import JSON
import Messaging

/// The subscription table and what it did not match.
extension StatusReport {
    /// Rows that are told; of a larger table those with the most messages, so that asking does not hold messages up.
    static let mostRows = 1000

    /// The rows in the group's order, each with what it carried and lost.
    static func table(_ core: CoreProcess) -> JSON {
        let subscriptions = core.group.subscriptions
        let counters = subscriptions.indices.map { core.router.counters(ofSubscription: $0) }
        var told = Array(subscriptions.indices)
        if told.count > mostRows {
            told.sort { counters[$0].carried + counters[$0].lost > counters[$1].carried + counters[$1].lost }
            told = told.prefix(mostRows).sorted()
        }
        return .array(told.map { row(subscriptions[$0], counters[$0]) })
    }

    private static func row(_ subscription: Subscription, _ counters: RowCounters) -> JSON {
        [
            "id": .string(subscription.id),
            "source": .string(subscription.source.description),
            "subject": .string(subscription.subject.text),
            "target": .string(subscription.target.description),
            "carried": .integer(Int64(clamping: counters.carried)),
            "covered": .integer(Int64(clamping: counters.covered)),
            "lost": .integer(Int64(clamping: counters.lost)),
            "lostBy": [
                "noRoom": .integer(Int64(clamping: counters.withoutRoom)),
                "notConnected": .integer(Int64(clamping: counters.absent)),
                "notSubscribed": .integer(Int64(clamping: counters.unwanted)),
                "noReceiver": .integer(Int64(clamping: counters.withoutReceiver)),
            ],
        ]
    }

    static func unrouted(_ core: CoreProcess) -> JSON {
        let unrouted = core.router.unrouted
        return [
            "topics": .array(
                unrouted.entries.map { entry in
                    [
                        "source": .string(entry.source.description),
                        "topic": .string(entry.topic.text),
                        "isCut": .boolean(entry.isCut),
                        "count": .integer(Int64(clamping: entry.count)),
                    ]
                }),
            "displaced": .integer(Int64(clamping: unrouted.displaced)),
        ]
    }

    /// What each end has published, for those that were looked up since the core started.
    static func sources(_ core: CoreProcess) -> [Endpoint: MessageSource] {
        var sources: [Endpoint: MessageSource] = [:]
        for source in core.router.knownSources { sources[source.endpoint] = source }
        return sources
    }

    /// `published` and `withoutRoute` of one of them.
    static func published(_ source: MessageSource?) -> [(key: String, value: JSON)] {
        [
            ("published", .integer(Int64(clamping: source?.published ?? 0))),
            ("withoutRoute", .integer(Int64(clamping: source?.withoutRoute ?? 0))),
        ]
    }
}
