extension SubscriptionIndex {
    /// FNV-1a over the number of the parent node and the bytes of the level, from a start that clients do not know, with
    /// its bits mixed at the end.
    func hash(_ node: UInt32, _ level: UnsafeBufferPointer<UInt8>) -> UInt32 {
        var value = seed ^ node &* 0x9E37_79B1
        for byte in level { value = (value ^ UInt32(byte)) &* 16_777_619 }
        value = (value ^ value >> 16) &* 0x85EB_CA6B
        return value ^ value >> 13
    }

    /// The node behind the edge for a level, or `none`.
    func child(of node: UInt32, _ level: UnsafeBufferPointer<UInt8>) -> UInt32 {
        if slots.isEmpty { return Self.none }
        let hash = hash(node, level)
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot] != Self.none {
            let number = slots[slot]
            let found = nodes[Int(number)]
            if found.hash == hash, found.parent == node, Int(found.length) == level.count, has(found, level) {
                return number
            }
            slot = (slot + 1) & mask
        }
        return Self.none
    }

    func insertEdge(_ number: UInt32) {
        edges += 1
        if edges * 2 > slots.count { growSlots() }
        place(number)
    }

    /// Takes an edge out, and moves those behind it that would not be found across the gap.
    func removeEdge(_ number: UInt32) {
        let mask = slots.count - 1
        var gap = Int(truncatingIfNeeded: nodes[Int(number)].hash) & mask
        while slots[gap] != number { gap = (gap + 1) & mask }
        edges -= 1
        slots[gap] = Self.none
        var slot = (gap + 1) & mask
        while slots[slot] != Self.none {
            let home = Int(truncatingIfNeeded: nodes[Int(slots[slot])].hash) & mask
            // Whether its home is not between the gap (exclusive) and where it is.
            if (slot - home) & mask >= (slot - gap) & mask {
                slots[gap] = slots[slot]
                slots[slot] = Self.none
                gap = slot
            }
            slot = (slot + 1) & mask
        }
    }

    private func place(_ number: UInt32) {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: nodes[Int(number)].hash) & mask
        while slots[slot] != Self.none { slot = (slot + 1) & mask }
        slots[slot] = number
    }

    private func growSlots() {
        let old = slots
        slots = [UInt32](repeating: Self.none, count: max(16, old.count * 2))
        for number in old where number != Self.none { place(number) }
    }

    private func has(_ node: Node, _ level: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let text = node.text else { return true }
        for index in 0..<level.count where text[index] != level[index] { return false }
        return true
    }
}
