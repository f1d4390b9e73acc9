import JSON

/// The answer of a trace for people: the JSON in sentences.
public struct TraceText {
    /// Near misses shown; `--json` has more.
    private static let mostNearMisses = 8

    private let answer: JSON
    private let width: Int
    public private(set) var lines: [String] = []
    /// Whether some subscription carries the message to somebody who takes it, as far as is known.
    public private(set) var arrives = false

    /// - Parameter width: columns of the terminal.
    public init(_ answer: JSON, width: Int = 80) {
        self.answer = answer
        self.width = width
        let deployment = answer["deployment"]?.stringValue.map { "deployment \($0)" } ?? "nothing is deployed"
        let isLive = answer["live"]?.booleanValue == true
        add(
            "\(text("topic", of: answer)): \(deployment), "
                + (isLive ? "as the running core sees it" : "no running core was asked"), 0)
        if let problem = answer["topicProblem"]?.stringValue {
            add("The core takes no message on this topic: \(problem).", 2)
            return
        }
        let sources = answer["sources"]?.arrayValue ?? []
        var silent: [String] = []
        for source in sources {
            if source["carriedBy"]?.arrayValue?.isEmpty == false || sources.count == 1 {
                tell(source)
            } else {
                silent.append(EndpointName.short(text("source", of: source)))
            }
        }
        if !silent.isEmpty {
            lines.append("")
            add(
                (sources.count == silent.count ? "Nothing carries it, from whomever: " : "Nothing carries it from ")
                    + silent.joined(separator: ", "), 0)
        }
        let misses = sources.flatMap { $0["nearMisses"]?.arrayValue ?? [] }.filter {
            $0["isNear"]?.booleanValue == true
        }
        tell(misses: misses, isAlone: sources.count == 1)
    }

    private mutating func tell(_ source: JSON) {
        let isAway = source["connected"]?.booleanValue == false
        lines.append("")
        add(
            "From \(EndpointName.short(text("source", of: source)))"
                + (isAway ? " (which is not connected now):" : ":"), 0)
        let carriers = source["carriedBy"]?.arrayValue ?? []
        if carriers.isEmpty {
            let hasRows = source["subscriptions"]?.integerValue ?? 0 > 0
            add(hasRows ? "nothing carries it" : "nothing carries it: no subscription has it as its source", 2)
        }
        for row in carriers {
            let isLost = row["arrives"]?.booleanValue == false
            if !isLost { arrives = true }
            add("\(text("id", of: row))  \(text("subject", of: row)) → \(target(row))", 2)
            add((isLost ? "LOST: " : "") + text("explanation", of: row), 6)
        }
    }

    private mutating func tell(misses: [JSON], isAlone: Bool) {
        if misses.isEmpty { return }
        // The order is that of the JSON where one source was asked for: rows of other sources that match come first.
        let sorted =
            isAlone
            ? misses
            : misses.sorted { ($0["fittingLevels"]?.integerValue ?? 0) > ($1["fittingLevels"]?.integerValue ?? 0) }
        lines.append("")
        add("Subscriptions that come near:", 0)
        for row in sorted.prefix(Self.mostNearMisses) {
            add(
                "\(text("id", of: row))  \(EndpointName.short(text("source", of: row))) → "
                    + "\(text("subject", of: row)) → \(target(row))", 2)
            add(text("explanation", of: row), 6)
        }
        if sorted.count > Self.mostNearMisses {
            add("… and \(sorted.count - Self.mostNearMisses) more; --json has them", 2)
        }
    }

    private func target(_ row: JSON) -> String { EndpointName.short(text("target", of: row)) }

    private func text(_ key: String, of object: JSON) -> String {
        TerminalText.printable(object[key]?.stringValue ?? "")
    }

    private mutating func add(_ text: String, _ indent: Int) {
        lines += TerminalText.wrapped(text, indent: indent, width: width)
    }
}
