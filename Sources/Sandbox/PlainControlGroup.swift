import CLinux
import Linux

/// The control group of one process without a container. It bounds nothing: it knows whatever the process starts, also
/// what leaves its session and its process group, so that nothing of it outlives the process.
public struct PlainControlGroup {
    private let path: String
    /// The file to which a process writes `0` to enter.
    let join: String
    /// The folder of version 2, open for clone3(2); or -1.
    private(set) var descriptor: Int32 = -1

    /// - Returns: nil where there are no control groups, or none can be made.
    init?(_ groups: ControlGroups, name: String) {
        // Whichever counts least.
        let old = groups.tasks ?? groups.devices ?? groups.memory
        guard let folder = old ?? groups.unified else { return nil }
        do throws(SystemError) { path = try ControlGroup.make(folder, name) } catch { return nil }
        join = Path.join(path, old == nil ? "cgroup.procs" : "tasks")
        if old == nil { descriptor = clinux_open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0) }
    }

    /// The descriptor is for the start alone.
    mutating func close() {
        if descriptor >= 0 { FileDescriptor.close(descriptor) }
        descriptor = -1
    }

    /// Kills whatever is in there and removes the group.
    /// - Returns: whether it is gone; what is still busy is for a later attempt.
    func remove() -> Bool { ControlGroups.remove(path) }
}
