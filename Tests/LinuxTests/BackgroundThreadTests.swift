import CLinux
import Testing

@testable import Linux

@Suite("Background thread")
struct BackgroundThreadTests {
    private final class Job: BackgroundJob {
        let number: Int
        let record: (Int) -> Void
        var thread: pthread_t?
        var signals = sigset_t()

        init(_ number: Int, _ record: @escaping (Int) -> Void) {
            self.number = number
            self.record = record
        }

        func run() {
            thread = pthread_self()
            pthread_sigmask(SIG_BLOCK, nil, &signals)
        }

        func finished() { record(number) }
    }

    /// Holds the thread until somebody writes into the pipe.
    private final class Gate: BackgroundJob {
        let read: Int32
        var isOpen = false

        init(_ read: Int32) {
            self.read = read
        }

        func run() {
            var byte: UInt8 = 0
            var ready = pollfd(fd: read, events: Int16(POLLIN), revents: 0)
            _ = poll(&ready, 1, -1)
            _ = CLinux.read(read, &byte, 1)
        }

        func finished() { isOpen = true }
    }

    @Test("Jobs run in their order on another thread, with all signals blocked, and are finished on the reactor's")
    func order() throws {
        let reactor = try Reactor()
        let background = try BackgroundThread(reactor: reactor)
        var finished: [Int] = []
        let mainThread = pthread_self()
        let jobs = (1...100).map { number in
            Job(number) {
                #expect(pthread_equal(pthread_self(), mainThread) != 0)
                finished.append($0)
            }
        }
        for job in jobs { background.submit(job) }
        while finished.count < 100 { try reactor.turn(waiting: true) }
        #expect(finished == Array(1...100))
        for job in jobs {
            let thread = try #require(job.thread)
            #expect(pthread_equal(thread, mainThread) == 0)
            #expect(sigismember(&job.signals, SIGTERM) == 1)
        }
        background.stop()
    }

    @Test("The reactor goes on while a job blocks")
    func blocking() throws {
        let reactor = try Reactor()
        let background = try BackgroundThread(reactor: reactor)
        let ends = try FileDescriptor.pipe()
        defer { for end in [ends.read, ends.write] { FileDescriptor.close(end) } }
        let gate = Gate(ends.read)
        background.submit(gate)
        var calls = 0
        for _ in 0..<3 {
            reactor.schedule(afterNanoseconds: 0) { calls += 1 }
            try reactor.turn(waiting: false)
        }
        #expect(calls == 3)
        #expect(!gate.isOpen)
        try IO.writeAll(ends.write, [1], step: "write")
        while !gate.isOpen { try reactor.turn(waiting: true) }
        background.stop()
    }

    @Test("Stopping waits for what was submitted; what comes later is dropped")
    func stopping() throws {
        let reactor = try Reactor()
        let background = try BackgroundThread(reactor: reactor)
        var finished: [Int] = []
        for number in 1...10 { background.submit(Job(number) { finished.append($0) }) }
        background.stop()
        #expect(finished == Array(1...10))
        background.submit(Job(11) { finished.append($0) })
        background.stop()
        #expect(finished.count == 10)
    }
}
