import CLinux

/// Work that may block: it waits for a disk or a name server.
///
/// A submitted job belongs to the thread until `finished()`: nobody else touches it or what it refers to, so that no
/// object is ever used by two threads at once.
public protocol BackgroundJob: AnyObject {
    /// Does the work, on the background thread.
    func run()
    /// Takes the result, on the reactor's thread.
    func finished()
}

/// One thread beside the reactor's, which does jobs that may block one after another.
///
/// Whoever waits for somebody else's disk waits for it too: what must not wait for each other has a thread each.
public final class BackgroundThread: EventHandler {
    private final class Submission {
        let job: any BackgroundJob

        init(_ job: any BackgroundJob) {
            self.job = job
        }
    }

    /// Enough for SQLite and for musl's getaddrinfo(3), which wants the most.
    private static let stackSize = 256 * 1024

    private let reactor: Reactor
    private var thread: OpaquePointer?

    public init(reactor: Reactor) throws(SystemError) {
        self.reactor = reactor
        let started = clinux_thread_start(
            { pointer in
                guard let pointer else { return }
                Unmanaged<Submission>.fromOpaque(pointer).takeUnretainedValue().job.run()
            }, Self.stackSize)
        guard let started else { throw SystemError("start a background thread") }
        thread = started
        do throws(SystemError) {
            try reactor.add(clinux_thread_event(started), .readable, self)
        } catch {
            clinux_thread_join(started)
            clinux_thread_free(started)
            thread = nil
            throw error
        }
    }

    /// Hands a job over. After `stop()` it is dropped.
    public func submit(_ job: any BackgroundJob) {
        guard let thread else { return }
        clinux_thread_submit(thread, Unmanaged.passRetained(Submission(job)).toOpaque())
    }

    /// Waits until every submitted job is done and has its `finished()` called, and ends the thread.
    ///
    /// Blocks the reactor's thread: for the end of a process, and for tests.
    public func stop() {
        guard let thread else { return }
        clinux_thread_join(thread)
        takeDone()
        self.thread = nil
        reactor.remove(clinux_thread_event(thread))
        clinux_thread_free(thread)
    }

    public func handle(_ events: Events) {
        takeDone()
    }

    private func takeDone() {
        while let thread, let pointer = clinux_thread_take_done(thread) {
            Unmanaged<Submission>.fromOpaque(pointer).takeRetainedValue().job.finished()
        }
    }
}
