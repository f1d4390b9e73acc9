import Testing

/// Two honest clients that talk while others misbehave.
final class Talk {
    private let speaker: RawClient
    private let listener: RawClient
    private var count = 0

    init(_ broker: BrokerUnderTest) throws {
        speaker = try broker.connect("speaker")
        listener = try broker.connect("listener")
        try listener.subscribe("talk", qos: 1)
    }

    /// Messages go one after the other, and each arrives, is answered and is the right one.
    func go(_ messages: Int, sourceLocation: SourceLocation = #_sourceLocation) throws {
        for _ in 0..<messages {
            count += 1
            let id = UInt16(count % 65_535 + 1)
            try speaker.send(Packet.publish("talk", "\(count)", qos: 1, id: id))
            let message = try listener.message(sourceLocation: sourceLocation)
            #expect(message.payload == "\(count)", sourceLocation: sourceLocation)
            try listener.send(Packet.puback(message.id))
            try speaker.expect(Packet.puback(id), sourceLocation: sourceLocation)
        }
    }
}
