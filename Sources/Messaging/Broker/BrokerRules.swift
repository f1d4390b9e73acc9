import MQTT

/// What every connection and session of one broker shares: its limits, what it refuses, and the memory they hold together.
final class BrokerRules {
    let limits: BrokerLimits
    let topicRules: TopicRules
    /// Filters that get SUBACK 0x80 whatever the limits say.
    let refusedFilters: [TopicFilter]
    /// Settles what the core's queues store; nil where nothing is stored.
    let ledger: AcceptanceLedger?

    /// Bytes of messages that sessions keep until their clients have acknowledged them.
    var stored = 0

    init(limits: BrokerLimits, refusing refused: [TopicFilter] = [], ledger: AcceptanceLedger? = nil) {
        self.limits = limits
        topicRules = TopicRules(limits)
        refusedFilters = refused
        self.ledger = ledger
    }

    func isSettled(_ ticket: Ticket) -> Bool {
        ledger?.isSettled(ticket) ?? true
    }
}
