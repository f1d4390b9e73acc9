/// The group's subscriptions, compiled once into one topic trie per source.
///
/// A message goes from a source to a target only where a row allows it (MSG-02). Whoever sends looks its `SourceID` up
/// once, and routing a message then walks that source's trie: no allocation, each target reported once.
///
/// ## What a subject matches
/// Greengrass V1's rule, which is not MQTT's in one place (MSG-04, DX-03; guide: connectors.md):
/// - `+` matches exactly one level, which may be empty; `#`, only at the end, matches **one or more** levels:
///   `sensor/#` matches `sensor/`, `sensor/id-123` and `sensor/a/b` but not `sensor`, where MQTT's would.
///   What a row grants is the narrower reading. A client's own SUBSCRIBE follows MQTT, which is not decided here.
/// - A topic that begins with `$` is not matched by a subject that begins with a wildcard. The guide is silent about it;
///   MQTT ([MQTT-4.7.2-1]) and the cloud's broker do so, and a row `#` should not grant shadow or system topics.
///   `$aws/things/+/shadow/update` works as written.
/// - A wildcard character that is not a whole level, or a `#` before the end, is plain text here: it grants nothing more
///   than its text. Validation refuses such subjects before they get here.
///
/// ## Shape
/// Nodes are numbered; the edges of all of them are in one open-addressing hash table keyed by (node, level text). A
/// node is reached by one path only, so a walk visits no node twice, whatever the topic.
public final class SubscriptionTable {
    let nodes: [Node]
    let edges: [Edge]
    /// The level texts of the edges that have no room for them, one after the other.
    let text: [UInt8]
    /// Targets of the nodes, each node's in one run. The place of a target in here is the number of its row.
    let targetRuns: [TargetID]
    /// The row of each subscription that the table was made of, in their order. Those that say the same have one row.
    public let rows: [UInt32]
    let sources: [Endpoint: SourceID]
    let targets: [Endpoint: TargetID]
    /// The ends by the numbers of their handles.
    private let targetEndpoints: [Endpoint]

    /// The runs of targets found by the walks in progress: a visitor may send further messages, whose runs come on top.
    private var runs: [Run] = []
    /// The same for rows, where several runs had to be made one.
    private var merged: [UInt32] = []
    /// The rows that a merge leaves out; empty between merges.
    private var covered: [UInt32] = []
    /// For each target, the merge that met it last.
    private var met: [UInt64]
    private var merge: UInt64 = 0
    private var last = LastMatch()

    /// Compiles the rows. Rows that say the same as another one change nothing.
    public init(_ subscriptions: [Subscription]) {
        var builder = Builder()
        for subscription in subscriptions { builder.add(subscription) }
        nodes = builder.finishedNodes()
        rows = builder.finishedRows(nodes)
        (edges, text) = builder.finishedEdges()
        targetRuns = builder.targetRuns
        sources = builder.sources
        targets = builder.targets
        targetEndpoints = builder.targetEndpoints
        met = [UInt64](repeating: 0, count: builder.targetEndpoints.count)
    }

    /// The handle of an end that may send, or nil where no row has it as its source: nothing it sends goes anywhere.
    public func source(_ endpoint: Endpoint) -> SourceID? {
        sources[endpoint]
    }

    /// The handle of an end that may receive, or nil where no row has it as its target.
    public func target(_ endpoint: Endpoint) -> TargetID? {
        targets[endpoint]
    }

    /// The end behind a handle of this table.
    public func endpoint(_ target: TargetID) -> Endpoint {
        targetEndpoints[Int(target.number)]
    }

    /// How many targets there are: their handles' numbers are `0..<targetCount`.
    public var targetCount: Int { targetEndpoints.count }

    /// How many rows there are: their numbers are `0..<rowCount`.
    public var rowCount: Int { targetRuns.count }

    /// Where a row leads.
    public func target(ofRow row: Int) -> TargetID { targetRuns[row] }

    /// Calls `visit` once for each target that a message of this source on this topic goes to, in no stated order.
    ///
    /// `visit` may itself call `matches` of this table.
    /// - Parameter topic: the topic of a message, UTF-8, without wildcards.
    /// - Returns: whether there was any target.
    @discardableResult
    public func matches(_ source: SourceID, _ topic: Span<UInt8>, _ visit: (TargetID) -> Void) -> Bool {
        let found = match(source, topic)
        for index in 0..<found.count { visit(target(found, at: index)) }
        release(found)
        return found.count > 0
    }

    /// The targets that a message of this source on this topic goes to, each once, in no stated order.
    ///
    /// `release(_:)` follows, last match first; in between other matches may be made.
    /// - Parameter topic: the topic of a message, UTF-8, without wildcards.
    public func match(_ source: SourceID, _ topic: Span<UInt8>) -> Matches {
        if let known = last.matches(source, topic) { return known }
        let found = walk(source, topic)
        // What is merged lies on a stack, and is gone when it is released.
        return found.isMerged ? found : last.keep(source, topic, found)
    }

    private func walk(_ source: SourceID, _ topic: Span<UInt8>) -> Matches {
        let first = runs.count
        let isReserved = topic.count > 0 && topic[0] == UInt8(ascii: "$")
        descend(Int(source.number), topic, 0, wildcards: !isReserved)
        let count = runs.count - first
        if count == 0 { return Matches(start: 0, count: 0, covered: 0, isMerged: false) }
        if count > 1 { return merge(from: first) }
        // Within a run no target is twice: one run, which is the rule, is taken as it is.
        let run = runs.removeLast()
        return Matches(start: Int(run.start), count: Int(run.end - run.start), covered: 0, isMerged: false)
    }

    /// One of the targets of a match.
    public func target(_ matches: Matches, at index: Int) -> TargetID {
        targetRuns[row(matches, at: index)]
    }

    /// The row that takes the message to that target; from `count` on, the rows that are covered by those.
    public func row(_ matches: Matches, at index: Int) -> Int {
        matches.isMerged ? Int(merged[matches.start + index]) : matches.start + index
    }

    /// Forgets a match.
    public func release(_ matches: Matches) {
        guard matches.isMerged else { return }
        for _ in 0..<matches.count + matches.covered { merged.removeLast() }
    }

    /// Makes one list of the rows of all runs from `first` on, each target once.
    private func merge(from first: Int) -> Matches {
        let start = merged.count
        merge += 1
        for number in first..<runs.count {
            let run = runs[number]
            for index in Int(run.start)..<Int(run.end) {
                let target = targetRuns[index]
                if met[Int(target.number)] == merge {
                    covered.append(UInt32(truncatingIfNeeded: index))
                } else {
                    met[Int(target.number)] = merge
                    merged.append(UInt32(truncatingIfNeeded: index))
                }
            }
        }
        while runs.count > first { runs.removeLast() }
        let count = merged.count - start
        let others = covered.count
        if others > 0 {
            merged.append(contentsOf: covered)
            covered.removeAll(keepingCapacity: true)
        }
        return Matches(start: start, count: count, covered: others, isMerged: true)
    }

    /// Collects the runs below `node` for the levels of `topic` from `start` on.
    private func descend(_ node: Int, _ topic: Span<UInt8>, _ start: Int, wildcards: Bool) {
        if wildcards { collect(nodes[node].remainderTargets) }
        var end = start
        while end < topic.count, topic[end] != UInt8(ascii: "/") { end += 1 }
        if let child = child(of: node, topic, start, end) { enter(child, topic, end) }
        let anyLevel = nodes[node].anyLevel
        if wildcards, anyLevel != Node.none { enter(Int(anyLevel), topic, end) }
    }

    /// Goes into the node that matched the level which ends before `end`.
    private func enter(_ node: Int, _ topic: Span<UInt8>, _ end: Int) {
        if end == topic.count {
            collect(nodes[node].targets)
        } else {
            descend(node, topic, end + 1, wildcards: true)
        }
    }

    private func collect(_ run: Run) {
        if run.start != run.end { runs.append(run) }
    }

    /// The node behind the edge for the level `start..<end` of the topic.
    private func child(of node: Int, _ topic: Span<UInt8>, _ start: Int, _ end: Int) -> Int? {
        guard !edges.isEmpty else { return nil }
        var hash = EdgeHash(node: UInt32(truncatingIfNeeded: node))
        var level = EdgeLevel()
        for index in start..<end {
            hash.add(topic[index])
            level.add(topic[index])
        }
        let mask = edges.count - 1
        var slot = hash.slot(mask: mask)
        while edges[slot].child != Node.none {
            let edge = edges[slot]
            if edge.node == node, edge.level == level, level.isWhole || holds(edge, topic, start) {
                return Int(edge.child)
            }
            slot = (slot + 1) & mask
        }
        return nil
    }

    private func holds(_ edge: Edge, _ topic: Span<UInt8>, _ start: Int) -> Bool {
        let length = Int(edge.level.length)
        for index in 0..<length where text[Int(edge.text) + index] != topic[start + index] { return false }
        return true
    }
}
