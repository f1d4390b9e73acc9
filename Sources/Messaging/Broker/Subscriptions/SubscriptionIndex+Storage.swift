import MQTT

extension SubscriptionIndex {
    /// A prefix of filters.
    struct Node {
        var parent = SubscriptionIndex.none
        var hash: UInt32 = 0
        /// The child for `+`.
        var anyLevel = SubscriptionIndex.none
        /// The subscriptions whose filter ends here, and those that end with a `#` after this level.
        var exact = SubscriptionIndex.none
        var remainder = SubscriptionIndex.none
        /// The child for `+` counts too.
        var children: UInt32 = 0
        /// The level's bytes; nil for a root, for `+` and for an empty level.
        var text: UnsafeMutablePointer<UInt8>?
        var length: UInt32 = 0
    }

    /// One filter of one session: in the list of its node, and in that of its session.
    struct Record {
        let session: Unmanaged<ClientSession>
        let node: UInt32
        var next: UInt32
        var previous = SubscriptionIndex.none
        var nextOfSession: UInt32
        var previousOfSession = SubscriptionIndex.none
        var qos: QoS
        let isRemainder: Bool
    }

    /// Where a filter belongs.
    struct Place {
        var node: UInt32
        var isRemainder = false
    }

    // MARK: Filters

    func place(_ filter: TopicFilter, _ session: ClientSession) -> Place? {
        walk(filter, session, making: false)
    }

    func makePlace(_ filter: TopicFilter, _ session: ClientSession) -> Place {
        walk(filter, session, making: true) ?? Place(node: session.root)
    }

    private func walk(_ filter: TopicFilter, _ session: ClientSession, making: Bool) -> Place? {
        var place = Place(node: session.root)
        filter.bytes.withUnsafeBufferPointer { bytes in
            var start = 0
            while place.node != Self.none, start <= bytes.count {
                var end = start
                while end < bytes.count, bytes[end] != UInt8(ascii: "/") { end += 1 }
                let level = UnsafeBufferPointer(rebasing: bytes[start..<end])
                start = end + 1
                if level.count == 1, level[0] == UInt8(ascii: "#") {
                    place.isRemainder = true
                    return
                }
                place.node = step(place.node, level, making: making)
            }
        }
        return place.node == Self.none ? nil : place
    }

    private func step(_ node: UInt32, _ level: UnsafeBufferPointer<UInt8>, making: Bool) -> UInt32 {
        let isAnyLevel = level.count == 1 && level[0] == UInt8(ascii: "+")
        let known = isAnyLevel ? nodes[Int(node)].anyLevel : child(of: node, level)
        if known != Self.none || !making { return known }
        nodes[Int(node)].children += 1
        if isAnyLevel {
            let new = newNode(Node(parent: node))
            nodes[Int(node)].anyLevel = new
            return new
        }
        var child = Node(parent: node, hash: hash(node, level), length: UInt32(level.count))
        if let source = level.baseAddress, !level.isEmpty {
            let text = UnsafeMutablePointer<UInt8>.allocate(capacity: level.count)
            text.update(from: source, count: level.count)
            child.text = text
        }
        let new = newNode(child)
        insertEdge(new)
        return new
    }

    // MARK: Records

    /// Looks through the session's filters and the node's subscriptions at once: it ends with the shorter list.
    func record(at place: Place, _ session: ClientSession) -> UInt32? {
        var own = session.firstSubscription
        var there = place.isRemainder ? nodes[Int(place.node)].remainder : nodes[Int(place.node)].exact
        while own != Self.none, there != Self.none {
            let record = records[Int(own)]
            if record.node == place.node, record.isRemainder == place.isRemainder { return own }
            let other = records[Int(there)]
            if other.session._withUnsafeGuaranteedRef({ $0 === session }) { return there }
            own = record.nextOfSession
            there = other.next
        }
        return nil
    }

    func insert(_ place: Place, _ qos: QoS, _ session: ClientSession) {
        let node = Int(place.node)
        let next = place.isRemainder ? nodes[node].remainder : nodes[node].exact
        let record = Record(
            session: .passUnretained(session), node: place.node, next: next, nextOfSession: session.firstSubscription,
            qos: qos, isRemainder: place.isRemainder)
        let number: UInt32
        if freeRecord != Self.none {
            number = freeRecord
            freeRecord = records[Int(number)].next
            records[Int(number)] = record
        } else {
            number = UInt32(records.count)
            records.append(record)
        }
        if next != Self.none { records[Int(next)].previous = number }
        if place.isRemainder { nodes[node].remainder = number } else { nodes[node].exact = number }
        let second = session.firstSubscription
        if second != Self.none { records[Int(second)].previousOfSession = number }
        session.firstSubscription = number
        session.filterCount += 1
    }

    func remove(_ number: UInt32, _ session: ClientSession) {
        let record = records[Int(number)]
        if record.next != Self.none { records[Int(record.next)].previous = record.previous }
        if record.previous != Self.none {
            records[Int(record.previous)].next = record.next
        } else if record.isRemainder {
            nodes[Int(record.node)].remainder = record.next
        } else {
            nodes[Int(record.node)].exact = record.next
        }
        unchain(record, session)
        records[Int(number)].next = freeRecord
        freeRecord = number
        session.filterCount -= 1
        prune(record.node)
    }

    private func unchain(_ record: Record, _ session: ClientSession) {
        if record.nextOfSession != Self.none {
            records[Int(record.nextOfSession)].previousOfSession = record.previousOfSession
        }
        if record.previousOfSession != Self.none {
            records[Int(record.previousOfSession)].nextOfSession = record.nextOfSession
        } else {
            session.firstSubscription = record.nextOfSession
        }
    }

    // MARK: Nodes

    func newNode(_ node: Node) -> UInt32 {
        guard freeNode != Self.none else {
            nodes.append(node)
            return UInt32(nodes.count - 1)
        }
        let number = freeNode
        freeNode = nodes[Int(number)].parent
        nodes[Int(number)] = node
        return number
    }

    func freeNode(_ number: UInt32) {
        nodes[Int(number)].text?.deallocate()
        nodes[Int(number)] = Node(parent: freeNode)
        freeNode = number
    }

    /// Removes a node that nothing hangs on any more, and those above it that then have nothing either.
    private func prune(_ first: UInt32) {
        var number = first
        while true {
            let node = nodes[Int(number)]
            guard node.parent != Self.none, node.children == 0, node.exact == Self.none, node.remainder == Self.none
            else { return }
            let parent = Int(node.parent)
            if nodes[parent].anyLevel == number { nodes[parent].anyLevel = Self.none } else { removeEdge(number) }
            nodes[parent].children -= 1
            freeNode(number)
            number = node.parent
        }
    }
}
