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
            user: identity.user, group: identity.group, supplementaryGroups: specification.supplementaryGroups,
            container: specification.container.map { Self.container($0) })
        if connection.tell(.launch(launch), descriptors: logDescriptors) { return }
        undelivered.append(
            (
                worker,
                "its arguments and environment are larger than \(SupervisorMessage.largestRecord) bytes, or the "
                    + "supervisor does not listen"
            ))
        whenUndelivered()
    }

    private static func container(_ container: WorkerContainer) -> ContainerSpecification {
        var mounts = (container.folders + container.volumes).map {
            ContainerSpecification.Mount(source: $0.source, destination: $0.destination, isWritable: $0.isWritable)
        }
        if let socket = container.socket {
            // Connecting to a socket takes the right to write to it.
            mounts.append(
                ContainerSpecification.Mount(
                    source: socket, destination: WorkerContainer.socketPlace, isWritable: true))
        }
        return ContainerSpecification(
            mounts: mounts,
            devices: container.devices.map {
                ContainerSpecification.Device(path: $0.path, isWritable: $0.isWritable)
            }, memoryLimit: container.memoryLimit, showsSysfs: container.showsSysfs)
    }

    func signal(worker: UInt32, _ signal: Int32) {
        connection.tell(.signal(worker: worker, number: signal))
    }

    func takeUndelivered() -> [(worker: UInt32, reason: String)] {
        defer { undelivered.removeAll() }
        return undelivered
    }
}
