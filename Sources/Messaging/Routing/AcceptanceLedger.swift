/// The place of a message among those that wait until they are stored. Tickets are settled in their order.
public struct Ticket: Comparable, Hashable, Sendable {
    /// Counted from 1.
    public let number: UInt64

    init(number: UInt64) {
        self.number = number
    }

    /// Settled from the beginning.
    public static let none = Ticket(number: 0)

    public static func < (first: Ticket, second: Ticket) -> Bool { first.number < second.number }
}

/// Who has to answer senders when their messages are safe.
public protocol AcceptanceObserver: AnyObject {
    /// Every ticket up to this one is settled.
    func settled(through ticket: Ticket)
}

/// Which messages are accepted: stored safely, confirmed by the cloud, or displaced by V1's overflow rule.
///
/// Nobody waits while a message is routed. The queue that stores it gives a ticket out, and its sender's answer (PUBACK,
/// the status 202 of a function's publish) is sent when that ticket is settled. Storage commits in order, so one number
/// says all.
public final class AcceptanceLedger {
    private var issued: UInt64 = 0
    public private(set) var settledThrough = Ticket.none
    private var observers: [any AcceptanceObserver] = []

    public init() {}

    public func issue() -> Ticket {
        issued += 1
        return Ticket(number: issued)
    }

    public func isSettled(_ ticket: Ticket) -> Bool { ticket <= settledThrough }

    /// Tells the observer from now on, until the ledger ends.
    public func observe(_ observer: any AcceptanceObserver) {
        observers.append(observer)
    }

    /// Settles every ticket up to this one; one that is settled already changes nothing.
    public func settle(through ticket: Ticket) {
        guard ticket > settledThrough else { return }
        settledThrough = ticket
        for observer in observers { observer.settled(through: ticket) }
    }
}
