import Bytes

/// The records that core and supervisor exchange over their socket pair, one a message.
///
/// Layout, all numbers little endian: `UInt32` kind, `UInt32` worker, then what the kind says. A string is a `UInt32`
/// length and its bytes; a list is a `UInt32` count and its strings.
public enum SupervisorMessage: Equatable, Sendable {
    // From the core.
    /// Whom the functions of the deployed group run as. Sent once, while the core is still root.
    case mayRunAs([LaunchIdentity])
    /// Start a process; six descriptors travel with it, which become 1 to 6.
    case launch(LaunchSpecification)
    /// Send a signal to the process group of a worker.
    case signal(worker: UInt32, number: Int32)
    /// The core serves; `problem` is empty or says which components failed to start.
    case ready(problem: String)
    /// The core cannot serve, for instance because a port is taken; it ends after this.
    case cannotServe(reason: String)

    // From the supervisor.
    case started(worker: UInt32, process: Int32)
    case failed(worker: UInt32, reason: String)
    /// `code` is -1 where a signal ended the process, and `signal` 0 where none did.
    case exited(worker: UInt32, code: Int32, signal: Int32)

    /// Largest record: below the default socket buffer of Linux (212,992 bytes, socket(7)), with room for arguments and
    /// environment of one function.
    public static let largestRecord = 131_072
    /// Most arguments or variables.
    static let mostStrings = 4096

    private enum Kind: UInt32 {
        case launch = 1
        case signal
        case ready
        case cannotServe
        case started
        case failed
        case exited
        case mayRunAs
    }

    /// The record, or nil where it would be larger than `largestRecord`.
    public func encode() -> [UInt8]? {
        var record = RecordWriter()
        switch self {
        case .mayRunAs(let identities):
            record.header(Kind.mayRunAs.rawValue, 0)
            record.number(UInt32(identities.count))
            for identity in identities {
                record.number(identity.user)
                record.number(identity.group)
            }
        case .launch(let specification):
            record.header(Kind.launch.rawValue, specification.worker)
            record.number(specification.user)
            record.number(specification.group)
            record.string(specification.executable)
            record.string(specification.workingDirectory)
            record.list(specification.arguments)
            record.list(specification.environment)
        case .signal(let worker, let number):
            record.header(Kind.signal.rawValue, worker)
            record.number(UInt32(bitPattern: number))
        case .ready(let problem):
            record.header(Kind.ready.rawValue, 0)
            record.string(problem)
        case .cannotServe(let reason):
            record.header(Kind.cannotServe.rawValue, 0)
            record.string(reason)
        case .started(let worker, let process):
            record.header(Kind.started.rawValue, worker)
            record.number(UInt32(bitPattern: process))
        case .failed(let worker, let reason):
            record.header(Kind.failed.rawValue, worker)
            record.string(reason)
        case .exited(let worker, let code, let signal):
            record.header(Kind.exited.rawValue, worker)
            record.number(UInt32(bitPattern: code))
            record.number(UInt32(bitPattern: signal))
        }
        return record.bytes.count <= Self.largestRecord ? record.bytes : nil
    }

    /// The message of a record, or nil where the record is not exactly one.
    public init?(_ bytes: [UInt8]) {
        var record = RecordReader(bytes)
        guard let rawKind = record.number(), let kind = Kind(rawValue: rawKind), let worker = record.number() else {
            return nil
        }
        switch kind {
        case .mayRunAs:
            guard let count = record.number(), Int64(count) <= Int64(Self.mostStrings) else { return nil }
            var identities: [LaunchIdentity] = []
            for _ in 0..<count {
                guard let user = record.number(), let group = record.number() else { return nil }
                identities.append(LaunchIdentity(user: user, group: group))
            }
            self = .mayRunAs(identities)
        case .launch:
            guard let user = record.number(), let group = record.number(), let executable = record.string(),
                let directory = record.string(), let arguments = record.list(most: Self.mostStrings),
                let environment = record.list(most: Self.mostStrings)
            else { return nil }
            self = .launch(
                LaunchSpecification(
                    worker: worker, executable: executable, arguments: arguments, environment: environment,
                    workingDirectory: directory, user: user, group: group))
        case .signal:
            guard let number = record.number() else { return nil }
            self = .signal(worker: worker, number: Int32(bitPattern: number))
        case .ready:
            guard let problem = record.string() else { return nil }
            self = .ready(problem: problem)
        case .cannotServe:
            guard let reason = record.string() else { return nil }
            self = .cannotServe(reason: reason)
        case .started:
            guard let process = record.number() else { return nil }
            self = .started(worker: worker, process: Int32(bitPattern: process))
        case .failed:
            guard let reason = record.string() else { return nil }
            self = .failed(worker: worker, reason: reason)
        case .exited:
            guard let code = record.number(), let signal = record.number() else { return nil }
            self = .exited(worker: worker, code: Int32(bitPattern: code), signal: Int32(bitPattern: signal))
        }
        guard record.isAtEnd else { return nil }
    }
}
