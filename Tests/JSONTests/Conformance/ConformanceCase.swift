/// One text and what RFC 8259 says about it.
struct ConformanceCase: Sendable {
    enum Verdict: Sendable {
        /// The grammar has it: every reader takes it.
        case accepted
        /// The grammar does not have it, and we extend nothing.
        case rejected
        /// The RFC leaves it to the reader; the flag is our decision.
        case free(accepted: Bool)
    }

    /// The production and what is special: "number: no digit after the point".
    let name: String
    let text: [UInt8]
    let verdict: Verdict

    var isAccepted: Bool {
        switch verdict {
        case .accepted: true
        case .rejected: false
        case .free(let accepted): accepted
        }
    }

    var isFree: Bool {
        if case .free = verdict { true } else { false }
    }
}

/// Collects cases; each of a value also inside an array and an object.
struct ConformanceCases {
    private(set) var all: [ConformanceCase] = []

    mutating func text(_ name: String, _ text: [UInt8], _ verdict: ConformanceCase.Verdict) {
        all.append(ConformanceCase(name: name, text: text, verdict: verdict))
    }

    mutating func text(_ name: String, _ text: String, _ verdict: ConformanceCase.Verdict) {
        self.text(name, Array(text.utf8), verdict)
    }

    /// The value alone, as an element and as a member's value.
    mutating func value(_ name: String, _ value: [UInt8], _ verdict: ConformanceCase.Verdict) {
        text(name, value, verdict)
        text(name + ", in an array", Array("[".utf8) + value + Array("]".utf8), verdict)
        text(name + ", in an object", Array("{\"k\":".utf8) + value + Array("}".utf8), verdict)
    }

    mutating func value(_ name: String, _ value: String, _ verdict: ConformanceCase.Verdict) {
        self.value(name, Array(value.utf8), verdict)
    }
}
