import Foundation

/// Which processes belong to a core: those whose command line, directory, executable or environment names its root.
enum ProcessTable {
    struct Entry: CustomStringConvertible {
        let pid: pid_t
        let commandLine: String
        /// The number of the user it runs as.
        let user: String
        var description: String { "\(pid): \(commandLine)" }
    }

    static func naming(_ path: String) -> [Entry] {
        let manager = FileManager.default
        let processes = ((try? manager.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap { pid_t($0) }
        return processes.filter { $0 != getpid() }.compactMap { pid in
            let folder = "/proc/\(pid)"
            let commandLine = words(folder + "/cmdline")
            let links = ["cwd", "exe"].compactMap { try? manager.destinationOfSymbolicLink(atPath: "\(folder)/\($0)") }
            let texts = links + [commandLine, words(folder + "/environ")]
            guard texts.contains(where: { $0.contains(path) }) else { return nil }
            let status = (try? String(contentsOfFile: folder + "/status", encoding: .utf8)) ?? ""
            let users = status.split(separator: "\n").first { $0.hasPrefix("Uid:") }?.split(separator: "\t") ?? []
            return Entry(pid: pid, commandLine: commandLine, user: users.count > 1 ? String(users[1]) : "")
        }
    }

    /// The content of a file of NUL-separated words; empty when the process has just gone or is not ours to read.
    private static func words(_ path: String) -> String {
        let bytes = FileManager.default.contents(atPath: path) ?? Data()
        return String(decoding: bytes.map { $0 == 0 ? UInt8(ascii: " ") : $0 }, as: UTF8.self)
    }
}
