import Bytes
import Group

/// The last topics that no row of the subscription table matched, each with its source and how often (row H-20).
///
/// V1 had a line in the log at DEBUG for each such message, which nobody saw. Here the topics are kept in a place of
/// fixed size, taken once: a flood of them allocates nothing, and a new one takes the place of the one not seen for
/// longest.
public struct UnroutedTopics {
    /// How many are kept.
    public static let most = 64
    /// Bytes of a topic that are kept: of a group's device or function it has no more.
    static let longest = GroupLimits.topicBytes

    /// A topic with its source.
    public struct Entry: Equatable {
        public let source: Endpoint
        public let topic: [UInt8]
        /// Whether `topic` is the beginning only.
        public let isCut: Bool
        /// Since it is kept.
        public let count: UInt64
    }

    private struct Slot {
        let source: MessageSource
        let length: Int
        var count: UInt64
        var last: UInt64
    }

    private var slots: [Slot] = []
    private var hashes: [UInt32] = []
    /// `longest` bytes for each slot.
    private var text: [UInt8] = []
    private var messages: UInt64 = 0
    /// Entries that have made room for others.
    public private(set) var displaced: UInt64 = 0

    init() {}

    /// What is kept, the topic that was seen last first.
    public var entries: [Entry] {
        slots.indices.sorted { slots[$0].last > slots[$1].last }.map { index in
            let slot = slots[index]
            let start = index * Self.longest
            return Entry(
                source: slot.source.endpoint, topic: Array(text[start..<start + min(slot.length, Self.longest)]),
                isCut: slot.length > Self.longest, count: slot.count)
        }
    }

    /// Counts one message.
    mutating func add(_ topic: Span<UInt8>, _ source: MessageSource) {
        messages += 1
        let hash = Self.hash(topic)
        for index in hashes.indices where hashes[index] == hash && holds(index, topic, source) {
            slots[index].count += 1
            slots[index].last = messages
            return
        }
        place(Slot(source: source, length: topic.count, count: 1, last: messages), hash, topic)
    }

    private mutating func place(_ slot: Slot, _ hash: UInt32, _ topic: Span<UInt8>) {
        var index = slots.count
        if index < Self.most {
            if index == 0 {
                slots.reserveCapacity(Self.most)
                hashes.reserveCapacity(Self.most)
                text = [UInt8](repeating: 0, count: Self.most * Self.longest)
            }
            slots.append(slot)
            hashes.append(hash)
        } else {
            index = 0
            for other in slots.indices where slots[other].last < slots[index].last { index = other }
            slots[index] = slot
            hashes[index] = hash
            displaced += 1
        }
        for offset in 0..<min(topic.count, Self.longest) { text[index * Self.longest + offset] = topic[offset] }
    }

    private func holds(_ index: Int, _ topic: Span<UInt8>, _ source: MessageSource) -> Bool {
        guard slots[index].source === source, slots[index].length == topic.count else { return false }
        let start = index * Self.longest
        for offset in 0..<min(topic.count, Self.longest) where text[start + offset] != topic[offset] { return false }
        return true
    }

    /// FNV-1a. Somebody who makes topics of one hash spends our time on comparing 64 of them at most.
    private static func hash(_ topic: Span<UInt8>) -> UInt32 {
        var value: UInt32 = 2_166_136_261
        for index in 0..<min(topic.count, longest) { value = (value ^ UInt32(topic[index])) &* 16_777_619 }
        return value
    }
}
