/// Workers without work.
extension FunctionEngine {
    /// Of the on-demand workers that have no work as many are kept as `lruSize` says (row B-07): those that worked last.
    func endSurplus(at now: Int64) {
        guard workers.count > limits.idleWorkers else { return }
        var idle: [Worker] = []
        for worker in workers.values where !functions[worker.function].settings.isPinned {
            if case .idle = worker.phase { idle.append(worker) }
        }
        guard idle.count > limits.idleWorkers else { return }
        // The number makes the order the same every time.
        idle.sort { ($0.lastWorked, $0.number) < ($1.lastWorked, $1.number) }
        for worker in idle.prefix(idle.count - limits.idleWorkers) {
            terminate(worker, reason: "had no work, and lruSize others without were used later", at: now)
        }
    }
}
