import Linux
import Log
import Sandbox

/// The process that keeps its privileges: it starts the core, starts function processes for it, reaps all of them, and
/// starts the core again when it dies. It opens no network socket and parses nothing that came from a network.
public final class Supervisor: EventHandler {
    /// What the core does in its own process; gives the exit code.
    public typealias CoreMain = (_ link: Int32, _ supervisor: Int32) -> Int32

    /// How the first start went.
    public enum Report: Sendable, Equatable {
        case serving
        /// It serves, but not everything started: why.
        case partly(String)
        case failed(String)
    }

    private enum Phase: Equatable {
        case running
        /// The core was asked to end; another one follows.
        case restarting
        /// The core was asked to end; the supervisor ends after it.
        case stopping
    }

    /// How long a core may take to end its functions (10 s at most, docs/functions.md) and itself before it is killed.
    static let stopGrace: Int64 = 12_000_000_000
    /// Pauses before a core that died is started again double from the first to the last, nanoseconds.
    static let firstRestartPause: Int64 = 500_000_000
    static let lastRestartPause: Int64 = 60_000_000_000
    /// A core that ran so long died of something new: the pauses begin anew.
    static let healthyAfter: Int64 = 60_000_000_000

    /// How long after it serves a process gives back the program's pages that its start used, nanoseconds.
    private static let startPagesAfter: Int64 = 5_000_000_000

    let reactor: Reactor
    let log: Logger
    let crashLog: LogFile
    var policy: LaunchPolicy
    let changesUser: Bool
    let containers: Containers
    /// Where the mounts' sources of the deployed group lead.
    var sources: [String: String] = [:]
    private let coreMain: CoreMain
    private let signals: Int32

    private var phase = Phase.running
    private(set) var core: Int32?
    private(set) var link: Int32 = -1
    /// What the core is told; nil while there is none.
    private(set) var outbox: RecordOutbox?
    var workers = WorkerTable()
    private var coreStarted: Int64 = 0
    private var restartPause = Supervisor.firstRestartPause
    private var killTimer: TimerID?
    private var restartTimer: TimerID?
    /// Who waits for the first core to serve.
    private var waiting: ((Report) -> Void)?

    /// - Parameters:
    ///   - policy: what a core may start.
    ///   - changesUser: whether functions get identities of their own; only root can.
    ///   - containers: starts what is to run in a container.
    ///   - report: called once, when the first core serves or cannot.
    public init(
        log: Logger, crashLog: LogFile, policy: LaunchPolicy, changesUser: Bool, containers: Containers,
        report: @escaping (Report) -> Void, coreMain: @escaping CoreMain
    ) throws(SystemError) {
        reactor = try Reactor()
        signals = try Signals.descriptor([
            Signals.terminate, Signals.interrupt, Signals.hangUp, Signals.child,
        ])
        self.log = log
        self.crashLog = crashLog
        self.policy = policy
        self.changesUser = changesUser
        self.containers = containers
        waiting = report
        self.coreMain = coreMain
    }

    /// Runs until it is told to stop and everything it started has ended.
    /// - Returns: the exit code.
    public func run() throws(SystemError) -> Int32 {
        Privileges.adoptOrphans()
        try reactor.add(signals, .readable, self)
        try startCore()
        try reactor.run()
        containers.removeGroups()
        return 0
    }

    public func handle(_ events: Events) {
        while let signal = Signals.next(signals) {
            switch signal {
            case Signals.child: reap()
            case Signals.hangUp: endCore(then: .restarting)
            default: endCore(then: .stopping)
            }
        }
    }

    /// Tells who waits for the start, once. A first core that cannot serve ends the supervisor too: `start` failed, and
    /// a failed start leaves nothing behind.
    func report(_ report: Report) {
        guard let tell = waiting else { return }
        waiting = nil
        if case .failed = report { phase = .stopping }
        tell(report)
    }

    /// Most of the program is needed by the start alone. Its pages are given back once that is long past.
    static func releaseStartPages(_ reactor: Reactor) {
        reactor.schedule(afterNanoseconds: startPagesAfter) { Machine.releaseProgramPages() }
    }

    private func startCore() throws(SystemError) {
        let pair = try Socket.recordPair()
        let supervisor = Processes.current
        do throws(SystemError) {
            FileDescriptor.makeNonBlocking(pair.0)
            try reactor.add(pair.0, .readable, CoreLink(supervisor: Unmanaged.passUnretained(self)))
            // Last: from here on there is a core, which nothing may fail to know.
            let process = try Privileges.fork()
            if process == 0 {
                // The lock, the process file's number, the event loop and the logs of root are not the core's.
                FileDescriptor.closeAll(except: [pair.1])
                Privileges.resetSignals()
                Processes.exit(coreMain(pair.1, supervisor))
            }
            core = process
        } catch {
            reactor.remove(pair.0)
            FileDescriptor.close(pair.0)
            FileDescriptor.close(pair.1)
            throw error
        }
        FileDescriptor.close(pair.1)
        link = pair.0
        outbox = RecordOutbox(socket: link)
        policy.grants = nil
        coreStarted = Clock.monotonic()
        log.info("Started the core as process \(core ?? 0).")
    }

    private func endCore(then next: Phase) {
        if phase == .stopping { return }
        phase = next
        guard let core else {
            // Between two cores: nothing to wait for.
            if let restartTimer { reactor.cancel(restartTimer) }
            restartTimer = nil
            restartPause = Self.firstRestartPause
            if next == .stopping { return finishStopping() }
            phase = .running
            return startCoreOrRetry()
        }
        _ = Processes.send(Signals.terminate, to: core)
        if killTimer == nil {
            killTimer = reactor.schedule(afterNanoseconds: Self.stopGrace) { [self] in
                killTimer = nil
                log.warn("The core did not end within \(Self.stopGrace / 1_000_000_000) s and is killed.")
                if let core = self.core { _ = Processes.send(Signals.kill, to: core) }
            }
        }
    }

    private func reap() {
        var mayHaveLeft = false
        while let (process, exit) = Processes.reap() {
            let plain = workers.removePlain(process: process)
            if let group = plain.group { containers.finish(group) }
            // Where there are control groups, what a process leaves behind ends with its group.
            if plain.wasMarked || workers.hasMarks && !workers.isKnown(process) { mayHaveLeft = true }
            if process == core {
                coreEnded(exit)
            } else if var contained = workers.removeContainer(process: process) {
                let (exit, outOfMemory) = containers.finish(&contained)
                guard let worker = workers.remove(process: process) else { continue }
                sendEnd(of: worker, exit, outOfMemory: outOfMemory)
            } else if let worker = workers.remove(process: process) {
                // What a function started goes with it, unless it left the process group on purpose.
                _ = Processes.send(Signals.kill, toGroup: process)
                sendEnd(of: worker, exit, outOfMemory: false)
            }
        }
        containers.removeUnfinished()
        if phase == .stopping, core == nil { return finishStopping() }
        if mayHaveLeft { endOrphans() }
    }

    private func sendEnd(of worker: UInt32, _ exit: ProcessExit, outOfMemory: Bool) {
        switch exit {
        case .code(let code): send(.exited(worker: worker, code: code, signal: 0))
        case .signal(let number):
            send(.exited(worker: worker, code: -1, signal: number, outOfMemory: outOfMemory))
        }
    }

    private func coreEnded(_ exit: ProcessExit) {
        core = nil
        if let killTimer { reactor.cancel(killTimer) }
        killTimer = nil
        outbox = nil
        reactor.remove(link)
        FileDescriptor.close(link)
        link = -1
        // Workers belonged to that core: the next one cannot know them.
        for process in workers.removeAll() { signal(process, Signals.kill) }
        // Nor what functions left behind when they ended, which has become ours.
        for process in ProcessTree.children(of: Processes.current) { _ = Processes.send(Signals.kill, to: process) }
        // One that ended on request, for a new deployment, says nothing about the start.
        if phase != .restarting { report(.failed("the core ended before it served, with \(exit.description)")) }
        switch phase {
        case .stopping: break
        case .restarting:
            phase = .running
            startCoreOrRetry()
        case .running:
            if exit == .code(CoreExit.startAgain) { startCoreOrRetry() } else { recover(from: exit) }
        }
    }

    private func recover(from exit: ProcessExit) {
        let now = Clock.monotonic()
        if now - coreStarted > Self.healthyAfter { restartPause = Self.firstRestartPause }
        let pause = restartPause
        restartPause = min(restartPause * 2, Self.lastRestartPause)
        let message =
            "The core died (\(exit.description)) after \((now - coreStarted) / 1_000_000) ms; it is started "
            + "again in \(pause / 1_000_000) ms."
        log.error(message)
        crashLog.append(LogLine.format(milliseconds: Clock.realtime(), level: .fatal, message: message.utf8))
        restartTimer = reactor.schedule(afterNanoseconds: pause) { [self] in
            restartTimer = nil
            startCoreOrRetry()
        }
    }

    private func startCoreOrRetry() {
        do throws(SystemError) {
            try startCore()
        } catch {
            log.error("The core could not be started: \(error.description).")
            restartTimer = reactor.schedule(afterNanoseconds: Self.lastRestartPause) { [self] in
                restartTimer = nil
                startCoreOrRetry()
            }
        }
    }

    /// Ends when nothing that was started is left, not before: `stop` leaves no process behind.
    private func finishStopping() {
        if let restartTimer { reactor.cancel(restartTimer) }
        let left = ProcessTree.children(of: Processes.current)
        for process in left { _ = Processes.send(Signals.kill, to: process) }
        if left.isEmpty { reactor.stop() }
    }
}
