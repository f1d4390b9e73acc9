import CLinux
import Linux

/// A daemon in a process of its own, and the pipe on which it tells how its start went.
public struct BackgroundDaemon {
    public let process: Int32
    private let pipe: Int32
    /// Ends the report: the pipe itself may stay open in a process that was forked meanwhile.
    private static let end: UInt8 = 0

    /// Forks the daemon; in the child this never returns.
    public static func start(_ setup: DaemonSetup, _ lock: borrowing LockFile) throws(SetupError) -> BackgroundDaemon {
        let ends: (read: Int32, write: Int32)
        let process: Int32
        do throws(SystemError) {
            ends = try FileDescriptor.pipe()
            process = try Privileges.fork()
        } catch {
            throw SetupError("The daemon's process cannot be started", error)
        }
        if process == 0 {
            FileDescriptor.closeAll(except: [ends.write, lock.raw])
            Privileges.leaveSession()
            Privileges.closeStandardStreams(keepingOutput: false)
            if let title = title(setup) { Processes.setTitle(title) }
            Processes.exit(run(setup, lock, reportTo: ends.write))
        }
        FileDescriptor.close(ends.write)
        return BackgroundDaemon(process: process, pipe: ends.read)
    }

    /// What `ps` shows the daemon as, where the program is installed as a package: V1's name for it (configs-core.md, row
    /// INST-08), by which people and scripts look whether it runs.
    private static func title(_ setup: DaemonSetup) -> String? {
        guard let executable = setup.executable else { return nil }
        let name = Path.join(Path.join(Path.parent(executable), "bin"), "daemon")
        return Files.exists(name) ? name : nil
    }

    private static func run(_ setup: DaemonSetup, _ lock: borrowing LockFile, reportTo pipe: Int32) -> Int32 {
        let tell = { (line: String) in
            do throws(SystemError) { try IO.writeAll(pipe, [UInt8](line.utf8) + [end], step: "report") } catch {}
            FileDescriptor.close(pipe)
        }
        do throws(SetupError) {
            return try setup.runDaemon(lock, echoes: false) { report in
                switch report {
                case .serving: tell("+")
                case .partly(let problem): tell("~" + problem)
                case .failed(let reason): tell("-" + reason)
                }
            }
        } catch {
            tell("-" + error.sentence)
            return 1
        }
    }

    /// What the daemon reports, or nil when it reports nothing in that time.
    public func wait(milliseconds: Int64) -> Supervisor.Report? {
        defer { FileDescriptor.close(pipe) }
        let deadline = Clock.monotonic() + milliseconds * 1_000_000
        var line: [UInt8] = []
        while true {
            let left = (deadline - Clock.monotonic() + 999_999) / 1_000_000
            guard left > 0 else { return nil }
            var entry = pollfd(fd: pipe, events: Int16(POLLIN), revents: 0)
            if poll(&entry, 1, Int32(min(left, Int64(Int32.max)))) <= 0 { continue }
            var room = [UInt8](repeating: 0, count: 4096)
            switch room.withUnsafeMutableBytes({ IO.read(pipe, into: $0) }) {
            case .bytes(let count):
                line.append(contentsOf: room[0..<count])
                if line.last == Self.end { return Self.report(line.dropLast()) }
            case .wouldBlock: continue
            case .closed, .failed: return Self.report([])
            }
        }
    }

    private static func report(_ line: ArraySlice<UInt8>) -> Supervisor.Report {
        let text = String(decoding: line.dropFirst(), as: UTF8.self)
        switch line.first {
        case UInt8(ascii: "+"): return .serving
        case UInt8(ascii: "~"): return .partly(text)
        case UInt8(ascii: "-"): return .failed(text)
        default: return .failed("it ended without a word; supervisor.log in its log folder may say why.")
        }
    }
}
