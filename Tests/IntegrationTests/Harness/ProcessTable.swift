import Foundation

/// Which processes belong to a core: those whose command line, directory, executable or environment names its root.
enum ProcessTable {
    struct Entry: CustomStringConvertible {
        let pid: pid_t
        let parent: pid_t
        let commandLine: String
        /// The number of the user it runs as.
        let user: String
        var description: String { "\(pid): \(commandLine)" }
    }

    static func naming(_ path: String) -> [Entry] {
        let manager = FileManager.default
        return all().filter { $0.pid != getpid() }.filter { entry in
            let folder = "/proc/\(entry.pid)"
            let links = ["cwd", "exe"].compactMap { try? manager.destinationOfSymbolicLink(atPath: "\(folder)/\($0)") }
            let texts = links + [entry.commandLine, words(folder + "/environ")]
            return texts.contains { $0.contains(path) }
        }
    }

    /// Every process of the machine; the name of one without a command line, a zombie for instance, is in brackets.
    static func all() -> [Entry] {
        let processes = ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap { pid_t($0) }
        return processes.compactMap { pid in
            guard let status = try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8) else { return nil }
            let lines = status.split(separator: "\n")
            func value(_ name: String) -> String {
                let words = lines.first { $0.hasPrefix(name) }?.split(separator: "\t") ?? []
                return words.count > 1 ? String(words[1]) : ""
            }
            let commandLine = words("/proc/\(pid)/cmdline")
            return Entry(
                pid: pid, parent: pid_t(value("PPid:")) ?? 0,
                commandLine: commandLine.isEmpty ? "[\(value("Name:")), \(value("State:"))]" : commandLine,
                user: value("Uid:"))
        }
    }

    static func descendants(of ancestor: pid_t) -> [Entry] {
        let table = all()
        var found: Set<pid_t> = [ancestor]
        var count = 0
        while count != found.count {
            count = found.count
            for entry in table where found.contains(entry.parent) { found.insert(entry.pid) }
        }
        return table.filter { $0.pid != ancestor && found.contains($0.pid) }
    }

    /// The processes of a running core: the supervisor, which `start` names, and its child.
    static func daemon(_ root: String) throws -> (supervisor: pid_t, core: pid_t) {
        let own = naming(root)
        let text = try String(contentsOfFile: root + "/ggc/var/run/greengrassd.pid", encoding: .utf8)
        guard let supervisor = pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)),
            // A container's init is a child with the same command line; /proc/PID/exe of the core is not for everybody.
            let core = own.first(where: { entry in
                entry.parent == supervisor && entry.commandLine.contains("/greengrassd ")
                    && name(entry.pid) != "container-init"
            })
        else { throw HarnessError("no supervisor and core among \(own)") }
        return (supervisor, core.pid)
    }

    private static func name(_ pid: pid_t) -> String {
        words("/proc/\(pid)/comm").trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// The content of a file of NUL-separated words; empty when the process has just gone or is not ours to read.
    private static func words(_ path: String) -> String {
        let bytes = FileManager.default.contents(atPath: path) ?? Data()
        return String(decoding: bytes.map { $0 == 0 ? UInt8(ascii: " ") : $0 }, as: UTF8.self)
    }
}
