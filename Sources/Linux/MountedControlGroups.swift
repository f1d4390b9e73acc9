import Bytes

/// How control groups are mounted here (cgroups(7)).
public struct MountedControlGroups: Equatable, Sendable {
    /// Where a controller of version 1 is mounted, by its name.
    public private(set) var controllers: [String: String] = [:]
    /// Where version 2 is mounted.
    public private(set) var unified: String?
    /// The controllers that version 2 has to give.
    public private(set) var unifiedControllers: [String] = []

    /// Of the running machine.
    public static func current() -> MountedControlGroups {
        var groups = MountedControlGroups(mounts: text("/proc/self/mountinfo"))
        if let unified = groups.unified {
            groups.unifiedControllers = words(text(Path.join(unified, "cgroup.controllers")))
        }
        return groups
    }

    /// - Parameter mounts: the content of `/proc/self/mountinfo` (proc(5)).
    public init(mounts: [UInt8]) {
        for line in mounts.split(separator: UInt8(ascii: "\n")) {
            let fields = Self.words(Array(line))
            guard let dash = fields.firstIndex(of: "-"), fields.count > dash + 3, fields.count > 5 else { continue }
            let place = fields[4]
            switch fields[dash + 1] {
            case "cgroup2": if unified == nil { unified = place }
            case "cgroup":
                for option in fields[dash + 3].utf8.split(separator: UInt8(ascii: ",")) {
                    let name = String(decoding: Array(option), as: UTF8.self)
                    if Self.known.contains(name), controllers[name] == nil { controllers[name] = place }
                }
            default: continue
            }
        }
    }

    /// Of a tree of both, which one has the controllers decides (`hybrid`).
    public func has(_ controller: String) -> Bool {
        if controllers[controller] != nil { return true }
        guard unified != nil else { return false }
        // Version 2 has no controller for devices and none for freezing: both work by other means.
        return controller == "devices" || controller == "freezer"
            ? controllers.isEmpty
            : unifiedControllers.contains(controller)
    }

    /// `v1`, `v2`, `v1 and v2 (hybrid)` or `none`.
    public var kind: String {
        switch (controllers.isEmpty, unified == nil) {
        case (false, true): "v1"
        case (true, false): "v2"
        case (false, false): "v1 and v2 (hybrid)"
        case (true, true): "none"
        }
    }

    private static let known = ["memory", "devices", "pids", "freezer", "cpu", "cpuset", "blkio"]

    private static func text(_ path: String) -> [UInt8] {
        do throws(SystemError) { return try Files.read(path, limit: 1 << 20) } catch { return [] }
    }

    private static func words(_ line: [UInt8]) -> [String] {
        line.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }.map { Array($0).text }
    }
}
