import Foundation

/// Where the tests find what they drive.
enum Places {
    /// Where scripts/test-environments has laid out what the tests need of the tree, all of it built.
    static let prepared = ProcessInfo.processInfo.environment["PERENNIAL_TREE"]
    /// The tree.
    static let top =
        prepared
        ?? URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path
    static let tests = top + "/Tests/IntegrationTests"

    /// The binary under test: `GREENGRASSD`, or the debug build.
    static let greengrassd = ProcessInfo.processInfo.environment["GREENGRASSD"] ?? top + "/.build/debug/greengrassd"

    /// The interpreter of the project's virtual environment (scripts/setup makes it).
    static let python: String = {
        if let path = ProcessInfo.processInfo.environment["PERENNIAL_PYTHON"] { return path }
        let answer = try? CommandResult.run([top + "/scripts/setup", "--python"])
        return answer?.output.first ?? "python3"
    }()

    /// The folder of an installed Python package, to be put into a function's package as its authors do.
    static func pythonPackage(_ name: String) throws -> String {
        let answer = try CommandResult.run([
            python, "-c", "import os, \(name); print(os.path.dirname(\(name).__file__))",
        ])
        guard answer.succeeded, let path = answer.output.first else {
            throw HarnessError("the Python package \(name) is missing; run scripts/setup. \(answer)")
        }
        return path
    }

    /// Whether this machine protects hard and soft links; a core starts without it only in insecure mode.
    static let linksAreProtected = ["hardlinks", "symlinks"].allSatisfy {
        (try? String(contentsOfFile: "/proc/sys/fs/protected_" + $0, encoding: .utf8))?.hasPrefix("1") == true
    }

    /// A TCP port that was free a moment ago and that no other test of this run is given. It lies below the ports that the
    /// kernel gives to outgoing connections (net.ipv4.ip_local_port_range), so that none of those takes it meanwhile.
    static func freePort() throws -> Int {
        nextPort.lock()
        defer { nextPort.unlock() }
        for _ in 0..<20_000 {
            candidate = candidate >= 30_000 ? 10_000 : candidate + 1
            if (try? Listener(port: candidate)) != nil { return candidate }
        }
        throw HarnessError("no free port between 10000 and 30000")
    }

    private static let nextPort = NSLock()
    /// Guarded by `nextPort`. Runs side by side begin at different places.
    nonisolated(unsafe) private static var candidate = Int.random(in: 10_000..<30_000)
}

/// A listening socket.
final class Listener {
    let port: Int
    private let descriptor: Int32

    /// - Parameter port: 0 takes one of the system's choosing.
    init(port wanted: Int = 0) throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        self.descriptor = descriptor
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = INADDR_ANY
        address.sin_port = in_port_t(wanted).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && listen(descriptor, 8) == 0
                    && getsockname(descriptor, $0, &length) == 0
            }
        }
        port = Int(UInt16(bigEndian: address.sin_port))
        guard bound else { throw HarnessError("no free port: \(String(cString: strerror(errno)))") }
    }

    deinit { close(descriptor) }
}
