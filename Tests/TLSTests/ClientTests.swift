import Bytes
import COpenSSL
import Foundation
import TLS
import Testing

/// Both sides ours: a client at one end of a socket pair, a server at the other.
@Suite struct ClientTests {
    let authority: TestAuthority
    let server: TLSIdentity
    let core: TLSIdentity

    init() throws {
        authority = try TestAuthority()
        server = try authority.server()
        core = try authority.device("core")
    }

    /// Runs both handshakes and gives the client's result.
    private func handshake(
        _ server: TLSIdentity, host: String = "localhost", trusting: Certificate? = nil,
        body: (TLSConnection, TLSConnection) throws -> Void = { _, _ in }
    ) throws -> TLSResult {
        var ends: [Int32] = [0, 0]
        try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
        defer { for end in ends { close(end) } }
        for end in ends { try #require(fcntl(end, F_SETFL, O_NONBLOCK) == 0) }
        signal(SIGPIPE, SIG_IGN)
        let known = core.leaf.id
        let near = try TLSConnection(accepting: ends[0], context: TLSContext(serving: [server]) { $0 == known })
        let context = try TLSClientContext(identity: core)
        let trusted = trusting ?? authority.certificate
        try context.trust(trusted.pem(), source: "ca.pem")
        let far = try TLSConnection(connecting: ends[1], host: host, context: context)
        var results: (TLSResult, TLSResult) = (.wantRead, .wantRead)
        for _ in 0..<20 {
            if results.0 == .wantRead { results.0 = far.handshake() }
            if results.1 == .wantRead { results.1 = near.handshake() }
        }
        if results.0 == .done(0), results.1 == .done(0) { try body(far, near) }
        return results.0
    }

    private func problem(_ result: TLSResult) -> UntrustedServer.Problem? {
        guard case .failed(.untrustedServer(let server)) = result else { return nil }
        return server.problem
    }

    @Test(
        "a server whose certificate leads to the authority and is for the host is trusted",
        arguments: [
            "localhost", "localhost.", "127.0.0.1",
        ])
    func trusted(_ host: String) throws {
        let result = try handshake(server, host: host) { client, server in
            #expect(client.peer?.commonName == "core")
            #expect(server.peer?.commonName == "core")
            var room = [UInt8](repeating: 0, count: 16)
            #expect(Array("hello".utf8).withUnsafeBytes { client.write($0) } == .done(5))
            #expect(room.withUnsafeMutableBytes { server.read(into: $0) } == .done(5))
        }
        #expect(result == .done(0))
    }

    @Test("NET-01: another authority, another name: refused, with what was wrong")
    func untrusted() throws {
        let other = try TestAuthority()
        #expect(problem(try handshake(server, trusting: other.certificate)) == .unknownIssuer)
        #expect(problem(try handshake(server, host: "example.com")) == .otherName)
        #expect(problem(try handshake(server, host: "127.0.0.2")) == .otherName)
    }

    @Test("H-44: a certificate before and after its time is refused with its dates")
    func dates() throws {
        let key = try PrivateKey.generate(.ecP256, source: "server.key")
        func identity(_ from: Int64, _ to: Int64) throws -> TLSIdentity {
            let template = CertificateTemplate(
                commonName: "cloud", usage: .server, names: [.host("localhost")], notBefore: from, notAfter: to)
            let made = try template.signed(
                for: key, by: authority.certificate, with: authority.key, source: "server.crt")
            return try TLSIdentity(key: key, chain: [made])
        }
        let late: Int64 = 4_000_000_000
        #expect(problem(try handshake(identity(late, TestAuthority.end))) == .notYetValid(from: late))
        let early: Int64 = 1_577_836_800
        #expect(problem(try handshake(identity(TestAuthority.start, early))) == .expired(since: early))
    }

    @Test("a file of authorities that holds none is refused by its name")
    func noAuthorities() throws {
        let context = try TLSClientContext()
        for bytes in [[], Array("nothing".utf8), try core.key.pem()] {
            #expect(throws: TLSError.self) { try context.trust(bytes, source: "ca.pem") }
        }
        #expect(try context.trust(authority.certificate.pem() + core.leaf.pem(), source: "ca.pem") == 2)
    }
}
