/// What is known of a kept message besides its bytes.
struct MessageHeader {
    /// Its place in the queue; larger is later.
    let number: UInt64
    /// Settled when the message is safe; `.none` where the queue keeps nothing on a disk.
    let ticket: Ticket
    /// `Clock.monotonic()` when it came.
    let arrival: Int64
    /// Whether its sender waits for an answer.
    let isAwaited: Bool
    let topicCount: Int
    let payloadCount: Int

    /// What counts against the queue's size: topic and payload.
    var size: Int64 { Int64(topicCount) + Int64(payloadCount) }
}

/// A message that was taken out of a queue's memory, with bytes of its own.
struct StoredMessage {
    let header: MessageHeader
    let topic: [UInt8]
    let payload: [UInt8]

    var number: UInt64 { header.number }
    var size: Int64 { header.size }
}
