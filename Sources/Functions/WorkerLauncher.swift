/// Makes and signals processes on behalf of the function service. It answers through
/// `FunctionService.workerStarted(_:pid:)`, `workerFailed(_:reason:)` and `workerExited(_:exitCode:signal:)`, never from
/// inside these calls.
public protocol WorkerLauncher: AnyObject {
    /// Starts a process, leader of its own process group.
    /// - Parameters:
    ///   - worker: the number the answers name.
    ///   - logDescriptors: six write ends that become descriptors 1 to 6 of the process: INFO, ERROR, DEBUG, WARN,
    ///     FATAL, TRACE. The launcher closes them. Descriptor 0 reads nothing.
    func launch(_ specification: WorkerSpecification, worker: UInt32, logDescriptors: [Int32])

    /// Sends a signal to the worker's whole process group; a worker that is gone is not an error.
    func signal(worker: UInt32, _ signal: Int32)
}
