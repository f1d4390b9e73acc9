import CLinux
import Linux

/// Starts one process from a specification that the policy has allowed.
public enum Launcher {
    /// - Parameters:
    ///   - descriptors: become 1, 2, … of the new process; the caller still closes its own.
    ///   - changesUser: whether to take on the specification's identity; only root can.
    /// - Returns: the process, leader of its own session and process group.
    /// - Throws: the step that failed and why.
    public static func start(
        _ specification: LaunchSpecification, descriptors: [Int32], changesUser: Bool
    ) throws(SystemError) -> Int32 {
        let arguments = CStrings(specification.arguments)
        let environment = CStrings(specification.environment)
        let executable = CStrings([specification.executable, specification.workingDirectory])
        var start = clinux_start()
        start.executable = UnsafePointer(executable.pointers[0])
        start.directory = UnsafePointer(executable.pointers[1])
        start.arguments = UnsafePointer(arguments.base)
        start.environment = UnsafePointer(environment.base)
        start.descriptor_count = Int32(descriptors.count)
        start.change_user = changesUser ? 1 : 0
        start.user = specification.user
        start.group = specification.group
        start.parent = Processes.current
        var failed = CLINUX_START_SESSION
        // The strings must outlive the call: nothing else refers to their owners.
        let process = withExtendedLifetime((arguments, environment, executable)) {
            descriptors.withUnsafeBufferPointer { buffer in
                start.descriptors = buffer.baseAddress
                return clinux_start(&start, &failed)
            }
        }
        if process < 0 { throw SystemError(step(failed, specification)) }
        return process
    }

    private static func step(_ failed: clinux_start_step, _ specification: LaunchSpecification) -> String {
        switch failed {
        case CLINUX_START_DESCRIPTORS: "give it its log descriptors"
        case CLINUX_START_GROUPS: "drop the supplementary groups"
        case CLINUX_START_GROUP: "change to group \(specification.group)"
        case CLINUX_START_USER: "change to user \(specification.user)"
        case CLINUX_START_PRIVILEGES: "forbid new privileges"
        case CLINUX_START_PARENT_DEATH: "tie it to the supervisor"
        case CLINUX_START_DIRECTORY: "enter \(specification.workingDirectory)"
        case CLINUX_START_EXECUTE: "execute \(specification.executable)"
        default: "start a process"
        }
    }
}

/// Strings as C wants them, made before the fork.
private final class CStrings {
    let base: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    private let count: Int

    var pointers: UnsafeMutableBufferPointer<UnsafeMutablePointer<CChar>?> {
        UnsafeMutableBufferPointer(start: base, count: count)
    }

    init(_ texts: [String]) {
        count = texts.count
        base = .allocate(capacity: count + 1)
        for index in 0..<count {
            base[index] = texts[index].withCString { strdup($0) }
        }
        base[count] = nil
    }

    deinit {
        for index in 0..<count { free(base[index]) }
        base.deallocate()
    }
}
