import Foundation
import Testing

/// A child process whose standard streams are pipes of ours.
///
/// Foundation's `Process` is not used: it waits in a run loop, and a test wants to wait for a line or an exit with a
/// deadline. Not thread-safe; a child belongs to one test.
final class Child {
    let pid: pid_t
    let output: LineReader
    let errors: LineReader
    private var input: Int32?
    private let end = End()

    enum Exit: Equatable {
        case code(Int32)
        case signal(Int32)
    }

    /// Between making a pipe and marking it close-on-exec no other test may start a child, or that child would hold the
    /// pipe open.
    private static let starting = NSLock()

    /// Does something during which no child is started, for instance writing a program: a child that is just being
    /// started holds what is open for writing, and a program that is open for writing cannot be executed.
    static func whileNoneStarts<Result>(_ body: () throws -> Result) rethrows -> Result {
        starting.lock()
        defer { starting.unlock() }
        return try body()
    }

    /// - Parameters:
    ///   - arguments: the program (looked up on `PATH`) and its arguments.
    ///   - environment: names to set over the environment of the tests.
    init(_ arguments: [String], environment: [String: String] = [:]) throws {
        let merged = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
        let argv = arguments.map { strdup($0) } + [nil]
        let envp = merged.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for pointer in argv + envp { free(pointer) } }

        Child.starting.lock()
        defer { Child.starting.unlock() }
        let standardInput = try Pipe()
        let standardOutput = try Pipe()
        let standardErrors = try Pipe()
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, standardInput.readEnd, 0)
        posix_spawn_file_actions_adddup2(&actions, standardOutput.writeEnd, 1)
        posix_spawn_file_actions_adddup2(&actions, standardErrors.writeEnd, 2)
        // Tests run on threads that block signals, and a child would inherit that: it could not be ended by SIGTERM.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var child: pid_t = 0
        let result = posix_spawnp(&child, arguments[0], &actions, &attributes, argv, envp)
        close(standardInput.readEnd)
        close(standardOutput.writeEnd)
        close(standardErrors.writeEnd)
        input = standardInput.writeEnd
        output = LineReader(owning: standardOutput.readEnd)
        errors = LineReader(owning: standardErrors.readEnd)
        pid = child
        guard result == 0 else {
            end.set(.code(127))
            throw HarnessError("\(arguments[0]) could not be started: \(String(cString: strerror(result)))")
        }
        end.follow(child)
    }

    deinit {
        closeInput()
        signal(SIGKILL)
        _ = wait(seconds: 10)
    }

    /// Writes one line to the child's standard input.
    func send(_ line: String) throws {
        guard let input else { throw HarnessError("the input of process \(pid) is closed") }
        let bytes = Array((line + "\n").utf8)
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes { write(input, $0.baseAddress, $0.count) }
            guard count > 0 else { throw HarnessError("process \(pid) does not read its input") }
            sent += count
        }
    }

    func closeInput() {
        if let input { close(input) }
        input = nil
    }

    func signal(_ number: Int32) {
        if end.value == nil { kill(pid, number) }
    }

    /// How the child ended, or nil when it had not within the time.
    func wait(seconds: Int = Deadline.standardSeconds) -> Exit? { end.wait(seconds: seconds) }
}

/// How a child ended, once it has: a thread waits for it, so that a test can wait with a deadline.
private final class End: @unchecked Sendable {
    private let condition = NSCondition()
    private var exit: Child.Exit?

    var value: Child.Exit? {
        condition.lock()
        defer { condition.unlock() }
        return exit
    }

    func set(_ value: Child.Exit) {
        condition.lock()
        exit = value
        condition.broadcast()
        condition.unlock()
    }

    func follow(_ pid: pid_t) {
        Thread.detachNewThread { [self] in
            var status: Int32 = 0
            while waitpid(pid, &status, 0) < 0, errno == EINTR {}
            set(status & 0x7f == 0 ? .code(status >> 8 & 0xff) : .signal(status & 0x7f))
        }
    }

    func wait(seconds: Int) -> Child.Exit? {
        let limit = Date(timeIntervalSinceNow: TimeInterval(seconds))
        condition.lock()
        defer { condition.unlock() }
        while exit == nil, condition.wait(until: limit) {}
        return exit
    }
}

/// Both ends of a pipe, each closed in a child that executes a program.
struct Pipe {
    let readEnd: Int32
    let writeEnd: Int32

    init() throws {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw HarnessError("pipe: \(String(cString: strerror(errno)))") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        readEnd = ends[0]
        writeEnd = ends[1]
    }
}

/// What the harness itself could not do; the message is the failure a person reads.
struct HarnessError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
