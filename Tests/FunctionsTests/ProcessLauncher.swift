import Foundation
import Functions
import Linux

/// Starts real processes, as the supervisor does for the core, without changing users.
final class ProcessLauncher: WorkerLauncher {
    private let reactor: Reactor
    private var processes: [UInt32: pid_t] = [:]
    /// Set after the service is made.
    var service: FunctionService?

    init(reactor: Reactor) {
        self.reactor = reactor
    }

    var running: [pid_t] { Array(processes.values) }

    func launch(_ specification: WorkerSpecification, worker: UInt32, logDescriptors: [Int32]) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        posix_spawnattr_setpgroup(&attributes, 0)
        // The test process may block signals that the worker has to hear.
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        // Out of the way of 1 to 6 first.
        let high = logDescriptors.map { fcntl($0, F_DUPFD_CLOEXEC, 100) }
        for descriptor in logDescriptors { FileDescriptor.close(descriptor) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        for (index, descriptor) in high.enumerated() {
            posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(index) + 1)
        }
        // Swift does not see posix_spawn_file_actions_addchdir_np: a shell changes the directory.
        let shell = ["sh", "-c", "cd \"$0\" && exec \"$@\"", specification.workingDirectory, specification.executable]
        var arguments = (shell + specification.arguments).map { strdup($0) }
        var environment = specification.environment.map { strdup("\($0.name)=\($0.value)") }
        arguments.append(nil)
        environment.append(nil)
        var process: pid_t = 0
        let result = posix_spawn(&process, "/bin/sh", &actions, &attributes, arguments, environment)
        for text in arguments + environment { free(text) }
        for descriptor in high { FileDescriptor.close(descriptor) }
        guard result == 0 else {
            let reason = String(cString: strerror(result))
            reactor.schedule(afterNanoseconds: 0) { [self] in service?.workerFailed(worker, reason: reason) }
            return
        }
        processes[worker] = process
        reactor.schedule(afterNanoseconds: 0) { [self] in service?.workerStarted(worker, pid: process) }
        watch(worker, process)
    }

    func signal(worker: UInt32, _ signal: Int32) {
        if let process = processes[worker] { kill(-process, signal) }
    }

    private func watch(_ worker: UInt32, _ process: pid_t) {
        var status: Int32 = 0
        guard waitpid(process, &status, WNOHANG) == process else {
            reactor.schedule(afterNanoseconds: 2_000_000) { [self] in watch(worker, process) }
            return
        }
        processes[worker] = nil
        kill(-process, SIGKILL)
        let signal = status & 0x7F
        service?.workerExited(
            worker, exitCode: signal == 0 ? status >> 8 & 0xFF : nil, signal: signal == 0 ? nil : signal)
    }
}

/// Stands in until the launcher can be made: a launcher needs the harness's reactor, and the harness a launcher.
final class LauncherSlot: WorkerLauncher {
    var launcher: ProcessLauncher?

    func launch(_ specification: WorkerSpecification, worker: UInt32, logDescriptors: [Int32]) {
        launcher?.launch(specification, worker: worker, logDescriptors: logDescriptors)
    }

    func signal(worker: UInt32, _ signal: Int32) { launcher?.signal(worker: worker, signal) }
}
