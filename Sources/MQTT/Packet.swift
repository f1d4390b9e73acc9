/// One MQTT 3.1.1 control packet.
public enum Packet: Equatable, Sendable {
    case connect(Connect)
    case connack(Connack)
    case publish(Publish)
    case puback(PacketIdentifier)
    case pubrec(PacketIdentifier)
    case pubrel(PacketIdentifier)
    case pubcomp(PacketIdentifier)
    case subscribe(Subscribe)
    case suback(Suback)
    case unsubscribe(Unsubscribe)
    case unsuback(PacketIdentifier)
    case pingreq
    case pingresp
    case disconnect
}
