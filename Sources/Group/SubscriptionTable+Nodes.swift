extension SubscriptionTable {
    /// A run of `targetRuns`.
    struct Run: Sendable {
        var start: UInt32 = 0
        var end: UInt32 = 0
    }

    /// A prefix of subjects of one source. Children by text are in the table of edges.
    struct Node: Sendable {
        /// No node: no node number is this large.
        static let none = UInt32.max

        /// The targets of the subject that ends here.
        var targets = Run()
        /// The targets of the subject that ends with a `#` after this prefix.
        var remainderTargets = Run()
        /// The child for `+`, or `none`.
        var anyLevel = Node.none
    }

    /// A slot of the hash table of edges; empty where `child` is `Node.none`.
    struct Edge: Sendable {
        var hash: UInt32 = 0
        var node: UInt32 = 0
        var child = Node.none
        /// Where the level's bytes are in `text`.
        var text: UInt32 = 0
        var length: UInt32 = 0
    }

    /// FNV-1a over the number of the parent node and the bytes of the level. It need not resist an attacker: what is
    /// looked up is not inserted, so the length of a probe depends on the group's own rows alone.
    struct EdgeHash: Sendable {
        private(set) var value: UInt32 = 2_166_136_261

        init(node: UInt32) {
            add(UInt8(truncatingIfNeeded: node))
            add(UInt8(truncatingIfNeeded: node >> 8))
            add(UInt8(truncatingIfNeeded: node >> 16))
            add(UInt8(truncatingIfNeeded: node >> 24))
        }

        mutating func add(_ byte: UInt8) {
            value = (value ^ UInt32(byte)) &* 16_777_619
        }

        /// The upper bits are mixed in, for FNV's lower ones alone are uneven.
        func slot(mask: Int) -> Int {
            Int(truncatingIfNeeded: value ^ value >> 15) & mask
        }
    }
}
