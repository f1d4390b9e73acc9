/// The function processes of the present core: its number of each by process, and the other way round.
struct WorkerTable {
    private var workers: [Int32: UInt32] = [:]
    private var processes: [UInt32: Int32] = [:]

    var count: Int { workers.count }

    /// The process of a worker while it runs.
    func process(of worker: UInt32) -> Int32? { processes[worker] }

    mutating func add(_ worker: UInt32, process: Int32) {
        workers[process] = worker
        processes[worker] = process
    }

    /// A process has ended.
    /// - Returns: its worker; nil when it is none of the present core's.
    mutating func remove(process: Int32) -> UInt32? {
        guard let worker = workers.removeValue(forKey: process) else { return nil }
        processes[worker] = nil
        return worker
    }

    /// Forgets all: their core has ended, and the next one gives the same numbers anew.
    /// - Returns: the processes.
    mutating func removeAll() -> [Int32] {
        defer {
            workers.removeAll()
            processes.removeAll()
        }
        return [Int32](workers.keys)
    }
}
