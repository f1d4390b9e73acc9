/// A breach of MQTT 3.1.1 in bytes received, or in a packet about to be written.
///
/// Whoever meets one closes the connection without answering ([MQTT-4.8.0-1]), except where CONNECT has a CONNACK for
/// it ([MQTT-3.1.2-2]).
public enum MQTTError: Error, Equatable, Sendable {
    /// Type 0 or 15.
    case reservedPacketType
    /// The lower four bits of the first byte are not those of the packet's type.
    case reservedFlags
    /// A remaining length of more than four bytes.
    case malformedRemainingLength
    /// The packet is larger than the reader allows or than a packet can be.
    case packetTooLarge
    /// A field runs past the packet's end.
    case truncatedPacket
    /// Bytes follow the packet's last field.
    case trailingBytes
    /// Text that is no well-formed UTF-8; surrogates are not.
    case malformedText
    /// Text that contains U+0000.
    case nullCharacter
    /// A text or binary field of more than 65,535 bytes.
    case fieldTooLong
    /// A packet identifier of 0.
    case packetIdentifierZero
    /// CONNECT for another protocol than MQTT.
    case unknownProtocol
    /// CONNECT for another version of MQTT: 3 is MQTT 3.1, 5 is MQTT 5.
    case unsupportedProtocolLevel(UInt8)
    /// CONNECT with the reserved flag set.
    case reservedConnectFlag
    /// CONNECT with a will QoS or will retain, but no will.
    case willFlagsWithoutWill
    /// CONNECT with a will QoS of 3.
    case invalidWillQoS
    /// CONNECT with a password, but no user name.
    case passwordWithoutUserName
    /// PUBLISH with both QoS bits set.
    case invalidQoS
    /// PUBLISH of QoS 0 with the DUP flag.
    case duplicateWithoutQoS
    /// A topic name or filter of no characters.
    case emptyTopic
    /// A topic name with `+` or `#`.
    case wildcardInTopicName
    /// A topic filter with `#` elsewhere than alone in the last level.
    case misplacedMultiLevelWildcard
    /// A topic filter with `+` beside other characters of its level.
    case misplacedSingleLevelWildcard
    /// SUBSCRIBE without a filter.
    case emptySubscribe
    /// SUBSCRIBE with a QoS of 3 or with reserved bits.
    case invalidRequestedQoS
    /// UNSUBSCRIBE without a filter.
    case emptyUnsubscribe
    /// CONNACK with reserved acknowledge flags, or with a session present though the connection is refused.
    case invalidConnackFlags
    /// CONNACK with a return code above 5.
    case reservedReturnCode
    /// SUBACK with a return code that is neither 0, 1, 2 nor 0x80.
    case invalidSubackCode
}
