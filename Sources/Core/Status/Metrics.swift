import JSON

/// The status in Prometheus's text exposition format 0.0.4, for `GET /metrics`.
///
/// Labels are names of the group's own ends and IDs of its subscriptions, never topics or addresses: the number of
/// series is the group's, whatever devices send.
public struct Metrics {
    /// Devices, functions and subscriptions that have series of their own, each; of a larger group the first ones.
    static let mostOfAKind = 200

    public private(set) var text: [UInt8] = []
    private let status: JSON

    /// - Parameter status: what `status --json` shows.
    public init(_ status: JSON) {
        self.status = status
        core()
        messages()
        devices()
        functions()
        subscriptions()
        cloud()
    }

    private mutating func core() {
        family("info", .gauge, "What runs; the value is always 1.")
        sample(
            "info",
            [
                ("version", string(status["version"])), ("thing", string(status["thing"])),
                ("deployment", string(status["deployment"])),
            ], "1")
        single("uptime_seconds", .gauge, "Seconds since the core started.", status["uptimeSeconds"])
        family("group_served", .gauge, "1 while the deployed group is served, 0 while the core runs without it.")
        sample("group_served", [], status["problem"]?.isNull == false ? "0" : "1")
        single("subscriptions", .gauge, "Rows of the subscription table.", status["subscriptions"])
        let connections = status["connections"]
        single(
            "connections_accepted_total", .counter, "Connections accepted by the MQTT server.", connections?["accepted"]
        )
        single(
            "connections_takenover_total", .counter, "Connections replaced by a newer one of the device.",
            connections?["takenOver"])
        single("handshakes_failed_total", .counter, "TLS handshakes that failed.", connections?["handshakesFailed"])
        single(
            "certificates_refused_total", .counter, "Connections refused for their certificate.",
            connections?["refusedCertificates"])
    }

    private mutating func messages() {
        let messages = status["messages"]
        single("messages_published_total", .counter, "Messages given to the router.", messages?["published"])
        single(
            "messages_routed_total", .counter, "Messages handed to a target, counted for each target.",
            messages?["routed"])
        family("messages_dropped_total", .counter, "Messages lost, by the reason.")
        for (key, reason) in [
            ("withoutRoute", "no_route"), ("withoutTarget", "no_receiver"),
            ("droppedWhileDisconnected", "not_connected"),
            ("droppedUnsubscribed", "not_subscribed"), ("droppedByFullQueue", "no_room"),
            ("droppedByFullSession", "session_full"), ("droppedByTopic", "topic"),
        ] {
            guard let value = messages?[key] else { continue }
            sample("messages_dropped_total", [("reason", reason)], value)
        }
    }

    private mutating func devices() {
        let devices = first(status["devices"])
        each(devices, "device", "thing", "connected", .gauge, "1 while the device is connected.", "connected")
        each(devices, "device", "thing", "published_total", .counter, "Messages the device published.", "published")
        each(
            devices, "device", "thing", "no_route_total", .counter,
            "Messages of the device that no subscription matched.", "withoutRoute")
        leftOut("devices", status["devices"]?.arrayValue?.count)
    }

    private mutating func functions() {
        let functions = first(status["functions"])
        for (name, help, key) in [
            ("invocations_total", "Invocations of the function.", "invocations"),
            ("handled_errors_total", "Invocations that ended with an error the function told.", "handledErrors"),
            ("unhandled_errors_total", "Invocations that ended without an answer.", "unhandledErrors"),
            ("timeouts_total", "Invocations that took too long.", "timeouts"),
            ("dropped_total", "Messages lost because the function's queue was full.", "droppedMessages"),
            ("restarts_total", "Starts after a death.", "restarts"),
            ("published_total", "Messages the function published.", "published"),
        ] {
            each(functions, "function", "arn", name, .counter, help, key)
        }
        each(functions, "function", "arn", "queued", .gauge, "Invocations that wait for the function.", "queued")
        leftOut("functions", status["functions"]?.arrayValue?.count)
    }

    private mutating func subscriptions() {
        // A larger table is told by its busiest rows, which change: they cannot be series.
        let count = status["subscriptions"]?.integerValue ?? 0
        leftOut("subscriptions", count > Self.mostOfAKind ? Int(clamping: count) : nil, kept: 0)
        guard count <= Self.mostOfAKind else { return }
        let rows = first(status["subscriptionTable"])
        each(rows, "subscription", "id", "carried_total", .counter, "Messages the target took.", "carried")
        each(rows, "subscription", "id", "lost_total", .counter, "Messages lost on the way to the target.", "lost")
    }

    private mutating func cloud() {
        if let cloud = status["cloud"], !cloud.isNull {
            family("cloud_connected", .gauge, "1 while the core is connected to the cloud.")
            sample("cloud_connected", [], cloud["state"]?.stringValue == "connected" ? "1" : "0")
            single("cloud_in_flight", .gauge, "Messages sent to the cloud and not confirmed yet.", cloud["inFlight"])
            single("cloud_reconnects_total", .counter, "Connections to the cloud made anew.", cloud["reconnects"])
        }
        guard let queue = status["queue"], !queue.isNull else { return }
        single("cloud_queue_messages", .gauge, "Messages that wait for the cloud.", queue["messages"])
        single("cloud_queue_bytes", .gauge, "Bytes of the messages that wait for the cloud.", queue["bytes"])
        single("cloud_queue_limit_bytes", .gauge, "Bytes that the queue may have.", queue["maxBytes"])
        single("cloud_queue_dropped_total", .counter, "Messages displaced from the full queue.", queue["dropped"])
    }

    // MARK: the format

    private enum Kind {
        case counter
        case gauge
    }

    private func first(_ list: JSON?) -> [JSON] { Array((list?.arrayValue ?? []).prefix(Self.mostOfAKind)) }

    private mutating func leftOut(_ what: String, _ count: Int?, kept: Int = Metrics.mostOfAKind) {
        guard let count, count > kept else { return }
        family("\(what)_left_out", .gauge, "How many have no series of their own here.")
        sample("\(what)_left_out", [], String(count - kept))
    }

    /// One family with a sample for each of the list that has the value.
    private mutating func each(
        _ list: [JSON], _ label: String, _ nameKey: String, _ name: String, _ kind: Kind, _ help: String, _ key: String
    ) {
        if list.isEmpty { return }
        family("\(label)_\(name)", kind, help)
        var seen: Set<String> = []
        for element in list {
            // IDs are unique in a valid group; a series that comes twice would spoil the whole answer.
            guard let value = element[key], seen.insert(string(element[nameKey])).inserted else { continue }
            sample("\(label)_\(name)", [(label, string(element[nameKey]))], value)
        }
    }

    private mutating func single(_ name: String, _ kind: Kind, _ help: String, _ value: JSON?) {
        guard let value, !value.isNull else { return }
        family(name, kind, help)
        sample(name, [], value)
    }

    private mutating func family(_ name: String, _ kind: Kind, _ help: String) {
        append("# HELP perennial_\(name) \(help)\n")
        append("# TYPE perennial_\(name) \(kind == .counter ? "counter" : "gauge")\n")
    }

    private mutating func sample(_ name: String, _ labels: [(String, String)], _ value: JSON) {
        switch value {
        case .number(let number): sample(name, labels, number.text)
        case .boolean(let flag): sample(name, labels, flag ? "1" : "0")
        default: sample(name, labels, "NaN")
        }
    }

    private mutating func sample(_ name: String, _ labels: [(String, String)], _ value: String) {
        append("perennial_\(name)")
        for (index, label) in labels.enumerated() {
            append(index == 0 ? "{" : ",")
            append("\(label.0)=\"")
            for byte in label.1.utf8 { escape(byte) }
            append("\"")
        }
        append((labels.isEmpty ? " " : "} ") + value + "\n")
    }

    /// A label's value has backslash, quote and line feed escaped, and nothing else.
    private mutating func escape(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\\"): append("\\\\")
        case UInt8(ascii: "\""): append("\\\"")
        case UInt8(ascii: "\n"): append("\\n")
        default: text.append(byte)
        }
    }

    private mutating func append(_ piece: String) { text.append(contentsOf: piece.utf8) }

    private func string(_ value: JSON?) -> String { value?.stringValue ?? "" }
}
