import Functions
import Linux
import Sandbox

/// The core's end of the pair with its supervisor: asks for processes and hears what became of them.
final class SupervisorConnection {
    let descriptor: Int32

    init(descriptor: Int32) {
        self.descriptor = descriptor
        // A supervisor that does not listen has died; the core then ends with it (PR_SET_PDEATHSIG).
        FileDescriptor.makeNonBlocking(descriptor)
    }

    /// - Returns: whether the record went out.
    @discardableResult
    func tell(_ message: SupervisorMessage, descriptors: [Int32] = []) -> Bool {
        guard let bytes = message.encode() else { return false }
        return RecordSocket.send(descriptor, bytes, descriptors)
    }

    /// The next message, or nil when there is none now.
    func next() -> SupervisorMessage? {
        guard case .record(let bytes, let descriptors) = RecordSocket.receive(descriptor) else { return nil }
        for descriptor in descriptors { FileDescriptor.close(descriptor) }
        return SupervisorMessage(bytes)
    }
}

/// Starts function processes through the supervisor.
final class SupervisorLauncher: WorkerLauncher {
    private let connection: SupervisorConnection
    private let identities: Identities
    /// Launches that never reached the supervisor; told in the next turn, because a launcher never answers at once.
    private(set) var undelivered: [(worker: UInt32, reason: String)] = []
    private let whenUndelivered: () -> Void

    init(connection: SupervisorConnection, identities: Identities, whenUndelivered: @escaping () -> Void) {
        self.connection = connection
        self.identities = identities
        self.whenUndelivered = whenUndelivered
    }

    func launch(_ specification: WorkerSpecification, worker: UInt32, logDescriptors: [Int32]) {
        defer { for descriptor in logDescriptors { FileDescriptor.close(descriptor) } }
        let identity = identities.identity(specification.userID, specification.groupID)
        let launch = LaunchSpecification(
            worker: worker, executable: specification.executable,
            arguments: [specification.executable] + specification.arguments,
            environment: specification.environment.map { "\($0.name)=\($0.value)" },
            workingDirectory: specification.workingDirectory,
            user: identity.user, group: identity.group)
        if connection.tell(.launch(launch), descriptors: logDescriptors) { return }
        undelivered.append(
            (
                worker,
                "its arguments and environment are larger than \(SupervisorMessage.largestRecord) bytes, or the "
                    + "supervisor does not listen"
            ))
        whenUndelivered()
    }

    func signal(worker: UInt32, _ signal: Int32) {
        connection.tell(.signal(worker: worker, number: signal))
    }

    func takeUndelivered() -> [(worker: UInt32, reason: String)] {
        defer { undelivered.removeAll() }
        return undelivered
    }
}
