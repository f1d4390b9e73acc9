import Foundation

/// What a running core holds of the machine: compared with what it held before, it shows what functions left behind.
struct Residue {
    struct Memory: CustomStringConvertible {
        /// KB of /proc/PID/status (proc(5)), which everybody may read.
        let resident: Int
        let own: Int
        var description: String { "\(resident) KB resident, \(own) KB of it no file's" }
    }

    struct Holder {
        let descriptors: [String]
        let threads: Int
        let mounts: [String]
        let memory: Memory
    }

    let supervisor: Holder
    let core: Holder
    /// Below the supervisor, zombies and adopted ones among them, besides the core.
    let processes: [String]
    /// Of the functions, on the whole machine.
    let ofFunctions: [String]
    let controlGroups: [String]
    /// Below the core's root, but what is rotated, and what the functions' or the core's user has in shared folders.
    let files: [String]
    /// On the host, naming the core's root, or where containers' roots are put together.
    let mounts: [String]

    /// - Parameters:
    ///   - user: the functions', if it is nobody else's.
    ///   - mark: what the command line of everything has that functions start.
    init(_ core: CoreUnderTest, user: Int?, mark: String) throws {
        let (supervisor, process) = try ProcessTable.daemon(core.root)
        self.supervisor = try Self.holder(supervisor)
        self.core = try Self.holder(process, mayLook: Expectation.has(.inspection))
        processes = ProcessTable.descendants(of: supervisor).filter { $0.pid != process }.map(\.description).sorted()
        let all = ProcessTable.all()
        ofFunctions = all.filter { entry in
            entry.commandLine.contains(mark) || user.map { entry.user == String($0) } == true
        }.map(\.description).sorted()
        controlGroups = Self.controlGroups(core.root)
        let coreUser = all.first { $0.pid == process }.flatMap { Int($0.user) } ?? -1
        files = Self.files(core.root, users: user.map { [$0, coreUser] } ?? [])
        mounts = Self.mounts("/proc/self").filter { line in
            let place = line.split(separator: " ").dropFirst(4).first.map(String.init) ?? ""
            return line.contains(core.root) || place == "/tmp" || place.hasPrefix("/tmp/")
        }.map { String($0.split(separator: " ").dropFirst(4).joined(separator: " ")) }.sorted()
    }

    /// A process's, but those in the folders of a container engine, which may start or end others meanwhile.
    private static func mounts(_ process: String) -> [String] {
        let engines = ["/var/lib/docker/", "/run/docker/", "/tmp/perennial-engine-"]
        return lines(process + "/mountinfo").filter { line in
            let place = line.split(separator: " ").dropFirst(4).first ?? ""
            return !engines.contains { place.hasPrefix($0) }
        }
    }

    /// What is here and was not there, in words; memory is not compared.
    func beyond(_ before: Residue) -> [String] {
        var found: [String] = []
        func compare(_ what: String, _ now: [String], _ then: [String]) {
            let left = Self.difference(now, then)
            if !left.isEmpty { found.append("\(left.count) \(what): \(left.prefix(20).joined(separator: "\n    "))") }
        }
        compare("descriptors of the supervisor", supervisor.descriptors, before.supervisor.descriptors)
        compare("descriptors of the core", core.descriptors, before.core.descriptors)
        compare("mounts of the supervisor", supervisor.mounts, before.supervisor.mounts)
        compare("mounts of the core", core.mounts, before.core.mounts)
        compare("mounts of the host", mounts, before.mounts)
        compare("processes below the supervisor", processes, before.processes)
        compare("processes of functions", ofFunctions, before.ofFunctions)
        compare("control groups", controlGroups, before.controlGroups)
        compare("files", files, before.files)
        for (who, now, then) in [("supervisor", supervisor, before.supervisor), ("core", core, before.core)]
        where now.threads > then.threads {
            found.append("\(now.threads) threads of the \(who), where there were \(then.threads)")
        }
        return found
    }

    /// The elements of the first list that the second has not, as often as they are there.
    private static func difference(_ now: [String], _ then: [String]) -> [String] {
        var known: [String: Int] = [:]
        for element in then { known[element, default: 0] += 1 }
        return now.filter { element in
            known[element, default: 0] -= 1
            return known[element, default: 0] < 0
        }
    }

    private static func holder(_ pid: pid_t, mayLook: Bool = true) throws -> Holder {
        let manager = FileManager.default
        let folder = "/proc/\(pid)"
        // The numbers of sockets and pipes are others each time.
        let numbers = mayLook ? try manager.contentsOfDirectory(atPath: folder + "/fd") : []
        var descriptors = numbers.compactMap { name in
            (try? manager.destinationOfSymbolicLink(atPath: "\(folder)/fd/\(name)"))?
                .replacingOccurrences(of: #":\[\d+\]"#, with: "", options: .regularExpression)
        }
        // The log of a function is opened by its first line, once: one of each counts for nothing.
        let logs = Set(descriptors.filter { $0.contains("/var/log/") })
        descriptors = difference(descriptors, Array(logs))
        let mounts = mounts(folder).map {
            String($0.split(separator: " ").dropFirst(4).joined(separator: " "))
        }
        var sizes: [String: Int] = [:]
        for line in lines(folder + "/status") {
            let words = line.split { $0 == " " || $0 == "\t" }
            if words.count == 3 { sizes[String(words[0])] = Int(words[1]) }
        }
        guard let resident = sizes["VmRSS:"], let own = sizes["RssAnon:"]
        else { throw HarnessError("process \(pid) has gone, or no memory in \(folder)/status") }
        return Holder(
            descriptors: descriptors.sorted(),
            threads: try manager.contentsOfDirectory(atPath: folder + "/task").count, mounts: mounts.sorted(),
            memory: Memory(resident: resident, own: own))
    }

    /// The folders of this core in every mounted hierarchy, by the name that `Layout` gives them.
    static func controlGroups(_ root: String) -> [String] {
        let hash = root.utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
        let name = "greengrass-" + String(hash, radix: 16)
        let hierarchies = lines("/proc/self/mountinfo").filter { $0.contains(" - cgroup") }
            .map { String($0.split(separator: " ")[4]) }
        return Set(hierarchies).sorted().flatMap { folders(below: $0, depth: 4) }.filter { $0.contains("/\(name)") }
    }

    private static func folders(below folder: String, depth: Int) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        var found: [String] = []
        for name in names {
            let path = "\(folder)/\(name)"
            var status = stat()
            guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { continue }
            found.append(path)
            if depth > 1 { found += folders(below: path, depth: depth - 1) }
        }
        return found
    }

    private static func files(_ root: String, users: [Int]) -> [String] {
        // Logs are rotated into files with a number or a time; how many there may be is their own rule. Where a function's
        // user may write to its package, Python keeps what it has compiled there.
        let own = (FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? [])
            .filter { !$0.contains("/var/log/") && !$0.contains("__pycache__") }.map { root + "/" + $0 }
        let shared = ["/tmp", "/var/tmp", "/dev/shm", "/run", "/dev/mqueue"].flatMap { folder in
            ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).map { "\(folder)/\($0)" }
        }.filter { path in
            var status = stat()
            return lstat(path, &status) == 0 && users.contains(Int(status.st_uid))
        }
        return (own + shared).sorted()
    }

    private static func lines(_ path: String) -> [String] {
        let text = String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
        return text.split(separator: "\n").map(String.init)
    }
}
