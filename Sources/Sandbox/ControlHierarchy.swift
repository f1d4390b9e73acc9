import Linux

/// A mounted hierarchy of control groups (cgroups(7)) and the folder in it that this process belongs to.
struct ControlHierarchy {
    /// Of version 1: the controllers it has; of version 2 empty.
    let controllers: [String]
    let isUnified: Bool
    /// Where it is mounted.
    let mount: String
    /// This process's own group.
    let own: String

    /// All hierarchies that are mounted, from the texts of `/proc/self/mountinfo` and `/proc/self/cgroup` (proc(5)).
    static func all(mounts: String, memberships: String) -> [ControlHierarchy] {
        var found: [ControlHierarchy] = []
        for line in mounts.utf8.split(separator: UInt8(ascii: "\n")) {
            let fields = line.split(separator: UInt8(ascii: " ")).map { String(decoding: $0, as: UTF8.self) }
            guard let dash = fields.firstIndex(of: "-"), dash >= 6, fields.count > dash + 3 else { continue }
            let kind = fields[dash + 1]
            guard kind == "cgroup" || kind == "cgroup2" else { continue }
            let controllers = kind == "cgroup2" ? [] : fields[dash + 3].split(separator: ",").map { String($0) }
            let mount = fields[4]
            guard
                let path = membership(
                    in: memberships, of: kind == "cgroup2" ? nil : controllers),
                !found.contains(where: { $0.mount == mount })
            else { continue }
            // Inside a container the mount may show only a part: the root of that part is the fourth field.
            let root = fields[3] == "/" ? "" : fields[3]
            let inside = root.isEmpty || !path.hasPrefix(root) ? path : String(path.dropFirst(root.utf8.count))
            let own = inside.isEmpty || inside == "/" ? mount : mount + (inside.hasPrefix("/") ? "" : "/") + inside
            found.append(
                ControlHierarchy(
                    controllers: controllers, isUnified: kind == "cgroup2", mount: mount,
                    own: Files.exists(own) ? own : mount))
        }
        return found
    }

    /// `3:memory:/path`, and `0::/path` for version 2.
    private static func membership(in text: String, of controllers: [String]?) -> String? {
        for line in text.utf8.split(separator: UInt8(ascii: "\n")) {
            let fields = line.split(separator: UInt8(ascii: ":"), maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { continue }
            let names = String(decoding: fields[1], as: UTF8.self).split(separator: ",").map { String($0) }
            let isWanted = controllers.map { wanted in names.contains { wanted.contains($0) } } ?? names.isEmpty
            if isWanted { return String(decoding: fields[2], as: UTF8.self) }
        }
        return nil
    }
}
