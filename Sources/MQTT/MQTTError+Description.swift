extension MQTTError: CustomStringConvertible {
    /// The normative statement that was broken, or the section where the standard numbers none.
    public var clause: StaticString {
        switch self {
        case .reservedPacketType: "MQTT 3.1.1 section 2.2.1"
        case .reservedFlags: "[MQTT-2.2.2-2]"
        case .malformedRemainingLength: "MQTT 3.1.1 section 2.2.3"
        case .packetTooLarge: "MQTT 3.1.1 section 2.2.3"
        case .truncatedPacket: "[MQTT-4.8.0-1]"
        case .trailingBytes: "[MQTT-4.8.0-1]"
        case .malformedText: "[MQTT-1.5.3-1]"
        case .nullCharacter: "[MQTT-1.5.3-2]"
        case .fieldTooLong: "MQTT 3.1.1 section 1.5.3"
        case .packetIdentifierZero: "[MQTT-2.3.1-1]"
        case .unknownProtocol: "[MQTT-3.1.2-1]"
        case .unsupportedProtocolLevel: "[MQTT-3.1.2-2]"
        case .reservedConnectFlag: "[MQTT-3.1.2-3]"
        case .willFlagsWithoutWill: "[MQTT-3.1.2-11]"
        case .invalidWillQoS: "[MQTT-3.1.2-14]"
        case .passwordWithoutUserName: "[MQTT-3.1.2-22]"
        case .invalidQoS: "[MQTT-3.3.1-4]"
        case .duplicateWithoutQoS: "[MQTT-3.3.1-2]"
        case .emptyTopic: "[MQTT-4.7.3-1]"
        case .wildcardInTopicName: "[MQTT-3.3.2-2]"
        case .misplacedMultiLevelWildcard: "[MQTT-4.7.1-2]"
        case .misplacedSingleLevelWildcard: "[MQTT-4.7.1-3]"
        case .emptySubscribe: "[MQTT-3.8.3-3]"
        case .invalidRequestedQoS: "[MQTT-3.8.3-4]"
        case .emptyUnsubscribe: "[MQTT-3.10.3-2]"
        case .invalidConnackFlags: "[MQTT-3.2.2-4]"
        case .reservedReturnCode: "[MQTT-3.2.2-6]"
        case .invalidSubackCode: "[MQTT-3.9.3-2]"
        }
    }

    /// What was found, in words, with the clause.
    public var description: String {
        "\(reason) \(clause)"
    }

    private var reason: String {
        switch self {
        case .reservedPacketType: "the packet type is reserved"
        case .reservedFlags: "the fixed header's flags are not those of the packet type"
        case .malformedRemainingLength: "the remaining length has more than four bytes"
        case .packetTooLarge: "the packet is larger than allowed"
        case .truncatedPacket: "a field runs past the end of the packet"
        case .trailingBytes: "there are bytes after the packet's last field"
        case .malformedText: "a text is not well-formed UTF-8"
        case .nullCharacter: "a text contains U+0000"
        case .fieldTooLong: "a field is longer than 65535 bytes"
        case .packetIdentifierZero: "the packet identifier is 0"
        case .unknownProtocol: "the protocol name is not MQTT"
        case .unsupportedProtocolLevel(let level): Self.reason(level: level)
        case .reservedConnectFlag: "the reserved connect flag is set"
        case .willFlagsWithoutWill: "will QoS or will retain is set without a will"
        case .invalidWillQoS: "the will's QoS is 3"
        case .passwordWithoutUserName: "there is a password without a user name"
        case .invalidQoS: "the QoS is 3"
        case .duplicateWithoutQoS: "DUP is set at QoS 0"
        case .emptyTopic: "a topic is empty"
        case .wildcardInTopicName: "a topic name contains a wildcard"
        case .misplacedMultiLevelWildcard: "a topic filter's # is not alone in the last level"
        case .misplacedSingleLevelWildcard: "a topic filter's + is not alone in its level"
        case .emptySubscribe: "SUBSCRIBE has no topic filter"
        case .invalidRequestedQoS: "SUBSCRIBE asks for a QoS that does not exist"
        case .emptyUnsubscribe: "UNSUBSCRIBE has no topic filter"
        case .invalidConnackFlags: "CONNACK's flags contradict its return code or are reserved"
        case .reservedReturnCode: "CONNACK's return code is reserved"
        case .invalidSubackCode: "a SUBACK return code is reserved"
        }
    }

    private static func reason(level: UInt8) -> String {
        switch level {
        case 3: "the client speaks MQTT 3.1; configure it for MQTT 3.1.1"
        case 5: "the client speaks MQTT 5; configure it for MQTT 3.1.1"
        default: "the client asks for protocol level \(level); configure it for MQTT 3.1.1 (level 4)"
        }
    }
}
