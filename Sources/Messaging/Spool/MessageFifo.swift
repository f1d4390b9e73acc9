/// Messages first in, first out, packed into few large blocks: a small message costs its bytes and 31 more, and none costs
/// an allocation of its own.
struct MessageFifo {
    /// Of a block that was started anew; a larger message has one for itself.
    private static let blockBytes = 16_384
    private static let headerBytes = 31

    private var blocks: [[UInt8]] = []
    /// The blocks before it are used up.
    private var firstBlock = 0
    /// Where the first message begins in the first block.
    private var head = 0
    private(set) var count = 0
    /// Topics and payloads.
    private(set) var bytes: Int64 = 0

    /// What the messages take in memory: many empty ones are not nothing.
    var occupied: Int64 { bytes + Int64(count) * Int64(Self.headerBytes) }

    var isEmpty: Bool { count == 0 }

    var first: MessageHeader? { isEmpty ? nil : header(firstBlock, head) }

    mutating func append(
        _ header: MessageHeader, topic: UnsafeBufferPointer<UInt8>, payload: UnsafeBufferPointer<UInt8>
    ) {
        let needed = Self.headerBytes + topic.count + payload.count
        let hasRoom = blocks.count > firstBlock && blocks[blocks.count - 1].count + needed <= Self.blockBytes
        if !hasRoom {
            var block: [UInt8] = []
            block.reserveCapacity(max(needed, Self.blockBytes))
            blocks.append(block)
        }
        let last = blocks.count - 1
        Self.put(header.number, 8, into: &blocks[last])
        Self.put(header.ticket.number, 8, into: &blocks[last])
        Self.put(UInt64(bitPattern: header.arrival), 8, into: &blocks[last])
        blocks[last].append(header.isAwaited ? 1 : 0)
        Self.put(UInt64(topic.count), 2, into: &blocks[last])
        Self.put(UInt64(payload.count), 4, into: &blocks[last])
        blocks[last].append(contentsOf: topic)
        blocks[last].append(contentsOf: payload)
        count += 1
        bytes += header.size
    }

    mutating func append(_ message: StoredMessage) {
        message.topic.withUnsafeBufferPointer { topic in
            message.payload.withUnsafeBufferPointer { append(message.header, topic: topic, payload: $0) }
        }
    }

    mutating func popFirst() -> StoredMessage? {
        guard let header = first else { return nil }
        let topicStart = head + Self.headerBytes
        let payloadStart = topicStart + header.topicCount
        let message = StoredMessage(
            header: header, topic: [UInt8](blocks[firstBlock][topicStart..<payloadStart]),
            payload: [UInt8](blocks[firstBlock][payloadStart..<payloadStart + header.payloadCount]))
        skip(header)
        return message
    }

    /// Takes the first message out without its bytes.
    mutating func dropFirst() -> MessageHeader? {
        guard let header = first else { return nil }
        skip(header)
        return header
    }

    /// Appends copies of the first messages to another queue, until that has `limit` bytes.
    /// - Returns: the number of the last one; nil where none was copied.
    func copyFirst(upTo limit: Int64, to other: inout MessageFifo) -> UInt64? {
        var block = firstBlock
        var place = head
        var last: UInt64?
        for _ in 0..<count {
            if place == blocks[block].count {
                block += 1
                place = 0
            }
            let header = header(block, place)
            if other.count > 0, other.bytes + header.size > limit { break }
            let topicStart = place + Self.headerBytes
            let end = topicStart + Int(header.size)
            blocks[block].withUnsafeBufferPointer { bytes in
                other.append(
                    header, topic: UnsafeBufferPointer(rebasing: bytes[topicStart..<topicStart + header.topicCount]),
                    payload: UnsafeBufferPointer(rebasing: bytes[topicStart + header.topicCount..<end]))
            }
            last = header.number
            place = end
        }
        return last
    }

    private mutating func skip(_ header: MessageHeader) {
        count -= 1
        bytes -= header.size
        head += Self.headerBytes + Int(header.size)
        if head < blocks[firstBlock].count { return }
        head = 0
        blocks[firstBlock] = []
        firstBlock += 1
        if firstBlock == blocks.count {
            blocks.removeAll()
            firstBlock = 0
        } else if firstBlock > 32, firstBlock > blocks.count / 2 {
            blocks.removeFirst(firstBlock)
            firstBlock = 0
        }
    }

    private func header(_ block: Int, _ place: Int) -> MessageHeader {
        let bytes = blocks[block]
        return MessageHeader(
            number: Self.get(bytes, place, 8), ticket: Ticket(number: Self.get(bytes, place + 8, 8)),
            arrival: Int64(bitPattern: Self.get(bytes, place + 16, 8)), isAwaited: bytes[place + 24] == 1,
            topicCount: Int(Self.get(bytes, place + 25, 2)), payloadCount: Int(Self.get(bytes, place + 27, 4)))
    }

    private static func put(_ value: UInt64, _ count: Int, into bytes: inout [UInt8]) {
        for index in 0..<count { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * index))) }
    }

    private static func get(_ bytes: [UInt8], _ place: Int, _ count: Int) -> UInt64 {
        var value: UInt64 = 0
        for index in 0..<count { value |= UInt64(bytes[place + index]) << UInt64(8 * index) }
        return value
    }
}
