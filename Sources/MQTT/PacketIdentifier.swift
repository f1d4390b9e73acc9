/// The identifier that ties an acknowledgement to its packet; never 0 ([MQTT-2.3.1-1]).
public struct PacketIdentifier: Hashable, Sendable {
    public let rawValue: UInt16

    /// nil for 0.
    public init?(_ rawValue: UInt16) {
        guard rawValue != 0 else { return nil }
        self.rawValue = rawValue
    }
}
