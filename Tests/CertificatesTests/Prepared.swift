import Bytes
import Certificates
import Foundation
import TLS

/// RSA keys take long to make: these are made once for all tests that are not about making them.
enum Prepared {
    private static let directory = Result {
        let scratch = try Scratch()
        _ = try GroupAuthority.create(in: scratch.file("ca"))
        try FileManager.default.createDirectory(atPath: scratch.file("server"), withIntermediateDirectories: true)
        for (type, name) in [(KeyType.ecP256, "server.key"), (.rsa2048, "server-rsa.key")] {
            try scratch.write("server/\(name)", PrivateKey.generate(type, source: name).pem().text)
        }
        return SharedScratch(scratch: scratch)
    }

    /// Immutable once made.
    private final class SharedScratch: @unchecked Sendable {
        let scratch: Scratch

        init(scratch: Scratch) {
            self.scratch = scratch
        }
    }

    /// A group CA in `ca`.
    static func authority(in scratch: Scratch) throws -> GroupAuthority {
        try FileManager.default.copyItem(atPath: directory.get().scratch.file("ca"), toPath: scratch.file("ca"))
        return try GroupAuthority.load(from: scratch.file("ca"))
    }

    /// The server's keys, without certificates, in `server`.
    static func serverKeys(in scratch: Scratch) throws {
        try FileManager.default.copyItem(atPath: directory.get().scratch.file("server"), toPath: scratch.file("server"))
    }
}
