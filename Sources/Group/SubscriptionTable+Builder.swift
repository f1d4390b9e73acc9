extension SubscriptionTable {
    /// Collects rows into growing tries; the table then takes the compact form.
    struct Builder {
        private struct EdgeKey: Hashable {
            let node: UInt32
            let level: [UInt8]
        }

        private struct GrowingNode {
            var targets: [TargetID] = []
            var remainderTargets: [TargetID] = []
            var anyLevel = Node.none
        }

        private(set) var sources: [Endpoint: SourceID] = [:]
        private(set) var targets: [Endpoint: TargetID] = [:]
        private(set) var targetEndpoints: [Endpoint] = []
        private(set) var targetRuns: [TargetID] = []
        private var growing: [GrowingNode] = []
        private var children: [EdgeKey: UInt32] = [:]
        /// Where each subscription ended up, in the order they were added.
        private var places: [Place] = []

        private struct Place {
            let node: UInt32
            let isRemainder: Bool
            /// Among the targets of the node.
            let position: UInt32
        }

        mutating func add(_ subscription: Subscription) {
            let target = targetID(subscription.target)
            var node = root(subscription.source)
            let levels = subscription.subject.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            for (index, level) in levels.enumerated() {
                if level.count == 1, level.first == UInt8(ascii: "#"), index == levels.count - 1 {
                    let position = Self.position(of: target, in: &growing[Int(node)].remainderTargets)
                    places.append(Place(node: node, isRemainder: true, position: position))
                    return
                }
                node = child(of: node, Array(level))
            }
            let position = Self.position(of: target, in: &growing[Int(node)].targets)
            places.append(Place(node: node, isRemainder: false, position: position))
        }

        private static func position(of target: TargetID, in targets: inout [TargetID]) -> UInt32 {
            if let known = targets.firstIndex(of: target) { return UInt32(known) }
            targets.append(target)
            return UInt32(targets.count - 1)
        }

        /// The row of each subscription, with the nodes that `finishedNodes` gave.
        func finishedRows(_ nodes: [Node]) -> [UInt32] {
            places.map { place in
                let node = nodes[Int(place.node)]
                return (place.isRemainder ? node.remainderTargets : node.targets).start + place.position
            }
        }

        /// The nodes, with the targets of each put into `targetRuns`.
        mutating func finishedNodes() -> [Node] {
            var finished: [Node] = []
            finished.reserveCapacity(growing.count)
            for node in growing {
                let targets = appendRun(node.targets)
                let remainder = appendRun(node.remainderTargets)
                finished.append(Node(targets: targets, remainderTargets: remainder, anyLevel: node.anyLevel))
            }
            return finished
        }

        /// The hash table of edges, at most two thirds full so that probes are short, and the texts they refer to.
        func finishedEdges() -> ([Edge], [UInt8]) {
            guard !children.isEmpty else { return ([], []) }
            var size = 4
            while size * 2 < children.count * 3 { size *= 2 }
            var edges = [Edge](repeating: Edge(), count: size)
            var text: [UInt8] = []
            for (key, child) in children {
                var edge = Edge(node: key.node, child: child, text: UInt32(text.count))
                var hash = EdgeHash(node: key.node)
                for byte in key.level {
                    hash.add(byte)
                    edge.level.add(byte)
                }
                var slot = hash.slot(mask: size - 1)
                while edges[slot].child != Node.none { slot = (slot + 1) & (size - 1) }
                edges[slot] = edge
                if !edge.level.isWhole { text.append(contentsOf: key.level) }
            }
            return (edges, text)
        }

        private mutating func appendRun(_ members: [TargetID]) -> Run {
            let start = UInt32(targetRuns.count)
            targetRuns.append(contentsOf: members)
            return Run(start: start, end: UInt32(targetRuns.count))
        }

        private mutating func newNode() -> UInt32 {
            growing.append(GrowingNode())
            return UInt32(growing.count - 1)
        }

        private mutating func root(_ source: Endpoint) -> UInt32 {
            if let known = sources[source] { return known.number }
            let node = newNode()
            sources[source] = SourceID(number: node)
            return node
        }

        private mutating func targetID(_ target: Endpoint) -> TargetID {
            if let known = targets[target] { return known }
            let id = TargetID(number: UInt32(targetEndpoints.count))
            targetEndpoints.append(target)
            targets[target] = id
            return id
        }

        private mutating func child(of node: UInt32, _ level: [UInt8]) -> UInt32 {
            if level == [UInt8(ascii: "+")] {
                if growing[Int(node)].anyLevel == Node.none {
                    let new = newNode()
                    growing[Int(node)].anyLevel = new
                }
                return growing[Int(node)].anyLevel
            }
            let key = EdgeKey(node: node, level: level)
            if let known = children[key] { return known }
            let new = newNode()
            children[key] = new
            return new
        }
    }
}
