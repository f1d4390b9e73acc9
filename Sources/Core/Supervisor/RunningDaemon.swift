import Linux

/// The daemon that runs for a root, found by the locks that it holds.
public struct RunningDaemon: Sendable {
    public let process: Int32
    /// As the daemon has it: config.json may name another `writeDirectory` by now, or be broken.
    public let layout: Layout

    /// - Parameter layout: as config.json has it.
    /// - Returns: nil when none runs. One that is not root's is found where `layout` says alone.
    /// - Throws: when a lock cannot be looked at: root's by another user.
    public static func find(_ layout: Layout) throws(SystemError) -> RunningDaemon? {
        if let process = try LockFile.holder(layout.processFile) {
            return RunningDaemon(process: process, layout: layout)
        }
        guard let (process, place) = try LockFile.holding(layout.rootLock) else { return nil }
        return RunningDaemon(process: process, layout: Layout(root: layout.root, writeDirectory: place))
    }

    /// For people, where it writes elsewhere than config.json has it; else nil.
    public func discrepancy(to configured: Layout) -> String? {
        if layout.writable == configured.writable { return nil }
        return
            "It writes in \(layout.writable) and not in \(configured.writable): config.json was changed since it started, or "
            + "cannot be read. A restart takes up what is in there."
    }
}
