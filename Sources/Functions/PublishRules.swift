import Bytes
import HTTP

/// What a function may publish beyond what MQTT itself forbids (MSG-15): the limits devices have too.
enum PublishRules {
    static let longestTopic = 256
    static let deepestTopic = 7
    static let largestPayload = 131_072

    /// The refusal of a message, or nil.
    static func breach(topic: [UInt8], payload: [UInt8]) -> IPCResponse? {
        if topic.count > longestTopic {
            return .refusal(
                .badRequest, "The topic has \(topic.count) bytes, of which at most \(longestTopic) are allowed.")
        }
        var slashes = 0
        for byte in topic where byte == UInt8(ascii: "/") { slashes += 1 }
        if slashes > deepestTopic {
            return .refusal(
                .badRequest, "The topic has \(slashes) slashes, of which at most \(deepestTopic) are allowed.")
        }
        if payload.count > largestPayload {
            return .refusal(
                .contentTooLarge,
                "The message has \(payload.count) bytes, of which at most \(largestPayload) are allowed.")
        }
        return nil
    }
}
