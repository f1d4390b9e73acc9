import CLinux

/// What a descriptor is ready for.
public struct Events: OptionSet, Sendable {
    public let rawValue: UInt32

    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    public static let readable = Events(rawValue: 0x001)
    public static let writable = Events(rawValue: 0x004)
    /// The descriptor failed or the peer is gone: a read or write tells why. Always reported.
    public static let hangUp = Events(rawValue: 0x008 | 0x010)
}

/// Whose events come first.
public enum Urgency: Sendable {
    /// All that is ready is handled in each turn.
    case normal
    /// A bounded number is handled after a turn: a crowd of strangers costs the others that much and no more.
    case low
}

/// What the reactor calls when a descriptor is ready.
public protocol EventHandler: AnyObject {
    func handle(_ events: Events)
}

/// What the reactor calls when every ready descriptor of one turn has been handled.
public protocol TurnEndHandler: AnyObject {
    func turnEnded()
}

/// Names a scheduled call; never used twice.
public struct TimerID: Hashable, Sendable {
    fileprivate let number: UInt64
}

/// The one thread's loop over epoll(7): descriptors, timers, and the end of each turn, where output is flushed.
public final class Reactor {
    private struct Registration {
        /// nil where the descriptor is not watched.
        var handler: (any EventHandler)?
        /// Tells an event of this registration from one of an earlier descriptor with the same number.
        var generation: UInt32 = 0
        var urgency = Urgency.normal
    }

    /// Events taken from the kernel in one call.
    private static let mostEventsPerTurn = 128
    /// The same of those that can wait: for reading a few bytes each, well under 0.1 ms.
    private static let mostLowEventsPerTurn = 16

    private let epoll: Int32
    /// Those of low urgency, in a set of their own that is a member of the first: its being readable says that one of
    /// them is ready (epoll(7)).
    private let lowEpoll: Int32
    private var isLowReady = false
    /// By descriptor: the kernel gives the lowest free number out, so there are few gaps.
    private var registrations: [Registration] = []
    private var generation: UInt32 = 0
    private var timers = TimerQueue()
    private var atTurnEnd: [any TurnEndHandler] = []
    /// Those that are being called; empty between turns.
    private var ending: [any TurnEndHandler] = []
    private var isRunning = false

    public init() throws(SystemError) {
        epoll = epoll_create1(O_CLOEXEC)
        guard epoll >= 0 else { throw SystemError("create the event loop") }
        lowEpoll = epoll_create1(O_CLOEXEC)
        guard lowEpoll >= 0, clinux_epoll_ctl(epoll, EPOLL_CTL_ADD, lowEpoll, Events.readable.rawValue, lowData) == 0
        else { throw SystemError("create the event loop") }
    }

    deinit {
        FileDescriptor.close(lowEpoll)
        FileDescriptor.close(epoll)
    }

    /// What the kernel tells of `lowEpoll` with: no registration has the generation 0.
    private var lowData: UInt64 { UInt64(UInt32(bitPattern: lowEpoll)) }

    private func set(for urgency: Urgency) -> Int32 {
        urgency == .low ? lowEpoll : epoll
    }

    /// Watches a descriptor until `remove(_:)`.
    /// - Throws: the kernel's refusal, for instance a full descriptor table or a regular file.
    public func add(
        _ fd: Int32, _ events: Events, _ handler: any EventHandler, urgency: Urgency = .normal
    ) throws(SystemError) {
        generation &+= 1
        let data = UInt64(generation) << 32 | UInt64(UInt32(bitPattern: fd))
        guard clinux_epoll_ctl(set(for: urgency), EPOLL_CTL_ADD, fd, events.rawValue, data) == 0 else {
            throw SystemError("watch descriptor \(fd)")
        }
        while registrations.count <= Int(fd) { registrations.append(Registration()) }
        registrations[Int(fd)] = Registration(handler: handler, generation: generation, urgency: urgency)
    }

    /// Has the events of a descriptor of low urgency handled with all others from now on.
    /// - Throws: the kernel's refusal; the descriptor is not watched any more then.
    public func raiseUrgency(_ fd: Int32, _ events: Events) throws(SystemError) {
        guard isWatched(fd), registrations[Int(fd)].urgency == .low, let handler = registrations[Int(fd)].handler
        else { return }
        remove(fd)
        try add(fd, events, handler)
    }

    /// Changes what a watched descriptor is watched for.
    public func modify(_ fd: Int32, _ events: Events) throws(SystemError) {
        guard isWatched(fd) else { return }
        let data = UInt64(registrations[Int(fd)].generation) << 32 | UInt64(UInt32(bitPattern: fd))
        let set = set(for: registrations[Int(fd)].urgency)
        guard clinux_epoll_ctl(set, EPOLL_CTL_MOD, fd, events.rawValue, data) == 0 else {
            throw SystemError("watch descriptor \(fd)")
        }
    }

    /// Forgets a descriptor, before it is closed.
    public func remove(_ fd: Int32) {
        guard isWatched(fd) else { return }
        let set = set(for: registrations[Int(fd)].urgency)
        registrations[Int(fd)] = Registration()
        _ = clinux_epoll_ctl(set, EPOLL_CTL_DEL, fd, 0, 0)
    }

    private func isWatched(_ fd: Int32) -> Bool {
        fd >= 0 && Int(fd) < registrations.count && registrations[Int(fd)].handler != nil
    }

    /// Calls the handler once when this turn's events are handled. The caller sees to it that it asks only once.
    public func atEndOfTurn(_ handler: any TurnEndHandler) {
        atTurnEnd.append(handler)
    }

    /// Calls `body` once, not before the interval has passed.
    @discardableResult
    public func schedule(afterNanoseconds interval: Int64, _ body: @escaping () -> Void) -> TimerID {
        TimerID(number: timers.add(at: Clock.monotonic() + max(0, interval), body))
    }

    /// Forgets a scheduled call; one that has run is not an error.
    public func cancel(_ timer: TimerID) {
        timers.remove(timer.number)
    }

    /// Handles events until `stop()`.
    /// - Throws: only what epoll itself refuses.
    public func run() throws(SystemError) {
        isRunning = true
        while isRunning { try turn(waiting: true) }
    }

    /// Ends `run()` after the current turn.
    public func stop() {
        isRunning = false
    }

    /// One turn: waits for events or the next timer if asked to, handles both, then the end of the turn. After it comes
    /// a share of what is of low urgency; what that asks to have done at the end of a turn waits for the next one.
    public func turn(waiting: Bool) throws(SystemError) {
        let timeout = waiting && atTurnEnd.isEmpty ? timers.millisecondsToNext(now: Clock.monotonic()) : 0
        try dispatch(epoll, most: Self.mostEventsPerTurn, timeout: timeout)
        // One reading of the clock bounds the turn: a call that schedules itself anew waits for the next one.
        let now = Clock.monotonic()
        while let body = timers.takeDue(now: now) { body() }
        // A handler may ask again while it flushes: that is for the next turn, so that nobody starves the sockets. Two
        // lists change places: a copy of one would cost an allocation a turn.
        swap(&atTurnEnd, &ending)
        for index in 0..<ending.count { ending[index].turnEnded() }
        ending.removeAll(keepingCapacity: true)
        if isLowReady {
            isLowReady = false
            try dispatch(lowEpoll, most: Self.mostLowEventsPerTurn, timeout: 0)
        }
    }

    private func dispatch(_ set: Int32, most: Int, timeout: Int32) throws(SystemError) {
        try withUnsafeTemporaryAllocation(of: epoll_event.self, capacity: most) { (events) throws(SystemError) in
            let count = epoll_wait(set, events.baseAddress, Int32(most), timeout)
            guard count >= 0 else {
                if clinux_errno() == EINTR { return }
                throw SystemError("wait for events")
            }
            for index in 0..<Int(count) {
                var event = events[index]
                let data = clinux_event_data(&event)
                if data == lowData {
                    isLowReady = true
                    continue
                }
                let fd = Int32(bitPattern: UInt32(truncatingIfNeeded: data))
                let registration = registrations[Int(fd)]
                guard registration.generation == UInt32(data >> 32) else { continue }
                registration.handler?.handle(Events(rawValue: event.events))
            }
        }
    }
}
