extension SubscriptionTable {
    /// The last answer of the table, for devices send to the same topic again and again.
    struct LastMatch: ~Copyable {
        /// A topic that is longer is not kept.
        private static let mostBytes = GroupLimits.topicBytes

        private var source: SourceID?
        private var count = 0
        /// Of the topics that were kept.
        private var number: UInt64 = 0
        private let topic = UnsafeMutableRawPointer.allocate(byteCount: mostBytes, alignment: 8)
        private var found = Matches(start: 0, count: 0, covered: 0, isMerged: false)

        deinit {
            topic.deallocate()
        }

        func matches(_ source: SourceID, _ topic: Span<UInt8>) -> Matches? {
            guard let known = self.source, known == source, count == topic.count else { return nil }
            let isSame = topic.withUnsafeBytes { bytes in
                // Eight at a time; comparing takes less than walking one level.
                var at = 0
                while at + 8 <= count {
                    if bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self)
                        != self.topic.loadUnaligned(fromByteOffset: at, as: UInt64.self)
                    {
                        return false
                    }
                    at += 8
                }
                while at < count {
                    if bytes[at] != self.topic.load(fromByteOffset: at, as: UInt8.self) { return false }
                    at += 1
                }
                return true
            }
            return isSame ? found : nil
        }

        /// - Returns: the match, with a number for its topic.
        mutating func keep(_ source: SourceID, _ topic: Span<UInt8>, _ found: Matches) -> Matches {
            guard topic.count <= Self.mostBytes else { return found }
            topic.withUnsafeBytes { bytes in
                if let start = bytes.baseAddress { self.topic.copyMemory(from: start, byteCount: bytes.count) }
            }
            self.source = source
            count = topic.count
            number += 1
            self.found = found
            self.found.topicNumber = number
            return self.found
        }
    }
}
