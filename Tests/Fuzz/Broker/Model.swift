/// What the standard says about the sessions of the game's clients, without buffers, windows or time.
final class Model {
    final class Session {
        var isPersistent: Bool
        var filters: [Int: UInt8] = [:]
        /// QoS 1 and 2 messages that have to arrive.
        var owed: Set<Int> = []
        /// The QoS with which a message that matched a subscription must come.
        var granted: [Int: UInt8] = [:]
        var seen: Set<Int> = []
        /// By packet identifier: what the client has not acknowledged.
        var underWay: [UInt16: Int] = [:]
        /// Identifiers that were acknowledged with PUBREC: they may come as PUBREL only.
        var released: Set<UInt16> = []
        /// The client's own QoS 2 messages without PUBREL.
        var unreleased: Set<UInt16> = []

        init(isPersistent: Bool) {
            self.isPersistent = isPersistent
        }
    }

    /// By client ID.
    var sessions: [String: Session] = [:]
    var messages: [Message] = []
    func newMessage(topic: Int, qos: UInt8, retain: Bool, padding: Int) -> Message {
        let message = Message(number: messages.count, topic: topic, qos: qos, retain: retain, padding: padding)
        messages.append(message)
        return message
    }

    /// - Returns: whether a session is present.
    func connect(_ clientID: String, clean: Bool) -> Bool {
        if !clean, sessions[clientID] != nil { return true }
        sessions[clientID] = Session(isPersistent: !clean)
        return false
    }

    /// The connection is gone.
    func leave(_ clientID: String) {
        if let session = sessions[clientID], !session.isPersistent { sessions[clientID] = nil }
    }

    /// - Parameter connected: the client IDs with a connection.
    func publish(_ message: Message, connected: Set<String>) {
        for (clientID, session) in sessions {
            var best: UInt8?
            for (filter, qos) in session.filters
            where Wire.matches(filter, message.topic) {
                best = max(best ?? 0, min(qos, message.qos))
            }
            guard let best else { continue }
            if best > 0 { session.owed.insert(message.number) } else if !connected.contains(clientID) { continue }
            session.granted[message.number] = best
        }
    }

    /// A PUBLISH has come to a client.
    func received(_ answer: Answer, _ session: Session) {
        let number = Message.number(answer.payload)
        require(number >= 0 && number < messages.count, "a payload that nobody has sent")
        let message = messages[number]
        require(answer.topicField.elementsEqual(Wire.topicFields[message.topic]), "a message comes with another topic")
        require(answer.payload.elementsEqual(message.payload), "a message comes with another payload")
        if answer.isRetained {
            require(message.retain, "a message that was not retained comes as one that was")
        } else {
            require(session.granted[number] == answer.qos, "a message that was not granted, or not with this QoS")
            require(answer.qos > 0 || session.seen.insert(number).inserted, "a QoS 0 message comes twice")
        }
        guard answer.qos > 0 else { return }
        let known = session.underWay[answer.id]
        require(known == nil || known == number, "a packet identifier is in use for two messages")
        require(!session.released.contains(answer.id), "a message is sent again after PUBREC")
        require(known == nil || answer.isDuplicate, "a message is sent again without DUP")
        if known == nil, !answer.isRetained {
            require(
                !answer.isDuplicate || !session.seen.contains(number), "a message comes again with another identifier")
            require(session.seen.insert(number).inserted, "a message comes twice")
        }
        session.underWay[answer.id] = number
        session.owed.remove(number)
    }
}
