import JSON
import Testing

@testable import Core

@Suite struct StatusTextTests {
    /// A status as a core with that many devices and subscriptions gives it.
    static func status(devices: Int = 2, rows: Int = 2, carried: Int64 = 5) -> JSON {
        [
            "version": "0.1.0", "thing": "core\"\\\n", "state": "serving", "corePid": 7, "uptimeSeconds": 3725,
            "deployment": "3", "problem": nil, "cloud": nil, "queue": nil, "subscriptions": .integer(Int64(rows)),
            "mqttPort": 8883, "daemonPort": 8000,
            "devices": .array(
                (0..<devices).map { number in
                    [
                        "thing": .string("device-\(number)"), "connected": .boolean(number % 2 == 0),
                        "peer": "192.168.100.200:51234", "connectedSeconds": 75, "droppedMessages": 0, "published": 12,
                        "withoutRoute": 1,
                    ]
                }),
            "functions": [
                [
                    "arn": "arn:aws:lambda:us-west-2:123456789012:function:Summary:1", "state": "running",
                    "pinned": true,
                    "queued": 0, "invocations": 9, "handledErrors": 1, "unhandledErrors": 1, "timeouts": 0,
                    "droppedMessages": 0, "restarts": 0, "published": 4, "withoutRoute": 0,
                    "workers": [["number": 1, "pid": 99, "state": "Waiting"]],
                ]
            ],
            "messages": [
                "published": .integer(carried * 2), "routed": 1, "withoutRoute": 2, "withoutTarget": 0,
                "droppedWhileDisconnected": 3, "droppedUnsubscribed": 0, "droppedByFullQueue": 0, "droppedByTopic": 0,
            ],
            "connections": ["accepted": 3, "takenOver": 0, "handshakesFailed": 0, "refusedCertificates": 0],
            "subscriptionTable": .array(
                (0..<rows).map { number in
                    [
                        "id": .string("row-\(number)"), "source": "device device-0", "subject": "a/\u{1B}[2J/+/long/#",
                        "target": "function arn:aws:lambda:us-west-2:123456789012:function:Summary:1",
                        "carried": .integer(carried), "covered": 0, "lost": .integer(number == 1 ? 3 : 0),
                        "lostBy": [
                            "noRoom": 0, "notConnected": .integer(number == 1 ? 3 : 0), "notSubscribed": 0,
                            "noReceiver": 0,
                        ],
                    ]
                }),
            "unrouted": [
                "topics": [["source": "device device-0", "topic": "x/\u{7}y", "isCut": false, "count": 2]],
                "displaced": 0,
            ],
        ]
    }

    @Test("H-20: the status for people fits 80 columns, and 60, and holds nothing that a terminal acts on")
    func width() {
        for width in [60, 80, 120] {
            let lines = StatusText(Self.status(devices: 50, rows: 300), daemon: 1, width: width).lines
            #expect(lines.allSatisfy { $0.unicodeScalars.count <= width }, "\(lines.joined(separator: "\n"))")
            #expect(lines.allSatisfy { line in !line.utf8.contains { $0 < 0x20 || $0 == 0x7F } })
        }
    }

    @Test("H-20: the status says what each subscription carried and lost, why, and which topics had none")
    func content() {
        let text = StatusText(Self.status(), daemon: 42).lines.joined(separator: "\n")
        #expect(text.contains("PID: 42"))
        #expect(text.contains("up 1 h 2 min"))
        #expect(text.contains("row-1: 3 target not connected"))
        #expect(text.contains("2 × x/?y from device-0"))
        #expect(text.contains("Summary:1"))
        #expect(!text.contains("arn:aws:lambda"))
    }

    @Test("H-20: watched, each subscription has its rate; another core's counters are not compared")
    func rates() {
        let before = Self.status(carried: 5)
        let text = StatusText(Self.status(carried: 25), daemon: 1, previous: before, milliseconds: 2000).lines
        #expect(text.contains { $0.hasPrefix("row-0") && $0.split(separator: " ").suffix(3) == ["25", "10", "0"] })
        #expect(text.contains { $0.contains("50 published (20/s)") })
        let other = JSON.object([("corePid", 8)])
        #expect(
            !StatusText(before, daemon: 1, previous: other, milliseconds: 2000).lines.contains { $0.contains("/s)") })
    }

    private static func function(_ name: String, unhandled: Int64 = 0, state: String = "idle") -> JSON {
        [
            "arn": .string("arn:aws:lambda:us-west-2:123456789012:function:\(name):1"), "state": .string(state),
            "invocations": 9, "handledErrors": 0, "unhandledErrors": .integer(unhandled),
            "timeouts": .integer(unhandled),
            "droppedMessages": 0, "restarts": 0, "queued": 0, "workers": [],
            "lastDeath": ["secondsAgo": 5, "sentence": .string("\(name) died"), "lastLines": ["its last line"]],
        ]
    }

    @Test("H-20: functions with errors have their last death told, a time-out counts once, and the troubled are first")
    func deaths() {
        let quiet = (0..<30).map { Self.function("Quiet\($0)") }
        let some: [JSON] = [
            Self.function("Late", unhandled: 3), Self.function("Waiting", unhandled: 1, state: "restarting"),
        ]
        let status = JSON.object([("functions", .array(quiet + some))])
        let lines = StatusText(status, daemon: 1, width: 120).lines
        let table = lines.drop { !$0.hasPrefix("FUNCTION") }.map { $0.split(separator: " ").map(String.init) }
        #expect(table[1].first == "Waiting:1" && table[2].first == "Late:1")
        #expect(table[2].suffix(5) == ["9", "3", "0", "0", "0"])
        #expect(lines.contains("  5 s ago: Late died") && lines.contains("  5 s ago: Waiting died"))
        #expect(lines.filter { $0.contains("its last line") }.count == 1)
        #expect(!lines.contains { $0.contains("Quiet") && $0.contains("died") })
    }

    @Test("columns are cut and filled by characters, not by bytes")
    func columns() {
        #expect(TerminalText.fitted("äöü", 5) == "äöü  ")
        #expect(TerminalText.fitted("äöü", 5, right: true) == "  äöü")
        #expect(TerminalText.cut("äöüß", 3) == "äö…")
        #expect(TerminalText.wrapped("aa bb cc", indent: 1, width: 6) == [" aa bb", " cc"])
        #expect(TerminalText.duration(59) == "59 s")
        #expect(TerminalText.duration(90_000) == "1 d 1 h")
    }
}
