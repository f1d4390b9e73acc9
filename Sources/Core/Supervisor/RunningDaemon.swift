import Linux

/// The daemon that runs for a root, found by the locks that it holds.
public struct RunningDaemon: Sendable {
    public let process: Int32
    /// Whether `writeDirectory` in config.json was changed since it started: it writes where the layout does not say.
    public let writesElsewhere: Bool

    /// What `restart` is for, then.
    public static let restartHint =
        "It started when writeDirectory in config.json was another one; `greengrassd restart` takes up what is there now."

    /// - Returns: nil when none runs.
    /// - Throws: when a lock cannot be looked at, for instance as another user than root.
    public static func find(_ layout: Layout) throws(SystemError) -> RunningDaemon? {
        if let process = try LockFile.holder(layout.processFile) {
            return RunningDaemon(process: process, writesElsewhere: false)
        }
        guard Users.isRoot, let process = try LockFile.holder(layout.rootLock) else { return nil }
        // One that is just starting takes this lock last.
        return RunningDaemon(process: process, writesElsewhere: try LockFile.holder(layout.processFile) != process)
    }
}
