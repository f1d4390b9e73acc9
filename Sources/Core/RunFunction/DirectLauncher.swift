import Functions
import Linux
import Sandbox

/// Starts workers as children of this process and under its own user, for a core of one function.
final class DirectLauncher: WorkerLauncher {
    private let reactor: Reactor
    private var workers = WorkerTable()
    /// Set after the service is made.
    var service: FunctionService?

    init(reactor: Reactor) {
        self.reactor = reactor
    }

    func launch(_ specification: WorkerSpecification, worker: UInt32, logDescriptors: [Int32]) {
        let launch = LaunchSpecification(
            worker: worker, executable: specification.executable,
            arguments: [specification.executable] + specification.arguments,
            environment: specification.environment.map { "\($0.name)=\($0.value)" },
            workingDirectory: specification.workingDirectory, user: Users.effectiveUserID,
            group: Users.effectiveGroupID)
        defer { for descriptor in logDescriptors { FileDescriptor.close(descriptor) } }
        do throws(SystemError) {
            let process = try Launcher.start(launch, descriptors: logDescriptors, changesUser: false)
            workers.add(worker, process: process)
            reactor.schedule(afterNanoseconds: 0) { [self] in service?.workerStarted(worker, pid: process) }
        } catch {
            let reason = error.description
            reactor.schedule(afterNanoseconds: 0) { [self] in service?.workerFailed(worker, reason: reason) }
        }
    }

    func signal(worker: UInt32, _ signal: Int32) {
        if let process = workers.process(of: worker) { _ = Processes.send(signal, toGroup: process) }
    }

    /// A child has ended: SIGCHLD came.
    func reap() {
        while let (process, exit) = Processes.reap() {
            guard let worker = workers.remove(process: process) else { continue }
            // What the function started goes with it.
            _ = Processes.send(Signals.kill, toGroup: process)
            switch exit {
            case .code(let code): service?.workerExited(worker, exitCode: code, signal: nil)
            case .signal(let number): service?.workerExited(worker, exitCode: nil, signal: number)
            }
        }
    }
}
