import Testing

/// Section 4.7: topic names and filters.
@Suite("MQTT 3.1.1 section 4.7: topics and filters")
struct TopicTests {
    /// Filters that are none.
    static let wrong = [
        "a#", "a/b#", "#/a", "a/#/b", "##", "#a", "a+", "+a", "a/+b", "a/b+/c", "++", "+#",
    ]

    @Test("[MQTT-4.7.1-2] [MQTT-4.7.1-3] a misplaced wildcard ends the connection or is refused", arguments: wrong)
    func misplaced(_ filter: String) throws {
        let client = try BrokerUnderTest().connect("a")
        try client.send(Packet.subscribe(1, (filter, 0)))
        let answer = try client.next()
        #expect(answer == nil || answer?.bytes == Packet.suback(1, 0x80))
    }

    /// A filter, topics that match it, topics that do not.
    static let matching: [(String, [String], [String])] = [
        ("sport/tennis/#", ["sport/tennis", "sport/tennis/", "sport/tennis/x/y"], ["sport", "sport/tennisx"]),
        ("#", ["a", "/", "a/b"], ["$a", "$SYS/x"]), ("+", ["a", " "], ["/", "a/b", "$a"]),
        ("sport/+", ["sport/", "sport/x"], ["sport", "sport/x/y"]), ("+/+", ["/a", "a/"], ["a", "a/b/c", "$x/a"]),
        ("/+", ["/a", "/"], ["a", "a/b"]), ("+/tennis/#", ["x/tennis", "/tennis/y"], ["tennis", "$x/tennis"]),
        ("a/+/c", ["a//c", "a/b/c"], ["a/c", "a/b/b/c"]), ("$x/#", ["$x", "$x/a"], ["x/a", "$xy"]),
        ("$x/+", ["$x/a"], ["$x", "$x/a/b"]),
    ]

    @Test(
        "[MQTT-4.7.1-2] [MQTT-4.7.1-3] [MQTT-4.7.2-1] wildcards match as the standard tells, and never a leading $",
        arguments: matching)
    func matches(_ filter: String, _ yes: [String], _ no: [String]) throws {
        let client = try BrokerUnderTest().connect("a")
        try client.subscribe(filter)
        for topic in no { try client.send(Packet.publish(topic, "no")) }
        for topic in yes {
            try client.send(Packet.publish(topic, "yes"))
            try client.expect(Packet.publish(topic, "yes"))
        }
        try client.expectNothing()
    }

    @Test("[MQTT-4.7.2-1] a retained message under $ is no answer to # or +")
    func retainedDollar() throws {
        let client = try BrokerUnderTest().connect("a")
        try client.publish("$x/a", "kept", qos: 1, retain: true)
        for filter in ["#", "+/a", "+/#"] { try client.subscribe(filter) }
        try client.expectNothing()
        try client.subscribe("$x/+")
        try client.expect(Packet.publish("$x/a", "kept", retain: true))
    }

    @Test("[MQTT-4.7.3-1] an empty filter ends the connection or is refused")
    func empty() throws {
        let broker = try BrokerUnderTest()
        let client = try broker.connect("a")
        try client.send(Packet.subscribe(1, ("", 0)))
        let answer = try client.next()
        #expect(answer == nil || answer?.bytes == Packet.suback(1, 0x80))
        let other = try broker.connect("b")
        try other.send(Packet.unsubscribe(1, ""))
        try other.expectEnd()
    }

    @Test(
        "[MQTT-4.7.3-3] the longest topic that can be written is delivered or its sender cut off: never another topic",
        arguments: [256, 257, 65_535])
    func longest(_ length: Int) throws {
        let broker = try BrokerUnderTest()
        let witness = try broker.connect("witness")
        try witness.subscribe("#")
        let topic = String(repeating: "x", count: length)
        let client = try broker.connect("a")
        try client.send(Packet.publish(topic, "x", qos: 1, id: 1))
        let isAnswered = try client.next()?.bytes == Packet.puback(1)
        let messages = try witness.settle()
        #expect(messages.isEmpty || messages.map { $0.topic } == [topic])
        #expect(isAnswered || messages.isEmpty)
        if length <= 256 { #expect(messages.count == 1) }
    }

    @Test(
        "[MQTT-4.7.3-4] nothing is normalized: composition, case, spaces, empty levels"
    )
    func notNormalized() throws {
        let client = try BrokerUnderTest().connect("a")
        let topics = ["\u{E9}", "e\u{301}", "e", "E", "a/b", "a//b", "/a/b", "a/b/", " a/b", "a/b "]
        for topic in topics {
            try client.subscribe(topic)
            for other in topics { try client.send(Packet.publish(other, "x")) }
            try client.expect(Packet.publish(topic, "x"))
            try client.expectNothing()
            try client.send(Packet.unsubscribe(1, topic))
            try client.expect(Packet.unsuback(1))
        }
    }
}
