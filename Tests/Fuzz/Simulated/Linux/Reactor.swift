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

/// The real one's order of a turn, over simulated descriptors: events, timers, the end of the turn.
public final class Reactor {
    /// By descriptor, lowest first.
    private var watched: [(descriptor: Int32, events: Events, handler: any EventHandler)] = []
    private var timers = TimerQueue()
    private var atTurnEnd: [any TurnEndHandler] = []

    public init() {}

    public func add(_ descriptor: Int32, _ events: Events, _ handler: any EventHandler) throws(SystemError) {
        watched.append((descriptor, events, handler))
    }

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
        var isBusy = false
        var ready: [(Events, any EventHandler)] = []
        for (descriptor, events, handler) in watched {
            var happened = Network.waiting.isEmpty ? Events() : Events.readable
            if descriptor != Network.listener { happened = Network.connections[descriptor]?.events ?? Events() }
            happened.formIntersection(events.union(.hangUp))
            if !happened.isEmpty { ready.append((happened, handler)) }
        }
        for (events, handler) in ready { handler.handle(events) }
        isBusy = !ready.isEmpty
        while let body = timers.takeDue(now: Clock.now) {
            isBusy = true
            body()
        }
        let handlers = atTurnEnd
        atTurnEnd = []
        for handler in handlers { handler.turnEnded() }
        return isBusy || !handlers.isEmpty
    }
}
