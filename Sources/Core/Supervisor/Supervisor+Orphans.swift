import Linux
import Sandbox

/// What functions leave behind where there are no control groups: for a user without privileges, in a Docker container
/// without them.
extension Supervisor {
    /// Ends the processes that have become ours because whoever started them ended, unless they come from a worker that
    /// lives: they have its mark; or they have none, and some worker that ought to have one lives.
    func endOrphans() {
        let living = workers.livingMarks
        for process in ProcessTree.children(of: Processes.current) {
            if process == core || workers.isKnown(process) { continue }
            if let mark = ProcessMark.of(process) {
                if living.contains(mark) { continue }
            } else if !living.isEmpty {
                continue
            }
            _ = Processes.send(Signals.kill, to: process)
        }
    }
}
