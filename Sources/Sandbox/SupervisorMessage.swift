import Bytes

/// The records that core and supervisor exchange over their socket pair, one a message.
///
/// Layout, all numbers little endian: `UInt32` kind, `UInt32` worker, then what the kind says. A string is a `UInt32`
/// length and its bytes; a list is a `UInt32` count and its strings.
public enum SupervisorMessage: Equatable, Sendable {
    // From the core.
    /// What the functions of the deployed group may be started with. Sent once, while the core is still root.
    case mayLaunch(LaunchGrants)
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
    /// `code` is -1 where a signal ended the process, and `signal` 0 where none did. `outOfMemory`: the kernel killed it
    /// because the memory limit of its container was reached.
    case exited(worker: UInt32, code: Int32, signal: Int32, outOfMemory: Bool = false)

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
        case mayLaunch
    }

    /// The record, or nil where it would be larger than `largestRecord`.
    public func encode() -> [UInt8]? {
        var record = RecordWriter()
        switch self {
        case .mayLaunch(let grants):
            record.header(Kind.mayLaunch.rawValue, 0)
            record.grants(grants)
        case .launch(let specification):
            record.header(Kind.launch.rawValue, specification.worker)
            record.specification(specification)
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
        case .exited(let worker, let code, let signal, let outOfMemory):
            record.header(Kind.exited.rawValue, worker)
            record.number(UInt32(bitPattern: code))
            record.number(UInt32(bitPattern: signal))
            record.flag(outOfMemory)
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
        case .mayLaunch:
            guard let grants = record.grants() else { return nil }
            self = .mayLaunch(grants)
        case .launch:
            guard let specification = record.specification(worker: worker) else { return nil }
            self = .launch(specification)
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
            guard let code = record.number(), let signal = record.number(), let outOfMemory = record.flag() else {
                return nil
            }
            self = .exited(
                worker: worker, code: Int32(bitPattern: code), signal: Int32(bitPattern: signal),
                outOfMemory: outOfMemory)
        }
        guard record.isAtEnd else { return nil }
    }
}
