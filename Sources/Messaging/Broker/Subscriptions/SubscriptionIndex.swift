import MQTT

/// Which sessions have subscribed to a topic: a trie of topic levels, so that the cost of a message depends on the
/// topic's levels and on who gets it, not on how many subscriptions there are.
///
/// Nodes and subscriptions are numbered and lie in two arrays; the edges of all nodes are in one open-addressing hash
/// table, where a slot holds the number of the child. A node is reached by one path only, so that a walk visits none
/// twice, whatever filters there are. A filter `a/#` is at the node of `a`, which is how it takes the level before it
/// too (MQTT 3.1.1 section 4.7.1.2).
///
/// All clients of a plain listener share the root 0. In a group each session has a root of its own, because there the
/// subscription table has chosen the session already.
final class SubscriptionIndex {
    /// No node, no subscription: no number is this large.
    static let none = UInt32.max
    static let sharedRoot: UInt32 = 0

    /// Who gets a message, at most with this QoS.
    struct Match {
        /// Alive as long as `generation` stays the same.
        let session: Unmanaged<ClientSession>
        var qos: QoS
    }

    var nodes: [Node] = []
    var records: [Record] = []
    /// The hash table: numbers of nodes, or `none`. Their number is a power of two, at least twice that of the nodes.
    var slots: [UInt32] = []
    var edges = 0
    var freeNode = SubscriptionIndex.none
    var freeRecord = SubscriptionIndex.none
    /// What clients choose must not be able to make the edges meet in one place.
    let seed: UInt32

    /// Changes whenever a subscription comes or goes.
    private(set) var generation: UInt64 = 1
    /// Who gets the topic that was resolved last.
    private(set) var matches: [Match] = []
    private var resolvedTopic: [UInt8] = []
    private var resolvedGeneration: UInt64 = 0
    private var stamp: UInt64 = 0

    init(seed: UInt32 = UInt32.random(in: 0...UInt32.max)) {
        self.seed = seed
        _ = makeRoot()
    }

    deinit {
        for node in nodes { node.text?.deallocate() }
    }

    // MARK: Matching

    /// Puts who gets a topic into `matches`, each session once with the highest QoS of its filters ([MQTT-3.3.5-1]).
    func resolve(_ topic: Span<UInt8>) {
        if resolvedGeneration == generation, resolvedTopic.span.equals(topic) { return }
        match(topic, root: Self.sharedRoot)
        resolvedGeneration = generation
        resolvedTopic.removeAll(keepingCapacity: true)
        topic.withUnsafeBufferPointer { resolvedTopic.append(contentsOf: $0) }
    }

    /// The highest QoS that a session with a root of its own has asked for a topic with; nil where it has not.
    func qos(_ session: ClientSession, _ topic: Span<UInt8>) -> QoS? {
        if session.firstSubscription == Self.none { return nil }
        match(topic, root: session.root)
        resolvedGeneration = 0
        return matches.isEmpty ? nil : matches[0].qos
    }

    private func match(_ topic: Span<UInt8>, root: UInt32) {
        matches.removeAll(keepingCapacity: true)
        stamp += 1
        topic.withUnsafeBufferPointer { bytes in
            guard let start = bytes.baseAddress else { return }
            // A wildcard in front does not match a topic that begins with $ ([MQTT-4.7.2-1]).
            descend(root, start, 0, bytes.count, wildcards: start[0] != UInt8(ascii: "$"))
        }
    }

    /// Collects below `node` for the levels of the topic from `start` on. It goes as deep as the filters do.
    private func descend(
        _ node: UInt32, _ topic: UnsafePointer<UInt8>, _ start: Int, _ count: Int, wildcards: Bool
    ) {
        if wildcards { collect(nodes[Int(node)].remainder) }
        if nodes[Int(node)].children == 0 { return }
        var end = start
        while end < count, topic[end] != UInt8(ascii: "/") { end += 1 }
        let child = child(of: node, UnsafeBufferPointer(start: topic + start, count: end - start))
        if child != Self.none { enter(child, topic, end, count) }
        let anyLevel = nodes[Int(node)].anyLevel
        if wildcards, anyLevel != Self.none { enter(anyLevel, topic, end, count) }
    }

    /// Goes into the node that matched the level which ends before `end`.
    private func enter(_ node: UInt32, _ topic: UnsafePointer<UInt8>, _ end: Int, _ count: Int) {
        if end < count { return descend(node, topic, end + 1, count, wildcards: true) }
        collect(nodes[Int(node)].exact)
        collect(nodes[Int(node)].remainder)
    }

    private func collect(_ first: UInt32) {
        var number = first
        while number != Self.none {
            let record = records[Int(number)]
            let isMet = record.session._withUnsafeGuaranteedRef { session in
                if session.matchStamp == stamp { return Int(session.matchIndex) }
                session.matchStamp = stamp
                session.matchIndex = Int32(truncatingIfNeeded: matches.count)
                return -1
            }
            if isMet < 0 {
                matches.append(Match(session: record.session, qos: record.qos))
            } else if matches[isMet].qos.rawValue < record.qos.rawValue {
                matches[isMet].qos = record.qos
            }
            number = record.next
        }
    }

    // MARK: Subscribing

    /// Adds a filter of a session, or gives the one that is there already another QoS ([MQTT-3.8.4-3]).
    func add(_ filter: TopicFilter, _ qos: QoS, _ session: ClientSession) {
        generation += 1
        let place = makePlace(filter, session)
        if let known = record(at: place, session) {
            records[Int(known)].qos = qos
        } else {
            insert(place, qos, session)
        }
    }

    func has(_ filter: TopicFilter, _ session: ClientSession) -> Bool {
        guard let place = place(filter, session) else { return false }
        return record(at: place, session) != nil
    }

    /// Removes a filter, if the session has it.
    func remove(_ filter: TopicFilter, _ session: ClientSession) {
        guard let place = place(filter, session), let number = record(at: place, session) else { return }
        generation += 1
        remove(number, session)
    }

    /// Removes all filters of a session, and its root where that is its own.
    func removeAll(of session: ClientSession) {
        generation += 1
        while session.firstSubscription != Self.none { remove(session.firstSubscription, session) }
        if session.root != Self.sharedRoot { freeNode(session.root) }
    }

    /// A root for one session.
    func makeRoot() -> UInt32 {
        newNode(Node())
    }
}
