import Linux

/// One simulated client: a connection, what it has yet to send, and what it has to answer.
final class Player {
    /// What the broker does when it has read a packet.
    enum Effect {
        case none
        case connect(clientID: String, clean: Bool, keepAlive: UInt16, will: Message?)
        case subscribe(id: UInt16, [(filter: Int, qos: UInt8)])
        case unsubscribe(id: UInt16, filter: Int)
        case publish(Message, id: UInt16)
        case pubrel(UInt16)
        case puback(UInt16)
        case pubrec(UInt16)
        case pubcomp(UInt16)
        case ping
        case disconnect
    }

    var connection: SimulatedConnection?
    /// Whole packets; the first one may be sent in part.
    var outbox: [(bytes: [UInt8], effect: Effect)] = []
    var sentOfFirst = 0
    /// What came and is not a whole packet yet.
    var inbox: [UInt8] = []
    /// Set by CONNECT.
    var clientID: String?
    var keepAlive: Int64 = 0
    var lastSent: Int64 = 0
    var will: Message?
    /// Whether CONNACK has come.
    var isAnswered = false
    /// Bytes of no packet were sent: nothing is expected but that the broker survives.
    var isWild = false
    /// Does not read.
    var isPaused = false
    /// What has to come, in this order, messages apart.
    var expected: [[UInt8]] = []
    /// What it has to acknowledge.
    var toAcknowledge: [(type: UInt8, id: UInt16)] = []
    var nextID: UInt16 = 1

    func connect() {
        connection = Network.connect()
        outbox = []
        sentOfFirst = 0
        inbox = []
        clientID = nil
        keepAlive = 0
        will = nil
        isAnswered = false
        isWild = false
        isPaused = false
        expected = []
        toAcknowledge = []
    }

    func queue(_ bytes: [UInt8], _ effect: Effect) {
        if connection != nil { outbox.append((bytes, effect)) }
    }

    func newID() -> UInt16 {
        nextID = nextID == 40 ? 1 : nextID + 1
        return nextID
    }

    /// Moves bytes into the connection.
    /// - Returns: the effects of the packets that are complete with them.
    func send(_ limit: Int) -> [Effect] {
        guard let connection, !connection.serverHasClosed else { return [] }
        var effects: [Effect] = []
        var left = limit
        while left > 0, let first = outbox.first {
            // Bytes of no packet may have their effect before all of them are there.
            if sentOfFirst == 0, case .none = first.effect { effects.append(first.effect) }
            let count = min(left, first.bytes.count - sentOfFirst)
            connection.toServer += first.bytes[sentOfFirst..<sentOfFirst + count]
            left -= count
            sentOfFirst += count
            if sentOfFirst < first.bytes.count { break }
            effects.append(first.effect)
            lastSent = Clock.now
            outbox.removeFirst()
            sentOfFirst = 0
            if case .disconnect = first.effect { outbox = [] }
        }
        return effects
    }

    /// What has come since.
    func receive() -> [Answer] {
        guard let connection, !connection.toClient.isEmpty else { return [] }
        inbox += connection.toClient
        connection.toClient.removeAll(keepingCapacity: true)
        var answers: [Answer] = []
        while let answer = Answer.take(&inbox) { answers.append(answer) }
        return answers
    }
}
