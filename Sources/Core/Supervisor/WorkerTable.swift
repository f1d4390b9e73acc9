import Sandbox

/// The function processes of the present core: its number of each by process, and the other way round. The process of a
/// container is its first one; what belongs to containers is kept until that has ended, beyond the core's own end.
struct WorkerTable {
    private var workers: [Int32: UInt32] = [:]
    private var processes: [UInt32: Int32] = [:]
    private var containers: [Int32: ContainedProcess] = [:]
    private var groups: [Int32: PlainControlGroup] = [:]
    /// The marks of processes that have neither a container nor a control group.
    private var marks: [Int32: UInt32] = [:]

    var count: Int { workers.count }

    /// The process of a worker while it runs.
    func process(of worker: UInt32) -> Int32? { processes[worker] }

    mutating func add(_ worker: UInt32, _ contained: ContainedProcess) {
        containers[contained.initProcess] = contained
        add(worker, process: contained.initProcess)
    }

    mutating func add(_ worker: UInt32, process: Int32, group: PlainControlGroup?, mark: UInt32) {
        if let group { groups[process] = group } else { marks[process] = mark }
        add(worker, process: process)
    }

    /// Whether it was started for a core, the present one or one before.
    func isKnown(_ process: Int32) -> Bool { workers[process] != nil || containers[process] != nil }

    /// Whether there are processes that no control group knows.
    var hasMarks: Bool { !marks.isEmpty }

    /// Of the present core's processes that live.
    var livingMarks: [UInt32] { marks.filter { workers[$0.key] != nil }.map { $0.value } }

    /// A process without a container has ended.
    /// - Returns: its control group, or whether it had a mark instead.
    mutating func removePlain(process: Int32) -> (group: PlainControlGroup?, wasMarked: Bool) {
        (groups.removeValue(forKey: process), marks.removeValue(forKey: process) != nil)
    }

    func isContainer(_ process: Int32) -> Bool { containers[process] != nil }

    /// The first process of a container has ended.
    mutating func removeContainer(process: Int32) -> ContainedProcess? { containers.removeValue(forKey: process) }

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

    /// Forgets all workers, not the containers: their core has ended, and the next one gives the same numbers anew.
    /// - Returns: the processes.
    mutating func removeAll() -> [Int32] {
        defer {
            workers.removeAll()
            processes.removeAll()
        }
        return [Int32](workers.keys)
    }
}
