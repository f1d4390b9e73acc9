extension LocalBroker {
    /// Whether a device of that name is connected now.
    public func isConnected(_ thingName: String) -> Bool {
        device(thingName)?.connection != nil
    }

    /// Whether a device has subscribed to a topic, with its connection or with a session that outlived one: for people
    /// who look for a message (row H-20).
    public func hasSubscribed(_ thingName: String, to topic: [UInt8]) -> Bool {
        guard let session = device(thingName)?.session else { return false }
        return index.qos(session, topic.span) != nil
    }
}
