import Linux

/// Whether the folders into which root writes are root's alone: whoever else may write there can put links in the way and
/// have root write, read or remove files of his choice.
public enum RootOwnership {
    /// Links on the way to one folder; more are a circle.
    private static let mostLinks = 16

    /// What to tell a person when they are not, or nil. Nothing is looked at without root's rights.
    ///
    /// - Parameter mounted: places at which whoever started this container has mounted folders of their own. These belong to
    ///   users of the machine outside, who can do more with that machine than links in them could.
    public static func problem(_ layout: Layout, trusting mounted: [String] = []) -> String? {
        if !Users.isRoot { return nil }
        let folders = [
            layout.root, layout.writable, "\(layout.writable)/deployments", layout.logs, layout.serverState, layout.run,
        ]
        for folder in folders {
            if let problem = problem(folder, linksLeft: mostLinks, trusting: mounted) {
                return problem + " Root writes into \(folder): that user could have it write anywhere. "
                    + "`chown root:` and `chmod go-w` it, or run greengrassd as that user; "
                    + "`greengrassd -i …` does without this check, in insecure mode."
            }
        }
        return nil
    }

    /// Looks at all folders on a path, and through links at those of their targets.
    static func problem(_ path: String, linksLeft: Int, trusting mounted: [String] = []) -> String? {
        if linksLeft == 0 { return "\(path) is a link in a circle." }
        var reached = "/"
        for part in path.utf8.split(separator: UInt8(ascii: "/")) {
            let above = reached
            reached = Path.join(reached, String(decoding: Array(part), as: UTF8.self))
            let found: FileStatus?
            do throws(SystemError) { found = try Files.linkStatus(reached) } catch { return "\(error.description)." }
            // What is missing root makes itself.
            guard let status = found else { return nil }
            if mounted.contains(reached), reached != "/" { continue }
            if status.owner != 0 { return "\(reached) belongs to user \(status.owner)." }
            if status.kind == .link, let target = Files.linkTarget(reached) {
                let whole = target.utf8.first == UInt8(ascii: "/") ? target : Path.join(above, target)
                if let problem = problem(whole, linksLeft: linksLeft - 1, trusting: mounted) { return problem }
            } else if status.mode & 0o022 != 0, status.mode & 0o1000 == 0 {
                return "\(reached) can be written by others than its owner."
            }
        }
        return nil
    }
}
