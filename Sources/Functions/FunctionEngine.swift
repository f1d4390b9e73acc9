import Log

/// Why an invocation is not taken.
public enum InvocationRefusal: Error {
    case stopping
    /// The function has as much waiting as it may.
    case queueFull
    /// The caller has not collected the results of so many invocations.
    case tooManyUncollected
}

/// The lives of functions, their workers and invocations, without processes, sockets or clocks.
///
/// It is told what happens and when, and appends to `actions` what is to be done. One work queue a function; each
/// worker asks for work, gets one invocation, reports its result and asks again (docs/function-protocol.md).
/// A pinned function has one worker that is started with the core and again whenever it ends. An on-demand function
/// has as many as work waits, up to a bound; idle ones are used again and end after a while.
///
/// All times are nanoseconds of one clock that only goes forward.
public final class FunctionEngine {
    let limits: FunctionLimits
    let functions: [FunctionQueue]
    var workers: [UInt32: Worker] = [:]
    var table: InvocationTable
    var isStopping = false
    /// Some function waits for a worker of another one to end.
    var isCrowded = false
    private var actions: [FunctionAction] = []
    private var lastWorker: UInt32
    /// The latest time seen: pauses that are over by then need no wake-up.
    private var now: Int64 = 0

    /// - Parameter firstWorker: number of the first worker; a service that follows another goes on counting, so that a
    ///   late report about an old worker hits no new one.
    public init(functions: [FunctionSettings], limits: FunctionLimits = FunctionLimits(), firstWorker: UInt32 = 1) {
        self.limits = limits
        let items = WorkItems(most: limits.workItems)
        self.functions = functions.map { FunctionQueue(settings: $0, limits: limits, items: items) }
        table = InvocationTable(lifetime: limits.resultLifetime, mostBytes: limits.uncollectedBytes)
        lastWorker = firstWorker &- 1
    }

    /// The number the next worker will have.
    public var nextWorker: UInt32 { lastWorker &+ 1 }

    /// Hands over what is to be done since the last call, in order.
    public func takeActions() -> [FunctionAction] {
        let taken = actions
        actions.removeAll(keepingCapacity: true)
        return taken
    }

    func act(_ action: FunctionAction) {
        actions.append(action)
    }

    func note(_ level: LogLevel, _ text: String) {
        actions.append(.note(level, text))
    }

    func see(_ time: Int64) {
        if time > now { now = time }
    }

    /// The next time `advance(to:)` has something to do; nil when nothing is due.
    public var nextDeadline: Int64? {
        var next = table.nextExpiry
        func consider(_ time: Int64) {
            if let known = next, known <= time { return }
            next = time
        }
        for worker in workers.values {
            if let deadline = worker.deadline { consider(deadline) }
        }
        if isStopping { return next }
        for function in functions where function.pause.until > now {
            let isWaiting = function.settings.isPinned ? function.workers.isEmpty : !function.waiting.isEmpty
            if isWaiting { consider(function.pause.until) }
        }
        for function in functions {
            if let check = function.spareCheck { consider(check) }
        }
        return next
    }

    func launch(_ index: Int, at now: Int64) {
        lastWorker &+= 1
        let function = functions[index]
        let worker = Worker(number: lastWorker, function: index, launched: now)
        if !function.settings.isPinned { worker.deadline = now + limits.start }
        workers[worker.number] = worker
        function.workers.append(worker.number)
        function.counters.starts += 1
        if function.pause.failures > 0 { function.counters.restarts += 1 }
        act(.launch(worker: worker.number, function: index))
    }

    /// Gives waiting work to idle workers and starts new ones where that is allowed.
    func dispatch(_ index: Int, at now: Int64) {
        if isStopping { return }
        let function = functions[index]
        while !function.waiting.isEmpty, let worker = idleWorker(of: function), let poll = worker.poll {
            guard let invocation = function.takeNext() else { break }
            let deadline = now + function.settings.timeout
            worker.poll = nil
            worker.phase = .busy(invocation, deadline: deadline)
            worker.deadline = deadline
            act(.giveWork(poll, worker: worker.number, invocation))
            provideSparesLater(index, at: now)
        }
        if function.waiting.isEmpty || function.pause.until > now { return }
        var expected = 0
        for number in function.workers where workers[number]?.isExpectedToAsk == true { expected += 1 }
        var wanted = min(function.waiting.count - expected, function.mostWorkers - function.workers.count)
        // A function whose workers keep failing is tried with one process.
        if function.pause.failures > 0 { wanted = min(wanted, 1 - expected) }
        if !function.settings.isPinned, wanted > 0 { wanted = roomForWorkers(wanted, of: index, at: now) }
        while wanted > 0 {
            launch(index, at: now)
            wanted -= 1
        }
    }

    /// A worker has ended or has nothing to do: those who wait for room may get it.
    func dispatchOthers(than index: Int, at now: Int64) {
        guard isCrowded else { return }
        isCrowded = false
        for other in functions.indices where other != index {
            dispatch(other, at: now)
            provideSparesLater(other, at: now)
        }
    }

    /// How many of the wanted workers may start now. Where all on-demand functions together have as many as they may,
    /// idle workers of others that have no work end, and the rest starts when they have.
    private func roomForWorkers(_ wanted: Int, of index: Int, at now: Int64) -> Int {
        var living = 0
        var leaving = 0
        var idle: [Worker] = []
        for worker in workers.values where !functions[worker.function].settings.isPinned {
            living += 1
            if worker.isStopping { leaving += 1 }
            if case .idle = worker.phase, worker.function != index { idle.append(worker) }
        }
        let room = max(0, limits.onDemandWorkers - living)
        if wanted <= room { return wanted }
        isCrowded = true
        // Those that have been idle longest go first; the number makes the order the same every time.
        idle.sort { ($0.lastWorked, $0.number) < ($1.lastWorked, $1.number) }
        for worker in idle.prefix(max(0, wanted - room - leaving)) {
            terminate(worker, reason: "made room for another function", at: now)
        }
        return room
    }

    /// The idle worker that worked last, so that the others reach their idle time.
    private func idleWorker(of function: FunctionQueue) -> Worker? {
        var best: Worker?
        for number in function.workers {
            guard let worker = workers[number], case .idle = worker.phase, worker.poll != nil else { continue }
            if let known = best, known.lastWorked >= worker.lastWorked { continue }
            best = worker
        }
        return best
    }

    /// Ends a worker: SIGTERM now, SIGKILL after the grace.
    func terminate(_ worker: Worker, reason: String, at now: Int64) {
        worker.phase = .stopping
        worker.reasonToStop = reason
        worker.deadline = now + limits.grace
        act(.terminate(worker: worker.number))
    }

    /// Ends a worker at once.
    func kill(_ worker: Worker, reason: String, at now: Int64) {
        worker.phase = .stopping
        worker.reasonToStop = worker.reasonToStop ?? reason
        worker.isKilled = true
        worker.deadline = now + limits.killed
        act(.kill(worker: worker.number))
    }
}
