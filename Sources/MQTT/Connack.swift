import Bytes

/// CONNACK: the answer to CONNECT, MQTT 3.1.1 section 3.2.
public struct Connack: Equatable, Sendable {
    /// Table 3.1.
    public enum ReturnCode: UInt8, Sendable {
        case accepted = 0
        case unacceptableProtocolVersion = 1
        case identifierRejected = 2
        case serverUnavailable = 3
        case badUserNameOrPassword = 4
        case notAuthorized = 5
    }

    public let sessionPresent: Bool
    public let returnCode: ReturnCode

    /// A refusal never has a session present ([MQTT-3.2.2-4]).
    public init(_ returnCode: ReturnCode, sessionPresent: Bool = false) {
        self.returnCode = returnCode
        self.sessionPresent = sessionPresent && returnCode == .accepted
    }

    public init(_ body: Span<UInt8>) throws(MQTTError) {
        var reader = FieldReader(body)
        let flags = try reader.byte()
        let code = try reader.byte()
        try reader.expectEnd()
        guard let returnCode = ReturnCode(rawValue: code) else { throw .reservedReturnCode }
        guard flags == 0 || flags == 1 && returnCode == .accepted else { throw .invalidConnackFlags }
        self.init(returnCode, sessionPresent: flags == 1)
    }

    public func write(to buffer: inout ByteBuffer) {
        buffer.append(PacketType.connack.rawValue << 4)
        buffer.append(2)
        buffer.append(sessionPresent ? 1 : 0)
        buffer.append(returnCode.rawValue)
    }
}
