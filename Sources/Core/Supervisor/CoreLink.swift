import Linux
import Log
import Sandbox

/// The supervisor's ear for its core.
final class CoreLink: EventHandler {
    /// The supervisor lives until its process ends, longer than any link.
    private let supervisor: Unmanaged<Supervisor>

    init(supervisor: Unmanaged<Supervisor>) {
        self.supervisor = supervisor
    }

    func handle(_ events: Events) {
        let supervisor = supervisor.takeUnretainedValue()
        if events.contains(.writable) { supervisor.sendOn() }
        supervisor.receive()
    }
}

extension Supervisor {
    /// Takes what the core asks for. The core is not trusted: a record that makes no sense is dropped and told.
    func receive() {
        guard link >= 0 else { return }
        RecordSocket.receiveTurn(link) { received in
            switch received {
            case .record(let bytes, let descriptors):
                defer { for descriptor in descriptors { FileDescriptor.close(descriptor) } }
                if let message = SupervisorMessage(bytes) {
                    act(on: message, descriptors)
                } else {
                    log.error("The core sent a record of \(bytes.count) bytes that is no message; it is ignored.")
                }
                return true
            case .wouldBlock: return false
            case .closed, .failed:
                // Its end is told by SIGCHLD; a core that only closed its link serves nobody.
                reactor.remove(link)
                if let core { _ = Processes.send(Signals.kill, to: core) }
                return false
            }
        }
    }

    func send(_ message: SupervisorMessage) {
        guard let outbox, let bytes = message.encode() else { return }
        let wasEmpty = outbox.isEmpty
        if !outbox.send(bytes) {
            log.error("The core does not take what it is told; it is started again.")
            if let core { _ = Processes.send(Signals.kill, to: core) }
        }
        if wasEmpty, !outbox.isEmpty { watchLink([.readable, .writable]) }
    }

    /// Sends what the core's socket had no room for.
    func sendOn() {
        guard let outbox else { return }
        outbox.flush()
        if outbox.isEmpty { watchLink(.readable) }
    }

    private func watchLink(_ events: Events) {
        // It is watched already: the kernel has nothing to refuse.
        do throws(SystemError) { try reactor.modify(link, events) } catch { return }
    }

    private func act(on message: SupervisorMessage, _ descriptors: [Int32]) {
        switch message {
        case .mayLaunch(let grants):
            // The core says so before it gives root up; what comes later may come from whoever took it over.
            guard policy.grants == nil else {
                return log.error("The core wants other users and resources for functions: refused.")
            }
            policy.grants = grants
            // Where the paths lead now. A function that can write to one of the folders on the way must not lead a later
            // container elsewhere.
            sources.removeAll()
            for mount in grants.mounts { sources[mount.source] = Files.resolve(mount.source) }
        case .launch(let specification): launch(specification, descriptors)
        case .signal(let worker, let number):
            // Only processes of our own, and only while they are not reaped: the number cannot be another's yet.
            if let process = workers.process(of: worker), number > 0, number < 32 { signal(process, number) }
        case .ready(let problem):
            report(problem.isEmpty ? .serving : .partly(problem))
            Self.releaseStartPages(reactor)
        case .cannotServe(let reason):
            log.error("The core cannot serve: \(reason)")
            report(.failed(reason))
        case .started, .failed, .exited: log.error("The core sent a message that only the supervisor sends.")
        }
    }

    private func launch(_ specification: LaunchSpecification, _ descriptors: [Int32]) {
        let worker = specification.worker
        if workers.process(of: worker) != nil {
            return send(.failed(worker: worker, reason: "worker \(worker) is running already"))
        }
        if let refusal = policy.refusal(of: specification, running: workers.count) {
            log.error("Refused to start \(specification.executable): \(refusal).")
            return send(.failed(worker: worker, reason: refusal))
        }
        do throws(SystemError) {
            if specification.container != nil {
                let contained = try containers.start(specification, descriptors: descriptors) { [sources] source in
                    sources[source] ?? source
                }
                workers.add(worker, contained)
                send(.started(worker: worker, process: contained.program))
            } else {
                let (process, group, mark) = try containers.startPlain(
                    specification, descriptors: descriptors, changesUser: changesUser)
                workers.add(worker, process: process, group: group, mark: mark)
                send(.started(worker: worker, process: process))
            }
        } catch {
            send(.failed(worker: worker, reason: error.description))
        }
    }

    /// The first process of a container passes signals on to its function's process group; killed, it takes everything in
    /// the container with it.
    func signal(_ process: Int32, _ number: Int32) {
        if workers.isContainer(process) {
            _ = Processes.send(number, to: process)
        } else {
            _ = Processes.send(number, toGroup: process)
        }
    }
}
