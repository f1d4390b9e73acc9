import Log

/// The workers' side: asking for work, reporting results.
extension FunctionEngine {
    /// The function a worker belongs to; nil when the worker is gone.
    public func function(of worker: UInt32) -> Int? { workers[worker]?.function }

    /// A worker asks for work. The request is answered when there is some; a worker that still has an invocation is
    /// answered after its result, and one that is being ended never is.
    public func poll(_ number: UInt32, _ poll: PollID, at now: Int64) {
        see(now)
        guard let worker = workers[number] else {
            act(.refuse(poll, .workerEnded))
            return
        }
        if let earlier = worker.poll { act(.refuse(earlier, .superseded)) }
        worker.poll = poll
        if !worker.hasAskedForWork {
            worker.hasAskedForWork = true
            if !functions[worker.function].settings.isPinned { functions[worker.function].pause.recovered() }
        }
        switch worker.phase {
        case .starting, .between, .idle: rest(worker, at: now)
        case .busy, .stopping: return
        }
        dispatch(worker.function, at: now)
        dispatchOthers(than: worker.function, at: now)
        endSurplus(at: now)
    }

    /// The connection of a GET …/work is gone before it was answered.
    public func forgetWorkPoll(_ number: UInt32, _ poll: PollID) {
        guard let worker = workers[number], worker.poll == poll else { return }
        worker.poll = nil
        if case .idle = worker.phase { worker.phase = .between }
    }

    /// The answer with this work did not reach the worker: the invocation goes back to its place.
    public func undelivered(_ number: UInt32, _ id: InvocationID, at now: Int64) {
        see(now)
        guard let worker = workers[number], case .busy(let invocation, _) = worker.phase, invocation.id == id else {
            return
        }
        functions[worker.function].putBack(invocation)
        rest(worker, at: now)
        dispatch(worker.function, at: now)
    }

    /// A worker reports a result.
    /// - Returns: false when it does not have this invocation, for instance because the time was up.
    public func finish(_ number: UInt32, _ id: InvocationID, _ result: FunctionResult, at now: Int64) -> Bool {
        see(now)
        guard let worker = workers[number], case .busy(let invocation, _) = worker.phase, invocation.id == id else {
            return false
        }
        let function = functions[worker.function]
        if result.error == .none { function.counters.successes += 1 } else { function.counters.handledErrors += 1 }
        worker.lastWorked = now
        rest(worker, at: now)
        complete(invocation, result, at: now)
        dispatch(worker.function, at: now)
        return true
    }

    /// A worker reports how its initialisation went (`PUT …/initialized`).
    public func initialized(_ number: UInt32, failure: String?, at now: Int64) {
        see(now)
        guard let worker = workers[number] else { return }
        worker.initialization = failure == nil ? .succeeded : .failed
        guard let failure else { return }
        note(.error, "\(name(worker)) failed to initialize: \(failure)")
    }

    public func workerStarted(_ number: UInt32, processID: Int32) {
        workers[number]?.processID = processID
    }

    /// For log lines: the function, its worker and process.
    func name(_ worker: Worker) -> String {
        let arn = functions[worker.function].settings.arn
        guard let processID = worker.processID else { return "Function \(arn) (worker \(worker.number))" }
        return "Function \(arn) (worker \(worker.number), process \(processID))"
    }

    /// A worker without an invocation: idle if it waits for one.
    private func rest(_ worker: Worker, at now: Int64) {
        worker.phase = worker.poll == nil ? .between : .idle
        worker.deadline = functions[worker.function].settings.isPinned ? nil : now + limits.idle
    }
}
