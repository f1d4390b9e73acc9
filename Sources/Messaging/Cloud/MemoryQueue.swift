import MQTT

/// A queue to the cloud in memory: V1's default, lost with the process (row SPOOL-02).
public final class MemoryQueue: MessageTarget, CloudQueue {
    private struct Entry {
        let message: QueuedMessage
        var isUnderWay = false
    }

    /// V1's default size (row SPOOL-03).
    public static let standardSize = 2_621_440

    private let size: Int
    /// The oldest first.
    private var entries: [Entry] = []
    private var bytes = 0
    private var lastNumber: UInt64 = 0
    public var whenReady: (() -> Void)?

    public init(size: Int = MemoryQueue.standardSize) {
        self.size = size
    }

    public func deliver(_ message: borrowing MessageView) -> Delivery {
        let copy = message.copy()
        let amount = copy.topic.count + copy.payload.count
        while bytes + amount > size, let oldest = entries.firstIndex(where: { !$0.isUnderWay }) { remove(oldest) }
        guard bytes + amount <= size else { return .dropped }
        lastNumber += 1
        bytes += amount
        entries.append(Entry(message: QueuedMessage(number: lastNumber, topic: copy.topic, payload: copy.payload)))
        whenReady?()
        return .taken
    }

    public func isFull(forPayload count: Int) -> Bool { bytes + count > size }

    public func next() -> QueuedMessage? {
        for index in entries.indices where !entries[index].isUnderWay {
            entries[index].isUnderWay = true
            return entries[index].message
        }
        return nil
    }

    public func confirm(_ number: UInt64) {
        if let index = entries.firstIndex(where: { $0.message.number == number }) { remove(index) }
    }

    public func reject(_ number: UInt64, reason: String) { confirm(number) }

    public func returnAll() {
        for index in entries.indices { entries[index].isUnderWay = false }
    }

    private func remove(_ index: Int) {
        let entry = entries.remove(at: index)
        bytes -= entry.message.topic.count + entry.message.payload.count
    }
}
