import JSON

/// The status for people: what `status --json` says, in at most so many columns.
public struct StatusText {
    /// Rows of one table; `--json` has more.
    private static let mostRows = 20
    /// Losses and topics, which stand above the tables.
    private static let mostLosses = 6

    private let status: JSON
    /// What was asked before, and the milliseconds since: for rates.
    private let previous: JSON?
    private let milliseconds: Int64
    private let width: Int
    public private(set) var lines: [String] = []

    public init(
        _ status: JSON, daemon: Int32, width: Int = 80, previous: JSON? = nil, milliseconds: Int64 = 0
    ) {
        self.status = status
        // Another core counts from zero.
        let isSame = previous?["corePid"]?.integerValue == status["corePid"]?.integerValue
        self.previous = isSame && milliseconds > 0 ? previous : nil
        self.milliseconds = milliseconds
        self.width = width
        head(daemon)
        cloud()
        // Before the tables: a small window cuts the end.
        losses()
        topics()
        devices()
        functions()
        subscriptions()
    }

    private mutating func head(_ daemon: Int32) {
        add(
            "Greengrass daemon runs with PID: \(daemon), core PID \(text(status["corePid"])), "
                + "up \(TerminalText.duration(number(status["uptimeSeconds"])))")
        add(
            "Core \(text(status["thing"])), deployment \(text(status["deployment"])), port \(text(status["mqttPort"])) for "
                + "devices, \(text(status["daemonPort"])) for functions")
        if let problem = status["problem"]?.stringValue {
            lines.append("problem: \(TerminalText.printable(problem))")
        }
        let messages = status["messages"]
        add(
            "Messages: \(text(messages?["published"])) published\(rate("messages", "published")), "
                + "\(text(messages?["routed"])) handed to targets, \(text(messages?["withoutRoute"])) without a subscription"
        )
    }

    private mutating func cloud() {
        guard let cloud = status["cloud"], !cloud.isNull else { return }
        var line = "Cloud: \(text(cloud["state"]))"
        if let endpoint = cloud["endpoint"]?.stringValue { line += ", \(endpoint)" }
        for (key, words) in [("inFlight", "in flight"), ("reconnects", "reconnects")] where cloud[key] != nil {
            line += ", \(text(cloud[key])) \(words)"
        }
        add(line)
        if let error = cloud["lastError"]?.stringValue { add("the last error: \(error)", 2) }
        for connection in cloud["connections"]?.arrayValue ?? [] {
            add(
                "\(text(connection["clientId"])): \(text(connection["state"])), "
                    + "\(text(connection["subscriptions"])) subscriptions", 2)
        }
        guard let queue = status["queue"], !queue.isNull else { return }
        add(
            "Queue for the cloud (\(text(queue["storage"]))): \(text(queue["messages"])) messages, "
                + "\(TerminalText.bytes(number(queue["bytes"]))) of \(TerminalText.bytes(number(queue["maxBytes"]))), "
                + "\(text(queue["dropped"])) dropped")
    }

    private mutating func devices() {
        let devices = status["devices"]?.arrayValue ?? []
        if devices.isEmpty { return }
        var table = TextTable([
            .init(title: "DEVICE", least: 12), .init(title: "CONNECTED FROM", least: 15),
            .init(title: "SINCE", least: 8),
            .init(title: "PUBLISHED", isNumber: true), .init(title: "NO ROUTE", isNumber: true),
            .init(title: "DROPPED", isNumber: true),
        ])
        var connected = 0
        for device in devices where device["connected"]?.booleanValue == true { connected += 1 }
        for device in ordered(devices, { $0["connected"]?.booleanValue == true ? 0 : 1 }) {
            let isThere = device["connected"]?.booleanValue == true
            table.add([
                text(device["thing"]), isThere ? text(device["peer"]) : "not connected",
                isThere ? TerminalText.duration(number(device["connectedSeconds"])) : "",
                text(device["published"]), text(device["withoutRoute"]), isThere ? text(device["droppedMessages"]) : "",
            ])
        }
        add(table, of: devices.count, "devices, \(connected) of them connected")
    }

    private mutating func functions() {
        let functions = status["functions"]?.arrayValue ?? []
        if functions.isEmpty { return }
        var table = TextTable([
            .init(title: "FUNCTION", least: 12), .init(title: "STATE", least: 7), .init(title: "PID", least: 5),
            .init(title: "RUNS", isNumber: true), .init(title: "ERRORS", isNumber: true),
            .init(title: "QUEUED", isNumber: true), .init(title: "DROPPED", isNumber: true),
            .init(title: "RESTARTS", isNumber: true),
        ])
        let shown = ordered(functions) { trouble($0) }
        for function in shown {
            let workers = (function["workers"]?.arrayValue ?? []).map { text($0["pid"]) }
            table.add([
                end(.string("function \(text(function["arn"]))")), text(function["state"]),
                workers.joined(separator: " "), text(function["invocations"]), String(errors(of: function)),
                text(function["queued"]),
                text(function["droppedMessages"]), text(function["restarts"]),
            ])
        }
        add(table, of: functions.count, "functions")
        // How those with errors died last; of those that wait after that, with the end of what they said.
        for function in shown {
            let waits = text(function["state"]) == "restarting"
            guard waits || errors(of: function) > 0, let death = function["lastDeath"], !death.isNull else { continue }
            add("\(text(death["secondsAgo"])) s ago: \(text(death["sentence"]))", 2)
            if !waits { continue }
            for line in death["lastLines"]?.arrayValue ?? [] { add(text(line), 4) }
        }
    }

    /// Time-outs are among the unhandled errors.
    private func errors(of function: JSON) -> Int64 {
        number(function["handledErrors"]) + number(function["unhandledErrors"])
    }

    /// Those that wait after a death are first.
    private func trouble(_ function: JSON) -> Int64 {
        let waits: Int64 = text(function["state"]) == "restarting" ? 1 << 40 : 0
        return waits + errors(of: function) + number(function["droppedMessages"])
    }

    private mutating func subscriptions() {
        let rows = status["subscriptionTable"]?.arrayValue ?? []
        if rows.isEmpty { return }
        var table = TextTable(
            [
                .init(title: "SUBSCRIPTION", least: 6), .init(title: "FROM", least: 8),
                .init(title: "SUBJECT", least: 12),
                .init(title: "TO", least: 8), .init(title: "CARRIED", isNumber: true),
            ] + (previous == nil ? [] : [.init(title: "/S", isNumber: true)]) + [.init(title: "LOST", isNumber: true)])
        let before = previous?["subscriptionTable"]?.arrayValue ?? []
        for index in ordered(Array(rows.indices), { number(rows[$0]["carried"]) + number(rows[$0]["lost"]) }) {
            let row = rows[index]
            var cells = [
                text(row["id"]), end(row["source"]), text(row["subject"]), end(row["target"]), text(row["carried"]),
            ]
            if previous != nil {
                cells.append(index < before.count ? perSecond(row["carried"], before[index]["carried"]) : "")
            }
            table.add(cells + [text(row["lost"])])
        }
        add(table, of: Int(number(status["subscriptions"])), "subscriptions")
    }

    private mutating func losses() {
        var told: [String] = []
        for row in ordered(status["subscriptionTable"]?.arrayValue ?? [], { number($0["lost"]) }) {
            guard number(row["lost"]) > 0, let reasons = row["lostBy"]?.objectValue else { continue }
            let words = reasons.members.filter { number($0.value) > 0 }.map {
                "\(text($0.value)) \(Self.words($0.key))"
            }
            told.append("\(text(row["id"])): " + words.joined(separator: ", "))
        }
        if told.isEmpty { return }
        lines += ["", "LOST, BY SUBSCRIPTION"]
        list(told)
    }

    private mutating func topics() {
        let topics = status["unrouted"]?["topics"]?.arrayValue ?? []
        if topics.isEmpty { return }
        lines.append("")
        add("LAST TOPICS WITHOUT A SUBSCRIPTION (greengrassd trace TOPIC says why)")
        list(
            topics.map { topic in
                "\(text(topic["count"])) × \(text(topic["topic"]))\(topic["isCut"]?.booleanValue == true ? "…" : "") from "
                    + end(topic["source"])
            })
    }

    private mutating func list(_ all: [String]) {
        for line in all.prefix(Self.mostLosses) { add(line, 2) }
        if all.count > Self.mostLosses { add("… and \(all.count - Self.mostLosses) more; --json has them", 2) }
    }

    private static func words(_ reason: String) -> String {
        switch reason {
        case "noRoom": "target's queue full"
        case "notConnected": "target not connected"
        case "notSubscribed": "target has not subscribed to the topic"
        case "noReceiver": "the core has nobody who receives for the target"
        default: reason
        }
    }

    // MARK: pieces

    /// In the group's order where all are shown, else those with the most first.
    private func ordered<Element>(_ all: [Element], _ weight: (Element) -> Int64) -> [Element] {
        if all.count <= Self.mostRows { return all }
        return Array(all.sorted { weight($0) > weight($1) }.prefix(Self.mostRows))
    }

    private mutating func add(_ table: TextTable, of count: Int, _ what: String) {
        lines.append("")
        lines += table.lines(width: width)
        if count > Self.mostRows { add("… of \(count) \(what); --json has more") }
    }

    private mutating func add(_ line: String, _ indent: Int = 0) {
        lines += TerminalText.wrapped(TerminalText.printable(line), indent: indent, width: width)
    }

    private func end(_ value: JSON?) -> String {
        let name = EndpointName.short(text(value))
        for prefix in ["device ", "function "] where name.hasPrefix(prefix) {
            return TerminalText.dropping(prefix.utf8.count, of: name)
        }
        return name
    }

    private func rate(_ object: String, _ key: String) -> String {
        guard let previous else { return "" }
        return " (\(perSecond(status[object]?[key], previous[object]?[key]))/s)"
    }

    private func perSecond(_ now: JSON?, _ before: JSON?) -> String {
        let difference = max(0, number(now) - number(before))
        return String((difference &* 1000 + milliseconds / 2) / milliseconds)
    }

    private func number(_ value: JSON?) -> Int64 { value?.integerValue ?? 0 }

    private func text(_ value: JSON?) -> String {
        switch value {
        case .string(let text)?: text
        case .number(let number)?: number.text
        case .boolean(let flag)?: flag ? "yes" : "no"
        default: "none"
        }
    }
}
