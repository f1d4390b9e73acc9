import Bytes

/// CONNECT: the first packet of a client, MQTT 3.1.1 section 3.1.
public struct Connect: Equatable, Sendable {
    /// UTF-8; may be empty.
    public var clientID: [UInt8]
    public var cleanSession: Bool
    /// Seconds; 0 means none.
    public var keepAlive: UInt16
    public var will: Will?
    /// UTF-8.
    public var userName: [UInt8]?
    /// Only with a user name.
    public var password: [UInt8]?

    public init(
        clientID: [UInt8], cleanSession: Bool = true, keepAlive: UInt16 = 0, will: Will? = nil,
        userName: [UInt8]? = nil, password: [UInt8]? = nil
    ) {
        self.clientID = clientID
        self.cleanSession = cleanSession
        self.keepAlive = keepAlive
        self.will = will
        self.userName = userName
        self.password = password
    }

    /// Throws `unsupportedProtocolLevel` for MQTT 3.1, MQTT 5 and others, before anything that only they may contain
    /// is looked at: it is answered with CONNACK 1 ([MQTT-3.1.2-2]).
    public init(_ body: Span<UInt8>) throws(MQTTError) {
        var reader = FieldReader(body)
        try Self.readProtocol(&reader)
        let flags = try reader.byte()
        try Self.check(flags)
        cleanSession = flags & Flag.cleanSession != 0
        keepAlive = try reader.integer()
        clientID = [UInt8](copying: try reader.text())
        if flags & Flag.will != 0 {
            guard let qos = QoS(rawValue: flags >> 3 & 3) else { throw .invalidWillQoS }
            let topic = try TopicName(copying: try reader.field())
            let payload = [UInt8](copying: try reader.field())
            will = Will(topic: topic, payload: payload, qos: qos, retain: flags & Flag.willRetain != 0)
        } else {
            will = nil
        }
        userName = flags & Flag.userName != 0 ? [UInt8](copying: try reader.text()) : nil
        password = flags & Flag.password != 0 ? [UInt8](copying: try reader.field()) : nil
        try reader.expectEnd()
    }

    /// Appends the packet. The buffer is as before where an error is thrown.
    public func write(to buffer: inout ByteBuffer) throws(MQTTError) {
        guard password == nil || userName != nil else { throw .passwordWithoutUserName }
        try UTF8Text.validate(clientID.span)
        if let userName { try UTF8Text.validate(userName.span) }
        var length = 10
        length += try Field.length(clientID)
        if let will { length += try Field.length(will.topic.bytes) + Field.length(will.payload) }
        if let userName { length += try Field.length(userName) }
        if let password { length += try Field.length(password) }
        try FixedHeader.write(.connect, remainingLength: length, to: &buffer)
        Field.write([UInt8]("MQTT"), to: &buffer)
        buffer.append(4)
        buffer.append(flags)
        buffer.append(bigEndian: keepAlive)
        Field.write(clientID, to: &buffer)
        if let will {
            Field.write(will.topic.bytes, to: &buffer)
            Field.write(will.payload, to: &buffer)
        }
        if let userName { Field.write(userName, to: &buffer) }
        if let password { Field.write(password, to: &buffer) }
    }

    private var flags: UInt8 {
        var flags: UInt8 = cleanSession ? Flag.cleanSession : 0
        if let will { flags |= Flag.will | will.qos.rawValue << 3 | (will.retain ? Flag.willRetain : 0) }
        if userName != nil { flags |= Flag.userName }
        if password != nil { flags |= Flag.password }
        return flags
    }

    private static func readProtocol(_ reader: inout FieldReader) throws(MQTTError) {
        let name = [UInt8](copying: try reader.field())
        let level = try reader.byte()
        if name == [UInt8]("MQIsdp") { throw .unsupportedProtocolLevel(level) }
        guard name == [UInt8]("MQTT") else { throw .unknownProtocol }
        guard level == 4 else { throw .unsupportedProtocolLevel(level) }
    }

    private static func check(_ flags: UInt8) throws(MQTTError) {
        guard flags & 1 == 0 else { throw .reservedConnectFlag }
        if flags & Flag.will != 0 {
            guard flags & Flag.willQoS != Flag.willQoS else { throw .invalidWillQoS }
        } else {
            guard flags & (Flag.willQoS | Flag.willRetain) == 0 else { throw .willFlagsWithoutWill }
        }
        if flags & Flag.password != 0, flags & Flag.userName == 0 { throw .passwordWithoutUserName }
    }

    /// Section 3.1.2.3.
    private enum Flag {
        static let cleanSession: UInt8 = 0x02
        static let will: UInt8 = 0x04
        static let willQoS: UInt8 = 0x18
        static let willRetain: UInt8 = 0x20
        static let password: UInt8 = 0x40
        static let userName: UInt8 = 0x80
    }
}
