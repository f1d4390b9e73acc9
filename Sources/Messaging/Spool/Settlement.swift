/// Gives tickets out and settles them in their order, in whatever order the messages become safe.
///
/// It is the only one that gives out tickets of its ledger.
final class Settlement {
    private let ledger: AcceptanceLedger
    /// Whether each ticket after `ledger.settledThrough` is done, from `head` on.
    private var isDone: [Bool] = []
    private var head = 0
    private var lastIssued: Ticket

    init(_ ledger: AcceptanceLedger) {
        self.ledger = ledger
        lastIssued = ledger.settledThrough
    }

    /// Tickets that are not settled.
    var openCount: Int { isDone.count - head }

    func issue() -> Ticket {
        lastIssued = ledger.issue()
        isDone.append(false)
        return lastIssued
    }

    /// The ticket's message is safe. Its sender is told by `settle()`.
    func finish(_ ticket: Ticket) {
        // Counted from behind: what is settled already has left the front.
        guard ticket != .none, ticket <= lastIssued else { return }
        let behind = lastIssued.number - ticket.number
        guard behind < UInt64(openCount) else { return }
        isDone[isDone.count - 1 - Int(behind)] = true
    }

    /// Settles the tickets at the front that are done.
    func settle() {
        let before = head
        while head < isDone.count, isDone[head] { head += 1 }
        if head == before { return }
        let through = Ticket(number: lastIssued.number - UInt64(isDone.count - head))
        if head == isDone.count {
            isDone.removeAll(keepingCapacity: head <= 4096)
            head = 0
        } else if head > 4096, head > isDone.count / 2 {
            isDone.removeFirst(head)
            head = 0
        }
        ledger.settle(through: through)
    }
}
