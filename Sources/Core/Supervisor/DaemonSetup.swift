import Linux
import Log
import Sandbox

/// What `start` does before there is a daemon, and the daemon itself.
public struct DaemonSetup {
    public let configuration: Configuration
    public let layout: Layout
    /// Where the running program is, to find the runtimes beside it.
    public let executable: String?

    public init(configuration: Configuration, layout: Layout, executable: String?) {
        self.configuration = configuration
        self.layout = layout
        self.executable = executable
    }

    /// Makes the folders, with owners and modes that do not depend on the umask, and checks the core's own files.
    public func prepare() throws(SetupError) {
        let identities = Identities.find()
        do throws(SystemError) {
            // The supervisor writes into logs and run, so they stay root's: a core that was taken over must not be able
            // to plant links in them. What the core writes is below.
            for folder in [layout.run, layout.serverState] { try Files.makeDirectories(folder, mode: 0o755) }
            try Files.makeDirectories(layout.logs, mode: 0o711)
            let socketFolder = Path.parent(layout.functionSocket)
            for (folder, mode) in [
                (layout.systemLogs, 0o700), (layout.userLogs, 0o700), (layout.coreRun, 0o700), (layout.spool, 0o700),
                (socketFolder, 0o755),
            ] as [(String, UInt32)] {
                try Files.makeDirectories(folder, mode: mode)
                if let core = identities.core { try give(folder, to: core) }
            }
        } catch {
            throw SetupError("The core's folders cannot be made", error)
        }
        try PrincipalCheck.check(configuration)
    }

    /// A daemon that runs for this root already.
    public func runningDaemon() throws(SetupError) -> RunningDaemon? {
        do throws(SystemError) {
            return try RunningDaemon.find(layout)
        } catch {
            throw SetupError("Whether a daemon runs already cannot be told", error)
        }
    }

    public func takeLock() throws(SetupError) -> LockFile {
        do throws(SystemError) {
            guard let lock = try LockFile.take(layout.processFile) else {
                throw SystemError("lock \(layout.processFile) (another start is under way)", code: 11)
            }
            return lock
        } catch {
            throw SetupError("The daemon's process file cannot be taken", error)
        }
    }

    /// Is the daemon: returns when it has been stopped and nothing that it started is left.
    /// - Parameters:
    ///   - echoes: whether the logs go to standard error too.
    ///   - report: called once, when the first core serves or cannot.
    /// - Returns: the exit code.
    public func runDaemon(
        _ lock: borrowing LockFile, echoes: Bool,
        report: @escaping (Supervisor.Report) -> Void
    ) throws(SetupError) -> Int32 {
        let log = Logger(file: LogFile(path: layout.supervisorLog), echoesToStandardError: echoes)
        let identities = Identities.find()
        for notice in identities.notices { log.warn(notice) }
        var failed = false
        do throws(SystemError) {
            try lock.write(process: Processes.current)
            let rootLock = try takeRootLock(log)
            if let problem = writeSystemProcessFile(Processes.current) { log.warn(problem) }
            Processes.raiseDescriptorLimit()
            Signals.ignoreBrokenPipes()
            let containers = Containers(
                name: layout.controlGroup, hidden: [layout.root, layout.writable])
            for notice in containers.support.notices { log.warn(notice) }
            let core = CoreStart(setup: self, identities: identities, support: containers.support, echoes: echoes)
            let supervisor = try Supervisor(
                log: log, crashLog: LogFile(path: layout.crashLog),
                policy: LaunchPolicy(
                    allowsRoot: configuration.allowsRootFunctions || identities.core == nil,
                    coreUser: identities.core?.user),
                changesUser: identities.core != nil, containers: containers,
                report: { outcome in
                    if case .failed = outcome { failed = true }
                    report(outcome)
                },
                coreMain: { link, supervisor in
                    core.run(link: link, supervisor: supervisor)
                })
            log.info("\(Version.text) starts in \(layout.root).")
            _ = try supervisor.run()
            log.info("The daemon ends; nothing that it started is left.")
            removeSystemProcessFile(log)
            do throws(SystemError) { try rootLock?.remove() } catch {
                log.warn("A lock is left: \(error.description).")
            }
        } catch {
            throw SetupError("The daemon failed", error)
        }
        return failed ? 1 : 0
    }

    /// A read-only /var/run, as in some containers, keeps no core from serving.
    private func takeRootLock(_ log: Logger) throws(SystemError) -> LockFile? {
        guard Users.isRoot else { return nil }
        do throws(SystemError) {
            if let lock = try LockFile.take(layout.rootLock) {
                try lock.write(process: Processes.current, note: layout.writable)
                return lock
            }
        } catch {
            log.warn(
                "\(layout.rootLock) cannot be written (\(error.description)): `greengrassd stop` and `status` find this daemon "
                    + "only as long as writeDirectory in config.json stays as it is. Everything else works.")
            return nil
        }
        throw SystemError("lock \(layout.rootLock) (another daemon of this root runs)", code: 11)
    }

    /// For systemd's unit alone: a read-only /var/run, as in some containers, keeps no core from serving.
    /// - Returns: what hindered it.
    private func writeSystemProcessFile(_ process: Int32) -> String? {
        guard Users.isRoot else { return nil }
        let path = layout.systemProcessFile
        do throws(SystemError) {
            try Files.writeAtomically(path, [UInt8]("\(process)\n".utf8), mode: 0o644)
            return nil
        } catch {
            return "\(path) cannot be written (\(error.description)): systemd's unit, which reads the process number "
                + "there, will not find it. Everything else works."
        }
    }

    private func removeSystemProcessFile(_ log: Logger) {
        guard Users.isRoot else { return }
        let path = layout.systemProcessFile
        do throws(SystemError) {
            try Files.removeTree(path)
        } catch {
            log.warn("\(path) is left: \(error.description).")
        }
    }

    /// Gives a folder and what is in it to the core, where it belongs to somebody else, for instance after the user
    /// `greengrass` was made. In there is only given what belonged to the folder's owner: the core before could have
    /// made hard links to files of others.
    private func give(_ path: String, to owner: Identities.Identity) throws(SystemError) {
        guard let status = try Files.linkStatus(path), status.owner != owner.user else { return }
        try give(path, from: status.owner, to: owner)
    }

    private func give(
        _ path: String, from former: UInt32, to owner: (user: UInt32, group: UInt32)
    ) throws(SystemError) {
        guard let status = try Files.linkStatus(path), status.owner == former else { return }
        try Files.changeOwner(path, user: owner.user, group: owner.group)
        guard status.kind == .directory else { return }
        for name in try Files.list(path) { try give(Path.join(path, name), from: former, to: owner) }
    }
}
