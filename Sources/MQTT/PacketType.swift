/// The type in the upper four bits of a packet's first byte, MQTT 3.1.1 table 2.1.
public enum PacketType: UInt8, Sendable {
    case connect = 1
    case connack
    case publish
    case puback
    case pubrec
    case pubrel
    case pubcomp
    case subscribe
    case suback
    case unsubscribe
    case unsuback
    case pingreq
    case pingresp
    case disconnect

    /// The lower four bits of the first byte, table 2.2; PUBLISH alone carries its own.
    var fixedFlags: UInt8 {
        switch self {
        case .pubrel, .subscribe, .unsubscribe: 0b0010
        default: 0
        }
    }
}
