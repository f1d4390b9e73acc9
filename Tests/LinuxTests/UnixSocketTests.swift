import Foundation
import Testing

@testable import Linux

@Suite("Socket files")
struct UnixSocketTests {
    @Test(
        "H-41: a socket file listens and is connected to wherever it lies, paths longer than 107 bytes too",
        arguments: [1, 30])
    func longPath(parts: Int) throws {
        let folder = try TemporaryFolder()
        let place = folder.path + String(repeating: "/folder", count: parts)
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        let path = place + "/greengrass_ipc.sock"
        #expect((path.utf8.count > Socket.longestPath) == (parts > 1))
        for _ in 1...2 {
            // The second one replaces what the first has left.
            let listener = FileDescriptor(owning: try Socket.listen(unixPath: path, mode: 0o600))
            let client = FileDescriptor(owning: try Socket.connect(unixPath: path, patience: 1000))
            guard case .accepted(let peer, _) = Socket.accept(listener.raw) else {
                Issue.record("nobody connected")
                return
            }
            FileDescriptor.close(peer)
            #expect(try Files.status(path)?.mode == 0o600)
            _ = client.raw
        }
        let missing = #expect(throws: SystemError.self) {
            try Socket.listen(unixPath: place + "/none/greengrass_ipc.sock", mode: 0o600)
        }
        #expect(missing?.description.contains(place + "/none/greengrass_ipc.sock") == true)
    }
}
