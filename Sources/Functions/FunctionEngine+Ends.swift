import Log

/// Ends of workers and of the whole.
extension FunctionEngine {
    /// Starts the pinned functions.
    public func start(at now: Int64) {
        see(now)
        for index in functions.indices where functions[index].settings.isPinned { launch(index, at: now) }
    }

    /// Ends every worker; `.stopped` follows when the last is gone, at the latest after the grace and the time a
    /// killed process is waited for.
    public func stop(at now: Int64) {
        see(now)
        if isStopping { return }
        isStopping = true
        for function in functions {
            for invocation in function.remove(where: { _ in true }) {
                complete(invocation, .unhandled("The core is stopping."), at: now)
            }
        }
        for worker in sortedWorkers() {
            if case .busy(let invocation, _) = worker.phase {
                complete(invocation, .unhandled("The core is stopping."), at: now)
            }
            if !worker.isStopping { terminate(worker, reason: "the core is stopping", at: now) }
        }
        if workers.isEmpty { act(.stopped) }
    }

    /// A worker's process has ended, or never began.
    /// - Parameter lastLines: what it wrote last to its error log, for the record.
    public func workerEnded(_ number: UInt32, _ exit: WorkerExit, lastLines: [String] = [], at now: Int64) {
        see(now)
        guard let worker = workers.removeValue(forKey: number) else { return }
        let function = functions[worker.function]
        function.workers.removeAll { $0 == number }
        if let poll = worker.poll { act(.refuse(poll, .workerEnded)) }
        record(worker, exit, lastLines)
        if case .busy(let invocation, _) = worker.phase {
            function.counters.unhandledErrors += 1
            complete(invocation, .unhandled(sentence(worker, exit, lastLines)), at: now)
        }
        dropCalls(of: number)
        act(.forget(worker: number))
        if isStopping {
            if workers.isEmpty { act(.stopped) }
            return
        }
        if function.settings.isPinned {
            if now - worker.launched >= limits.stable { function.pause.recovered() }
            function.pause.failed(at: now)
        } else if !worker.hasAskedForWork, !worker.isKilled {
            function.pause.failed(at: now)
        }
        if !worker.hasAskedForWork, !worker.isKilled {
            failWaiting(function, sentence(worker, exit, lastLines), at: now)
        }
        dispatch(worker.function, at: now)
    }

    /// Lets time pass: time-outs, idle ends, kills, restarts, results that nobody wanted.
    public func advance(to now: Int64) {
        see(now)
        for index in table.expire(at: now) where index < functions.count {
            functions[index].counters.expiredResults += 1
        }
        for worker in sortedWorkers() {
            guard let deadline = worker.deadline, deadline <= now else { continue }
            pass(worker, at: now)
        }
        if isStopping { return }
        for index in functions.indices where functions[index].pause.until <= now {
            if functions[index].settings.isPinned, functions[index].workers.isEmpty {
                launch(index, at: now)
            } else {
                dispatch(index, at: now)
            }
        }
    }

    /// The deadline of a worker's present phase has come.
    private func pass(_ worker: Worker, at now: Int64) {
        let function = functions[worker.function]
        switch worker.phase {
        case .starting:
            let seconds = limits.start / FunctionLimits.second
            let reason = "did not ask for work within \(seconds) s of its start"
            kill(worker, reason: reason, at: now)
            // Now and not at its end: otherwise the next one would be started for the same work meanwhile.
            function.pause.failed(at: now)
            failWaiting(function, "\(name(worker)) is killed: it \(reason).", at: now)
        case .idle, .between:
            terminate(worker, reason: "had no work for \(limits.idle / FunctionLimits.second) s", at: now)
        case .busy(let invocation, _):
            function.counters.timeouts += 1
            function.counters.unhandledErrors += 1
            let time = Self.seconds(function.settings.timeout)
            note(
                .error,
                "\(name(worker)) is killed: the handler did not finish invocation \(invocation.id.text) within the "
                    + "function's timeout of \(time) s. If it needs longer, raise Timeout in the group.")
            kill(worker, reason: "ran out of time", at: now)
            complete(
                invocation, .unhandled("\(invocation.id.text) Task timed out after \(time) seconds"), at: now)
        case .stopping:
            if worker.isKilled {
                workerEnded(worker.number, .unreported, at: now)
            } else {
                kill(worker, reason: "did not end on SIGTERM", at: now)
            }
        }
    }

    /// Work waits for a function whose worker could not begin. Callers get the reason; messages to a pinned function
    /// stay, because it is started again in any case.
    private func failWaiting(_ function: FunctionQueue, _ sentence: String, at now: Int64) {
        for number in function.workers where workers[number]?.isStopping == false { return }
        let isPinned = function.settings.isPinned
        let failed = function.remove { !isPinned || $0.type == .requestResponse }
        if failed.isEmpty { return }
        let result = FunctionResult.unhandled(sentence)
        for invocation in failed {
            function.counters.unhandledErrors += 1
            complete(invocation, result, at: now)
        }
    }

    /// Nobody waits any more for what a worker asked of others.
    private func dropCalls(of number: UInt32) {
        table.removeAll(ofCaller: number)
        for function in functions {
            _ = function.remove { $0.caller == number && $0.type == .requestResponse }
        }
    }

    /// One readable record of a worker's end.
    private func record(_ worker: Worker, _ exit: WorkerExit, _ lastLines: [String]) {
        if let reason = worker.reasonToStop, !isStopping, worker.hasAskedForWork {
            note(.debug, "\(name(worker)) \(exit.description): it \(reason).")
            return
        }
        if isStopping {
            note(.debug, "\(name(worker)) \(exit.description): the core is stopping.")
            return
        }
        note(exit == .code(0) ? .warn : .error, sentence(worker, exit, lastLines))
    }

    private func sentence(_ worker: Worker, _ exit: WorkerExit, _ lastLines: [String]) -> String {
        var text = "\(name(worker)) \(exit.description)"
        if let reason = worker.reasonToStop { text += " (it \(reason))" }
        if case .busy(let invocation, _) = worker.phase {
            text += " while it handled invocation \(invocation.id.text)"
        } else if !worker.hasAskedForWork, case .notStarted = exit {
            // The reason says it all.
        } else if !worker.hasAskedForWork, !functions[worker.function].settings.isPinned {
            text += " before it asked for work"
        }
        if lastLines.isEmpty { return text.utf8.last == UInt8(ascii: ".") ? text : text + "." }
        // On one line: a log escapes line breaks, so that nothing from outside forges a line.
        return text + ". Last lines of its error output: " + lastLines.joined(separator: " | ")
    }

    /// In the order of their starts, so that the same events always lead to the same actions.
    private func sortedWorkers() -> [Worker] {
        var sorted = [Worker](workers.values)
        sorted.sort { $0.number < $1.number }
        return sorted
    }

    /// `3.00` for 3,000,000,000 ns, as AWS Lambda writes it.
    static func seconds(_ nanoseconds: Int64) -> String {
        let hundredths = nanoseconds / 10_000_000
        let rest = hundredths % 100
        return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
    }
}
