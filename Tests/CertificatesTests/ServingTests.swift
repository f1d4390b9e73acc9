import Certificates
import Foundation
import Linux
import TLS
import Testing

/// `openssl s_client` against a real listener that serves what was made.
@Suite struct ServingTests {
    let scratch: Scratch
    let authority: GroupAuthority
    let device: DeviceCredential
    let context: TLSContext

    init() throws {
        scratch = try Scratch()
        authority = try Prepared.authority(in: scratch)
        try Prepared.serverKeys(in: scratch)
        let made = try DeviceCredential.create(
            name: "thermometer", type: .ecP256, authority: authority, directory: scratch.file("devices"))
        device = made
        let (identities, _) = try ServerCertificate(directory: scratch.file("server")).prepare(
            authority: authority, names: ServerCertificate.subjectNames([]), commonName: "core",
            at: Int64(Date().timeIntervalSince1970))
        context = try TLSContext(serving: identities) { $0 == made.certificateID }
    }

    /// Serves one client: returns what the handshake and the first read gave.
    private func serve(_ arguments: [String]) throws -> (client: String, result: TLSResult, connection: TLSConnection) {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(listener) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                #expect(bind(listener, address, length) == 0)
                #expect(listen(listener, 1) == 0)
                #expect(getsockname(listener, address, &length) == 0)
            }
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments =
            [
                "openssl", "s_client", "-connect", "127.0.0.1:\(address.sin_port.byteSwapped)", "-CAfile",
                scratch.file("ca/ca.crt"), "-verify_return_error", "-verify_ip", "127.0.0.1",
            ] + arguments
        let stdin = Pipe()
        let stdout = Pipe()
        process.standardInput = stdin
        process.standardOutput = stdout
        process.standardError = stdout
        try process.run()
        stdin.fileHandleForWriting.write(Data("hello\n".utf8))

        let descriptor = accept(listener, nil, nil)
        let connection = try TLSConnection(accepting: descriptor, context: context)
        // The descriptor blocks: each step runs to its end.
        let result = connection.handshake()
        if case .done = result {
            var buffer = [UInt8](repeating: 0, count: 100)
            #expect(buffer.withUnsafeMutableBytes { connection.read(into: $0) } == .done(6))
            #expect(connection.shutdown() == .done(0))
        }
        shutdown(descriptor, Int32(SHUT_WR))
        try? stdin.fileHandleForWriting.close()
        let output = stdout.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        close(descriptor)
        return (String(decoding: output, as: UTF8.self), result, connection)
    }

    @Test(
        "s_client verifies the server and is recognised",
        arguments: [
            (["-tls1_3"], "ECDSA"), (["-tls1_2"], "ECDSA"), (["-tls1_2", "-cipher", "ECDHE-RSA-AES128-SHA"], "RSA"),
            (["-tls1_3", "-sigalgs", "RSA-PSS+SHA256:RSA+SHA256"], "RSA"),
        ])
    func accepted(version: [String], signature: String) throws {
        // A client that knows no ECDSA has an RSA key itself.
        let type: KeyType = version.contains("-sigalgs") ? .rsa2048 : .ecP256
        let own =
            try type == .ecP256
            ? device
            : DeviceCredential.create(name: "old", type: type, authority: authority, directory: scratch.path)
        let (identities, _) = try ServerCertificate(directory: scratch.file("server")).prepare(
            authority: authority, names: ServerCertificate.subjectNames([]), commonName: "core",
            at: Int64(Date().timeIntervalSince1970))
        let context = try TLSContext(serving: identities) { $0 == own.certificateID }
        let tests = ServingTests(self, context)
        let (client, result, connection) = try tests.serve(
            version + ["-cert", own.certificatePath, "-key", own.keyPath])
        #expect(result == .done(0), "\(client)")
        #expect(client.contains("Verify return code: 0 (ok)"), "\(client)")
        #expect(client.contains("Peer signature type: \(signature)"), "\(client)")
        #expect(connection.peer?.id == own.certificateID)
    }

    @Test("s_client with a certificate outside the group is refused", arguments: ["-tls1_3", "-tls1_2"])
    func refused(version: String) throws {
        let stranger = try DeviceCredential.create(
            name: "stranger", type: .ecP256, authority: authority, directory: scratch.path)
        let (client, result, _) = try serve(
            [version, "-cert", stranger.certificatePath, "-key", stranger.keyPath])
        #expect(
            result
                == .failed(.unknownCertificate(UnknownCertificate(id: stranger.certificateID, commonName: "stranger"))))
        #expect(client.contains("alert bad certificate"), "\(client)")
    }

    private init(_ other: ServingTests, _ context: TLSContext) {
        scratch = other.scratch
        authority = other.authority
        device = other.device
        self.context = context
    }
}
