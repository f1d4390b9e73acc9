import CLinux
import Linux
import Sandbox

/// A program that is run for what it says, for a time and no longer; nothing that it started stays in its process group.
struct BoundedProgram {
    enum End {
        case exit(ProcessExit?)
        /// It did not close its output in time.
        case late
        /// Nothing more of it was wanted.
        case refused
    }

    let specification: LaunchSpecification
    /// Milliseconds.
    let patience: Int64
    /// Whether standard error is heard too.
    let hearsErrors: Bool

    /// - Parameter take: gets what it says, in pieces; false ends it.
    /// - Throws: where it cannot be started.
    func run(_ take: (ArraySlice<UInt8>) -> Bool) throws(SystemError) -> End {
        let pipe = try FileDescriptor.pipe()
        defer { FileDescriptor.close(pipe.read) }
        let process = try start(pipe.write)
        let early = read(pipe.read, take)
        // What it started goes with it; one that works has nothing left.
        _ = Processes.send(Signals.kill, toGroup: process)
        let exit = Processes.wait(process)
        return early ?? .exit(exit)
    }

    private func start(_ output: Int32) throws(SystemError) -> Int32 {
        defer { FileDescriptor.close(output) }
        let null = FileDescriptor(owning: clinux_open("/dev/null", O_WRONLY | O_CLOEXEC, 0))
        guard null.raw >= 0 else { throw SystemError("open /dev/null") }
        return try Launcher.start(
            specification, descriptors: [output, hearsErrors ? output : null.raw], changesUser: Users.isRoot)
    }

    /// - Returns: why it was not read to its end, or nil.
    private func read(_ descriptor: Int32, _ take: (ArraySlice<UInt8>) -> Bool) -> End? {
        let deadline = Clock.monotonic() + patience * 1_000_000
        var room = [UInt8](repeating: 0, count: 65_536)
        while true {
            let left = (deadline - Clock.monotonic() + 999_999) / 1_000_000
            guard left > 0 else { return .late }
            var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            if poll(&entry, 1, Int32(left)) <= 0 { continue }
            switch room.withUnsafeMutableBytes({ IO.read(descriptor, into: $0) }) {
            case .bytes(let count): if !take(room[0..<count]) { return .refused }
            case .wouldBlock: continue
            case .closed, .failed: return nil
            }
        }
    }
}
