/// Quality of service, MQTT 3.1.1 section 4.3.
public enum QoS: UInt8, Sendable {
    case atMostOnce = 0
    case atLeastOnce = 1
    case exactlyOnce = 2
}
