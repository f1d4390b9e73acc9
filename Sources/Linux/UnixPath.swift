import CLinux

/// A socket file's address (unix(7)). A path that is too long for one is reached through its folder, which stays open until
/// `close()`: a core may be installed anywhere.
struct UnixPath {
    let address: sockaddr_un
    private let folder: Int32

    init(_ path: String) throws(SystemError) {
        if path.utf8.count <= Socket.longestPath {
            address = Self.address([UInt8](path.utf8))
            folder = -1
            return
        }
        let step = "use the socket path \(path) (longer than \(Socket.longestPath) bytes)"
        let descriptor = clinux_open_path(Path.parent(path))
        guard descriptor >= 0 else { throw SystemError(step) }
        let short = [UInt8]("/proc/self/fd/\(descriptor)/\(Path.name(path))".utf8)
        guard short.count <= Socket.longestPath else {
            FileDescriptor.close(descriptor)
            throw SystemError(step, code: ENAMETOOLONG)
        }
        address = Self.address(short)
        folder = descriptor
    }

    func close() {
        if folder >= 0 { FileDescriptor.close(folder) }
    }

    private static func address(_ path: [UInt8]) -> sockaddr_un {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { room in
            for index in path.indices { room[index] = path[index] }
        }
        return address
    }
}
