import Log

/// Ends of workers and of the whole.
extension FunctionEngine {
    /// Starts the pinned functions, and the spare workers of the others.
    public func start(at now: Int64) {
        see(now)
        for index in functions.indices where functions[index].settings.isPinned { launch(index, at: now) }
        for index in functions.indices { provideSpares(index, at: now) }
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
        let death = death(of: worker, exit, lastLines, at: now)
        record(worker, death)
        if case .busy(let invocation, _) = worker.phase {
            function.counters.unhandledErrors += 1
            complete(invocation, .unhandled(death.line), at: now)
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
            var isTriedAgain = false
            if case .notStarted = exit { isTriedAgain = function.pause.failures < limits.startAttempts }
            failWaiting(function, death.line, keepsMessages: isTriedAgain, at: now)
        }
        dispatch(worker.function, at: now)
        // A spare one that ended by itself is missed when there is work again.
        if worker.isKilled || death.invocation != nil { provideSparesLater(worker.function, at: now) }
        dispatchOthers(than: worker.function, at: now)
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
        for index in functions.indices where (functions[index].spareCheck ?? .max) <= now {
            provideSpares(index, at: now)
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
        case .idle where isSpare(worker):
            worker.deadline = nil
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
            worker.timedOut = invocation.id
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
    /// stay, because it is started again in any case, and those to one whose process is tried again (row H-30).
    private func failWaiting(
        _ function: FunctionQueue, _ sentence: String, keepsMessages: Bool = false, at now: Int64
    ) {
        for number in function.workers where workers[number]?.isStopping == false { return }
        let keeps = function.settings.isPinned || keepsMessages
        let failed = function.remove { !keeps || $0.type == .requestResponse }
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

    /// Tells of a worker's end, once, and keeps what was no end in order.
    private func record(_ worker: Worker, _ death: DeathRecord) {
        let function = functions[worker.function]
        if isStopping {
            note(.debug, "\(name(worker)) \(death.exit.description): the core is stopping.")
            return
        }
        // An idle end is what the life cycle wants; what was killed was told of then, but stays the last death.
        if let reason = worker.reasonToStop, worker.hasAskedForWork {
            note(.debug, "\(name(worker)) \(death.exit.description): it \(reason).")
            if worker.isKilled { function.lastDeath = death }
            return
        }
        function.lastDeath = death
        if death.exit == .outOfMemory { noteMemory(worker, function) }
        note(death.exit == .code(0) ? .warn : .error, death.line)
    }

    /// V1's two lines about a worker that the kernel killed for memory (docs/functions.md).
    private func noteMemory(_ worker: Worker, _ function: FunctionQueue) {
        function.counters.outOfMemory += 1
        let size = function.settings.memoryKB ?? 0
        let who = "\"workerId\": \"\(worker.number)\", \"funcArn\": \"\(function.settings.arn)\""
        note(
            .warn,
            "Worker consumed all allocated memory! Memory Usage (KB).\t{\(who), \"memSize\": \(size), \"memUsed\": \(size)}"
        )
        note(.error, "Worker is ungracefully killed.\t{\(who), \"state\": \"signal: killed\"}")
    }

    private func death(
        of worker: Worker, _ exit: WorkerExit, _ lastLines: [String], at now: Int64
    ) -> DeathRecord {
        var invocation = worker.timedOut
        if case .busy(let work, _) = worker.phase { invocation = work.id }
        var text = "\(name(worker)) \(exit.description)"
        if exit == .outOfMemory, let size = functions[worker.function].settings.memoryKB {
            text += " of \(size) KB. If it needs more, raise MemorySize in the group; it was killed"
        }
        if let timedOut = worker.timedOut {
            let time = Self.seconds(functions[worker.function].settings.timeout)
            text += ": \(timedOut.text) Task timed out after \(time) seconds"
        } else if let reason = worker.reasonToStop {
            text += " (it \(reason))"
        }
        if worker.timedOut != nil {
            // V1's words have the invocation.
        } else if let invocation {
            text += " while it handled invocation \(invocation.text)"
        } else if !worker.hasAskedForWork, case .notStarted = exit {
            // The reason says it all.
        } else if worker.reasonToStop == nil, !worker.hasAskedForWork, !functions[worker.function].settings.isPinned {
            text += " before it asked for work"
        } else if exit == .outOfMemory {
            text += " without an invocation"
        }
        if !worker.hasAskedForWork, let runtime = functions[worker.function].settings.interpreter {
            text += Self.shim(exit, runtime)
        }
        return DeathRecord(
            worker: worker.number, processID: worker.processID, exit: exit, at: now, lived: now - worker.launched,
            invocation: invocation, reason: worker.reasonToStop, lastLines: lastLines, sentence: text)
    }

    /// What a start that ended like a shell's unknown command means.
    private static func shim(_ exit: WorkerExit, _ runtime: String) -> String {
        guard exit == .code(127) || exit == .code(126) else { return "" }
        return ": the program for \(runtime) does not work; it may be a version manager's shim (pyenv, nvm) "
            + "without that version. `greengrassd check` tries it; install \(runtime), or name a program in config.json: "
            + "\"runtime\": {\"interpreters\": {\"\(runtime)\": \"/path/to/program\"}}"
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
