public struct Events: OptionSet, Sendable {
    public let rawValue: UInt32

    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    public static let readable = Events(rawValue: 0x001)
    public static let writable = Events(rawValue: 0x004)
    public static let hangUp = Events(rawValue: 0x008 | 0x010)
}

public protocol EventHandler: AnyObject {
    func handle(_ events: Events)
}

public protocol TurnEndHandler: AnyObject {
    func turnEnded()
}

public struct TimerID: Hashable {
    fileprivate let number: UInt64
}

public enum Urgency: Sendable { case normal, low }

/// The real one's order of a turn, over simulated descriptors: events, timers, the end of the turn. Urgency makes no
/// difference here.
public final class Reactor {
    /// By descriptor, lowest first.
    private var watched: [(descriptor: Int32, events: Events, handler: any EventHandler)] = []
    private var timers = TimerQueue()
    private var atTurnEnd: [any TurnEndHandler] = []
    /// What this turn hands out; kept for its storage, for a game has hundreds of turns.
    private var ready: [(events: Events, handler: any EventHandler)] = []

    public init() {}

    public func add(
        _ descriptor: Int32, _ events: Events, _ handler: any EventHandler, urgency: Urgency = .normal
    ) throws(SystemError) {
        watched.append((descriptor, events, handler))
    }

    public func raiseUrgency(_ descriptor: Int32, _ events: Events) throws(SystemError) {}

    public func modify(_ descriptor: Int32, _ events: Events) throws(SystemError) {
        for index in watched.indices where watched[index].descriptor == descriptor { watched[index].events = events }
    }

    public func remove(_ descriptor: Int32) {
        watched.removeAll { $0.descriptor == descriptor }
    }

    public func atEndOfTurn(_ handler: any TurnEndHandler) {
        atTurnEnd.append(handler)
    }

    @discardableResult
    public func schedule(afterNanoseconds interval: Int64, _ body: @escaping () -> Void) -> TimerID {
        TimerID(number: timers.add(at: Clock.now + max(0, interval), body))
    }

    public func cancel(_ timer: TimerID) {
        timers.remove(timer.number)
    }

    /// - Returns: whether anything happened.
    public func turn() -> Bool {
        for (descriptor, events, handler) in watched {
            let happened = happened(descriptor).intersection(events.union(.hangUp))
            if !happened.isEmpty { ready.append((happened, handler)) }
        }
        var isBusy = !ready.isEmpty
        for (events, handler) in ready { handler.handle(events) }
        ready.removeAll(keepingCapacity: true)
        while let body = timers.takeDue(now: Clock.now) {
            isBusy = true
            body()
        }
        if atTurnEnd.isEmpty { return isBusy }
        let handlers = atTurnEnd
        atTurnEnd = []
        for handler in handlers { handler.turnEnded() }
        return true
    }

    private func happened(_ descriptor: Int32) -> Events {
        if descriptor == Network.listener { return Network.waiting.isEmpty ? Events() : .readable }
        return Network.connection(descriptor)?.events ?? Events()
    }
}
