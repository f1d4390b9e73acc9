import CLinux
import Linux

/// The control groups of one container: bounds of memory and tasks, and the list of its devices.
struct ControlGroup {
    private var memory: String?
    private var devices: String?
    private var tasks: String?
    private var unified: String?
    /// The folder of version 2, open for clone3(2); or -1.
    private(set) var descriptor: Int32 = -1
    private let hasMemoryV2: Bool

    /// Files to which the first process writes `0` while it is alone, which costs a fraction of what writing its number
    /// to `cgroup.procs` from outside does.
    private(set) var joins: [String] = []
    var unifiedJoin: String { Path.join(unified ?? "", "cgroup.procs") }

    /// The devices of every container: null, zero, full, random, urandom and tty (devices.txt of the kernel).
    private static let common: [(major: UInt32, minor: UInt32)] = [(1, 3), (1, 5), (1, 7), (1, 8), (1, 9), (5, 0)]

    /// Which controls are left out; only in control runs of tests.
    struct Omissions: OptionSet, Sendable {
        let rawValue: UInt8
        static let memory = Omissions(rawValue: 1)
        static let devices = Omissions(rawValue: 2)
        static let tasks = Omissions(rawValue: 4)
    }

    /// Makes the groups.
    init(
        _ groups: ControlGroups, name: String, memoryLimit: UInt64?, devices granted: [ContainerSpecification.Device],
        without: Omissions = []
    ) throws(SystemError) {
        hasMemoryV2 = groups.unifiedHasMemory
        do throws(SystemError) {
            if let folder = groups.memory, !without.contains(.memory) {
                memory = try Self.make(folder, name)
            }
            if let folder = groups.devices, !without.contains(.devices) {
                devices = folder == groups.memory ? memory : try Self.make(folder, name)
            }
            if let folder = groups.tasks, !without.contains(.tasks) {
                tasks =
                    folder == groups.memory ? memory : folder == groups.devices ? devices : try Self.make(folder, name)
            }
            if let folder = groups.unified { unified = try Self.make(folder, name) }
            try limitMemory(memoryLimit, without)
            if !without.contains(.devices) { try limitDevices(granted) }
            if !without.contains(.tasks) { try limitTasks(groups) }
            for folder in Set([memory, devices, tasks].compactMap { $0 }) { joins.append(Path.join(folder, "tasks")) }
        } catch {
            remove()
            throw error
        }
    }

    static func make(_ folder: String, _ name: String) throws(SystemError) -> String {
        let path = Path.join(folder, name)
        if mkdir(path, 0o755) == 0 { return path }
        // Left by a start that was cut short: what bounds it had are not these.
        guard clinux_errno() == EEXIST, ControlGroups.remove(path), mkdir(path, 0o755) == 0 else {
            throw SystemError("make the control group \(path)")
        }
        return path
    }

    private func limitMemory(_ limit: UInt64?, _ without: Omissions) throws(SystemError) {
        guard let limit, !without.contains(.memory) else { return }
        if let memory {
            try ControlFile.write(Path.join(memory, "memory.limit_in_bytes"), "\(limit)")
            // With swap there is a bound of both together, without it no such file.
            let both = Path.join(memory, "memory.memsw.limit_in_bytes")
            if Files.exists(both) { try ControlFile.write(both, "\(limit)") }
        } else if hasMemoryV2, let unified {
            try ControlFile.write(Path.join(unified, "memory.max"), "\(limit)")
            let swap = Path.join(unified, "memory.swap.max")
            if Files.exists(swap) { try ControlFile.write(swap, "0") }
        }
    }

    private func limitTasks(_ groups: ControlGroups) throws(SystemError) {
        if let tasks {
            try ControlFile.write(Path.join(tasks, "pids.max"), "\(ControlGroups.mostTasks)")
        } else if groups.unifiedHasTasks, let unified {
            try ControlFile.write(Path.join(unified, "pids.max"), "\(ControlGroups.mostTasks)")
        }
    }

    private mutating func limitDevices(_ granted: [ContainerSpecification.Device]) throws(SystemError) {
        var list = Self.common.map { device in
            clinux_device(is_block: 0, major: device.major, minor: device.minor, may_write: 1, may_make: 1)
        }
        for device in granted {
            var numbers = clinux_device()
            guard clinux_device_numbers(Files.resolve(device.path), &numbers) != 0 else {
                throw SystemError("find the device \(device.path)")
            }
            numbers.may_write = device.isWritable ? 1 : 0
            list.append(numbers)
        }
        if let devices {
            do throws(SystemError) { try ControlFile.write(Path.join(devices, "devices.deny"), "a") } catch {
                throw Self.notLimited(devices, error.code)
            }
            let lines = list.map { device in
                let access = "r" + (device.may_write != 0 ? "w" : "") + (device.may_make != 0 ? "m" : "")
                return "\(device.is_block != 0 ? "b" : "c") \(device.major):\(device.minor) \(access)"
            }
            try ControlFile.write(Path.join(devices, "devices.allow"), each: lines)
        } else if let unified {
            descriptor = clinux_open(unified, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)
            guard descriptor >= 0 else { throw SystemError("open the control group \(unified)") }
            let result = list.withUnsafeBufferPointer { buffer in
                clinux_limit_devices(descriptor, buffer.baseAddress, Int32(buffer.count))
            }
            guard result == 0 else { throw Self.notLimited(unified, clinux_errno()) }
        }
    }

    private static func notLimited(_ folder: String, _ code: Int32) -> SystemError {
        let remedy = code == EPERM || code == EACCES ? " (\(StartStep.needsAdministration))" : ""
        return SystemError("limit the devices of the control group \(folder)\(remedy)", code: code)
    }

    /// Opens the folder of version 2 for clone3(2), where there is one.
    mutating func open() throws(SystemError) {
        guard let unified, descriptor < 0 else { return }
        descriptor = clinux_open(unified, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)
        guard descriptor >= 0 else { throw SystemError("open the control group \(unified)") }
    }

    /// The descriptor is for the start alone.
    mutating func close() {
        if descriptor >= 0 { FileDescriptor.close(descriptor) }
        descriptor = -1
    }

    /// Whether the kernel has killed a process in there because the memory limit was reached.
    var wasOutOfMemory: Bool {
        if let memory {
            if let count = ControlFile.number("oom_kill", in: Path.join(memory, "memory.oom_control")) {
                return count > 0
            }
            // Before Linux 4.13 nothing counts the kills; that the limit was met is the best that is known.
            return ControlFile.read(Path.join(memory, "memory.failcnt")) != "0\n"
        }
        guard hasMemoryV2, let unified else { return false }
        return (ControlFile.number("oom_kill", in: Path.join(unified, "memory.events")) ?? 0) > 0
    }

    /// - Returns: whether all are gone; what is still busy is for a later attempt.
    @discardableResult
    mutating func remove() -> Bool {
        close()
        var isGone = true
        for folder in Set([memory, devices, tasks, unified].compactMap { $0 }) where !ControlGroups.remove(folder) {
            isGone = false
        }
        return isGone
    }
}
