import CLinux
import Linux

/// The control groups of this core's functions: a folder of its own below the supervisor's group in each hierarchy that
/// has the memory, devices or pids controller (cgroups v1), below the unified one (v2), or both (hybrid).
///
/// Without systemd the supervisor's group is the root's; a unit with `Delegate=yes` is given one of its own.
public struct ControlGroups: Sendable {
    public enum Version: Sendable { case v1, v2 }

    /// Processes and threads that one function may have: a fork bomb ends there.
    public static let mostTasks = 1024

    /// Our folder in the hierarchy of each controller; nil where that is missing.
    private(set) var memory: String?
    private(set) var devices: String?
    private(set) var tasks: String?
    /// Our folder in the unified hierarchy, where that has a controller that we use.
    private(set) var unified: String?
    private(set) var unifiedHasMemory = false
    private(set) var unifiedHasTasks = false
    /// Why something is missing.
    private(set) var problems: [String] = []
    /// They are there and may not be written to, as in a Docker container.
    private(set) var isReadOnly = false

    public var memoryVersion: Version? { memory != nil ? .v1 : unifiedHasMemory ? .v2 : nil }
    public var devicesVersion: Version? { devices != nil ? .v1 : unified != nil ? .v2 : nil }
    public var tasksVersion: Version? { tasks != nil ? .v1 : unifiedHasTasks ? .v2 : nil }

    /// No control groups at all.
    init() {}

    /// Makes the folders.
    /// - Parameter name: one for each core of the machine.
    public static func make(named name: String) -> ControlGroups {
        let hierarchies = ControlHierarchy.all(
            mounts: ControlFile.read("/proc/self/mountinfo"), memberships: ControlFile.read("/proc/self/cgroup"))
        var groups = ControlGroups()
        for hierarchy in hierarchies where !hierarchy.isUnified {
            guard hierarchy.controllers.contains(where: { $0 == "memory" || $0 == "devices" || $0 == "pids" }),
                let folder = groups.folder(Path.join(hierarchy.own, name))
            else { continue }
            if hierarchy.controllers.contains("memory") { groups.memory = folder }
            if hierarchy.controllers.contains("devices") { groups.devices = folder }
            if hierarchy.controllers.contains("pids") { groups.tasks = folder }
        }
        let isComplete = groups.memory != nil && groups.devices != nil && groups.tasks != nil
        if !isComplete, let hierarchy = hierarchies.first(where: { $0.isUnified }) {
            groups.makeUnified(hierarchy, name)
        }
        groups.removeLeft()
        return groups
    }

    private mutating func folder(_ path: String) -> String? {
        if mkdir(path, 0o755) == 0 || clinux_errno() == EEXIST { return path }
        if clinux_errno() == EROFS { isReadOnly = true }
        problems.append(SystemError("make the control group \(path)").description)
        return nil
    }

    /// A group of version 2 that hands controllers on may have no processes itself ("no internal processes",
    /// cgroups(7)): where the supervisor's own group is not the root, it moves into one below.
    private mutating func makeUnified(_ hierarchy: ControlHierarchy, _ name: String) {
        var parents = [hierarchy.mount]
        if hierarchy.own != hierarchy.mount { parents.insert(hierarchy.own, at: 0) }
        for parent in parents {
            if parent != hierarchy.mount {
                let leaf = Path.join(parent, "supervisor")
                guard folder(leaf) != nil else { continue }
                do throws(SystemError) {
                    try ControlFile.write(Path.join(leaf, "cgroup.procs"), "0")
                    // A unit of systemd's has `greengrassd start` in its group too, which waits for this process. Whatever
                    // else is in there, a person's shell for instance, is not ours to move.
                    let starter = Processes.parent
                    if Files.linkTarget("/proc/\(starter)/exe") == Processes.executable() {
                        try ControlFile.write(Path.join(leaf, "cgroup.procs"), "\(starter)")
                    }
                } catch {
                    problems.append(error.description)
                    continue
                }
            }
            let offered = words(Path.join(parent, "cgroup.controllers"))
            let enabled = enable(offered, in: parent)
            guard let base = folder(Path.join(parent, name)) else { continue }
            _ = enable(enabled, in: base)
            let present = words(Path.join(base, "cgroup.subtree_control"))
            // Without any, it is still what devices are limited by; but the root may offer more than our own group.
            if present.isEmpty, parent != hierarchy.mount {
                _ = rmdir(base)
                continue
            }
            unified = base
            unifiedHasMemory = memory == nil && present.contains("memory")
            unifiedHasTasks = tasks == nil && present.contains("pids")
            return
        }
    }

    private mutating func enable(_ offered: [String], in folder: String) -> [String] {
        var enabled: [String] = []
        for controller in ["memory", "pids"] where offered.contains(controller) {
            do throws(SystemError) {
                try ControlFile.write(Path.join(folder, "cgroup.subtree_control"), "+" + controller)
                enabled.append(controller)
            } catch {
                problems.append(error.description)
            }
        }
        return enabled
    }

    private func words(_ path: String) -> [String] {
        ControlFile.read(path).split { $0 == " " || $0 == "\n" }.map { String($0) }
    }

    private var folders: [String] { [memory, devices, tasks, unified].compactMap { $0 } }

    /// Ends and removes what a supervisor that was killed has left: its functions died with it, their groups did not.
    private func removeLeft() {
        for folder in folders {
            for path in Self.subfolders(folder) { Self.remove(path) }
        }
    }

    /// Removes our folders. What is not empty stays for the next start.
    public func removeAll() {
        removeLeft()
        for folder in folders { _ = rmdir(folder) }
    }

    static func subfolders(_ folder: String) -> [String] {
        do throws(SystemError) {
            return try Files.list(folder).map { Path.join(folder, $0) }.filter { path in
                clinux_is_directory(mode(path)) != 0
            }
        } catch {
            return []
        }
    }

    private static func mode(_ path: String) -> UInt32 {
        var status = stat()
        return lstat(path, &status) == 0 ? UInt32(status.st_mode) : 0
    }

    /// Removes a group, with a kill of whatever is in there.
    /// - Returns: whether it is gone.
    @discardableResult
    static func remove(_ path: String) -> Bool {
        if rmdir(path) == 0 || clinux_errno() == ENOENT { return true }
        guard clinux_errno() == EBUSY else { return false }
        let processes = ControlFile.read(Path.join(path, "cgroup.procs")).split(separator: "\n")
        for number in processes.compactMap({ Int32(String($0)) }) { _ = Processes.send(Signals.kill, to: number) }
        return rmdir(path) == 0
    }
}
