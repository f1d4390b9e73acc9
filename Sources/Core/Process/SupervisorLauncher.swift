import Functions
import Linux
import Sandbox

/// Starts function processes through the supervisor.
final class SupervisorLauncher: WorkerLauncher {
    private let connection: SupervisorConnection
    private let identities: Identities
    /// Launches that could not be told to the supervisor; told in the next turn, because a launcher never answers at
    /// once.
    private var undelivered: [(worker: UInt32, reason: String)] = []
    private let whenUndelivered: () -> Void

    init(connection: SupervisorConnection, identities: Identities, whenUndelivered: @escaping () -> Void) {
        self.connection = connection
        self.identities = identities
        self.whenUndelivered = whenUndelivered
    }

    func launch(_ specification: WorkerSpecification, worker: UInt32, logDescriptors: [Int32]) {
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
