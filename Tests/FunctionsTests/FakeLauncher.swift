import Functions
import Linux

/// Remembers what it should start and starts nothing: the test itself plays the worker.
final class FakeLauncher: WorkerLauncher {
    struct Launch {
        let worker: UInt32
        let specification: WorkerSpecification
        /// Write ends of the log pipes, to write to as the worker would.
        let logs: [Int32]
    }

    var launches: [Launch] = []
    var signals: [(worker: UInt32, signal: Int32)] = []

    func launch(_ specification: WorkerSpecification, worker: UInt32, logDescriptors: [Int32]) {
        launches.append(Launch(worker: worker, specification: specification, logs: logDescriptors))
    }

    func signal(worker: UInt32, _ signal: Int32) {
        signals.append((worker, signal))
    }

    func environment(_ name: String, of worker: UInt32) -> String {
        for launch in launches where launch.worker == worker {
            for variable in launch.specification.environment where variable.name == name { return variable.value }
        }
        return ""
    }

    deinit {
        for launch in launches { for descriptor in launch.logs { FileDescriptor.close(descriptor) } }
    }
}
