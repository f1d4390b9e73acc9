import Bytes

/// What AWS IoT disconnects a client for, checked before anything is sent (AWS IoT message broker limits; row MSG-15).
enum CloudRules {
    static let mostPayload = 131_072
    static let mostTopicBytes = 256
    static let mostSlashes = 7

    /// Why the cloud would refuse the message, or nil.
    static func problem(_ message: QueuedMessage) -> String? {
        if message.payload.count > mostPayload {
            return "it has \(message.payload.count) bytes, of which the cloud takes at most \(mostPayload)"
        }
        if message.topic.count > mostTopicBytes {
            return "its topic has \(message.topic.count) bytes, of which the cloud takes at most \(mostTopicBytes)"
        }
        var slashes = 0
        for byte in message.topic where byte == UInt8(ascii: "/") { slashes += 1 }
        if slashes > mostSlashes {
            return "its topic has \(slashes) slashes, of which the cloud takes at most \(mostSlashes)"
        }
        return nil
    }
}
