import Group
import MQTT

/// A device of the group as the router sees it, connected or not.
final class DeviceTarget: MessageTarget {
    let thingName: String
    /// What its messages are published with.
    let source: MessageSource
    /// The subjects of the rows that have the device as their target.
    let subjects: [MQTT.TopicFilter]
    var session: ClientSession?
    /// How often in a row a young connection was taken over.
    var quickTakeovers = 0
    /// What the log has been told of it.
    var told = Told()

    struct Told {
        var topics = Recurrence()
        var retained = Recurrence()
        var refusedFilters = Recurrence()
        var unservedFilters = Recurrence()
    }

    private let broker: LocalBroker
    private var lastAnswer = LastAnswer()

    /// What the client's filters said to a topic: a device gets the same one again and again.
    private struct LastAnswer {
        var topicNumber: UInt64 = 0
        var generation: UInt64 = 0
        var qos: QoS?
    }

    init(thingName: String, source: MessageSource, subjects: [MQTT.TopicFilter], broker: LocalBroker) {
        self.thingName = thingName
        self.source = source
        self.subjects = subjects
        self.broker = broker
    }

    var connection: BrokerConnection? { session?.connection }

    /// The table has granted it; what the client has subscribed to chooses.
    func deliver(_ message: borrowing MessageView) -> Delivery {
        guard let session else {
            broker.counters.droppedWhileDisconnected += 1
            return .absent
        }
        guard let wanted = wanted(message, session) else {
            broker.counters.droppedUnsubscribed += 1
            return .unwanted
        }
        let qos = message.qos.rawValue < wanted.rawValue ? message.qos : wanted
        // What is sent with QoS 1 or 2 waits in its session.
        if qos == .atMostOnce, session.connection == nil {
            broker.counters.droppedWhileDisconnected += 1
            return .absent
        }
        return broker.deliver(message.topic, message.payload, to: session, qos) ? .taken : .dropped
    }

    /// With which QoS the client wants it at most; nil where it does not. Another session has other subscriptions, whose
    /// coming and going changes the generation.
    private func wanted(_ message: borrowing MessageView, _ session: ClientSession) -> QoS? {
        let generation = broker.index.generation
        if message.topicNumber != 0, message.topicNumber == lastAnswer.topicNumber, lastAnswer.generation == generation
        {
            return lastAnswer.qos
        }
        let qos = broker.index.qos(session, message.topic)
        lastAnswer = LastAnswer(topicNumber: message.topicNumber, generation: generation, qos: qos)
        return qos
    }

    func isFull(forPayload bytes: Int) -> Bool {
        connection.map { !$0.hasRoom(bytes) } ?? false
    }

    /// Whether a row could ever bring something that this filter takes.
    func mayReceive(_ filter: MQTT.TopicFilter) -> Bool {
        for subject in subjects where subject.overlaps(filter) { return true }
        return false
    }
}
