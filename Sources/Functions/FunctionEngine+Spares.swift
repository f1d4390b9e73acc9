/// Spare workers: of each on-demand function some are kept started and idle, so that a message finds its handler loaded
/// (`runtime.spareWorkers`).
///
/// One that gets work is replaced only if it still has it a while later: most handlers are done by then, and the start of
/// another process would take the processor from them. A function whose workers fail gets no spare ones until one has
/// served again, nor one whose spare worker ended by itself until the next message: nothing is started over and over
/// that nobody asked for.
extension FunctionEngine {
    /// Looks after the spare workers of an on-demand function in a while.
    func provideSparesLater(_ index: Int, at now: Int64) {
        let function = functions[index]
        guard limits.spareWorkers > 0, !function.settings.isPinned, function.spareCheck == nil else { return }
        function.spareCheck = now + limits.spareDelay
    }

    /// Starts what is missing of them, as far as there is room for it without ending others.
    func provideSpares(_ index: Int, at now: Int64) {
        let function = functions[index]
        function.spareCheck = nil
        guard limits.spareWorkers > 0, !function.settings.isPinned, function.pause.failures == 0 else { return }
        var missing = limits.spareWorkers + function.waiting.count
        for number in function.workers where workers[number]?.isAvailable == true { missing -= 1 }
        missing = min(missing, function.mostWorkers - function.workers.count)
        while missing > 0 {
            guard onDemandWorkers < limits.onDemandWorkers else {
                isCrowded = true
                return
            }
            launch(index, at: now)
            missing -= 1
        }
    }

    /// Whether a worker that has had no work for long is one of those to keep.
    func isSpare(_ worker: Worker) -> Bool {
        guard limits.spareWorkers > 0 else { return false }
        var available = 0
        for number in functions[worker.function].workers where workers[number]?.isAvailable == true { available += 1 }
        return available <= limits.spareWorkers
    }

    /// Living ones of all on-demand functions.
    private var onDemandWorkers: Int {
        var count = 0
        for worker in workers.values where !functions[worker.function].settings.isPinned { count += 1 }
        return count
    }
}
