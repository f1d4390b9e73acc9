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

    /// A slot of the hash table of edges; empty where `child` is `Node.none`. Two of them are in a line of the
    /// processor's cache, and a short level is compared in there: with many rows, what is not in the cache is what costs.
    struct Edge: Sendable {
        var level = EdgeLevel()
        var node: UInt32 = 0
        var child = Node.none
        /// Where the bytes of a level that is longer than `EdgeLevel.inlineBytes` are in `text`.
        var text: UInt32 = 0
    }

    /// The text of a level: its length and first bytes.
    struct EdgeLevel: Equatable, Sendable {
        static let inlineBytes = 16

        private var first: UInt64 = 0
        private var second: UInt64 = 0
        // The last one: what follows in an edge lies behind it without a gap.
        private(set) var length: UInt32 = 0

        mutating func add(_ byte: UInt8) {
            if length < 8 {
                first = first << 8 | UInt64(byte)
            } else if length < 16 {
                second = second << 8 | UInt64(byte)
            }
            length += 1
        }

        var isWhole: Bool { length <= UInt32(Self.inlineBytes) }
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
