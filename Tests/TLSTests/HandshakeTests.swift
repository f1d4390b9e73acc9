import Bytes
import COpenSSL
import Foundation
import TLS
import Testing

@Suite struct HandshakeTests {
    let authority: TestAuthority
    let server: TLSIdentity
    let device: TLSIdentity

    init() throws {
        authority = try TestAuthority()
        server = try authority.server()
        device = try authority.device("thermometer")
    }

    private func context(_ known: [CertificateID]) throws -> TLSContext {
        try TLSContext(serving: [server]) { known.contains($0) }
    }

    private func pair(_ context: TLSContext, _ identity: TLSIdentity?, _ version: Int32) throws -> Pair {
        let client = try TestClient(trusting: authority.certificate, identity: identity, version: version)
        let pair = try Pair(context, client)
        pair.handshake()
        return pair
    }

    @Test("a device of the group is recognised and exchanges bytes", arguments: [TLS1_2_VERSION, TLS1_3_VERSION])
    func knownDevice(version: Int32) throws {
        let pair = try pair(context([device.leaf.id]), device, version)
        #expect(pair.serverResult == .done(0))
        #expect(pair.clientFailure == nil)
        #expect(pair.server.peer?.id == device.leaf.id)
        #expect(pair.server.peer?.commonName == "thermometer")
        #expect(pair.server.peer?.notAfter == TestAuthority.end)
        #expect(pair.server.protocolName == (version == TLS1_2_VERSION ? "TLSv1.2" : "TLSv1.3"))
        #expect(pair.server.cipherName.contains("AES"))
        #expect(pair.writeClient("hello".bytes) == 5)
        #expect(pair.readServer().1 == "hello".bytes)
        #expect(pair.readServer().0 == .wantRead)
        #expect(pair.writeServer("there".bytes) == .done(5))
        #expect(pair.readClient() == "there".bytes)
    }

    @Test(
        "a device is recognised by its certificate's ID whoever signed it, the device itself or an expired authority",
        arguments: [TLS1_2_VERSION, TLS1_3_VERSION])
    func foreignIssuer(version: Int32) throws {
        let key = try PrivateKey.generate(.ecP256, source: "own.key")
        let own = try CertificateTemplate(
            commonName: "own", usage: .authority, notBefore: TestAuthority.start, notAfter: TestAuthority.start + 60
        ).selfSigned(with: key, source: "own.crt")
        let identity = try TLSIdentity(key: key, chain: [own])
        let pair = try pair(context([own.id]), identity, version)
        #expect(pair.serverResult == .done(0))
        #expect(pair.server.peer?.id == own.id)
    }

    @Test(
        "an unknown certificate of our own authority does not get through the handshake, and the failure names it",
        arguments: [TLS1_2_VERSION, TLS1_3_VERSION])
    func unknownDevice(version: Int32) throws {
        let stranger = try authority.device("stranger")
        let pair = try pair(context([device.leaf.id]), stranger, version)
        #expect(
            pair.serverResult
                == .failed(.unknownCertificate(UnknownCertificate(id: stranger.leaf.id, commonName: "stranger"))))
        #expect(pair.clientFailure?.contains("bad certificate") == true)
        #expect(pair.server.peer == nil)
        guard case .failed(let failure) = pair.serverResult else { return }
        #expect(failure.description.contains(stranger.leaf.id.description))
        #expect(failure.description.contains("stranger"))
        #expect(ERR_peek_error() == 0)
        #expect(pair.readServer().0 == pair.serverResult)
    }

    @Test("a client without a certificate is refused", arguments: [TLS1_2_VERSION, TLS1_3_VERSION])
    func noCertificate(version: Int32) throws {
        let pair = try pair(context([device.leaf.id]), nil, version)
        #expect(pair.serverResult == .failed(.noCertificate))
        #expect(pair.clientFailure != nil)
        #expect(ERR_peek_error() == 0)
    }

    @Test(
        "a session is resumed while the device is in the group, and refused once it is removed",
        arguments: [TLS1_2_VERSION, TLS1_3_VERSION])
    func resumption(version: Int32) throws {
        var known = [device.leaf.id]
        let context = try TLSContext(serving: [server]) { known.contains($0) }
        let client = try TestClient(trusting: authority.certificate, identity: device, version: version)

        let first = try Pair(context, client)
        first.handshake()
        #expect(first.serverResult == .done(0))
        let session = try #require(SSL_get1_session(client.ssl))
        defer { SSL_SESSION_free(session) }

        let second = try Pair(context, client, session: session)
        second.handshake()
        #expect(second.serverResult == .done(0))
        #expect(second.server.isResumed)
        #expect(second.server.peer?.id == device.leaf.id)
        let renewed = try #require(SSL_get1_session(client.ssl))
        defer { SSL_SESSION_free(renewed) }

        known = []
        let third = try Pair(context, client, session: renewed)
        third.handshake()
        #expect(
            third.serverResult
                == .failed(.unknownCertificate(UnknownCertificate(id: device.leaf.id, commonName: "thermometer"))))
        #expect(third.clientFailure != nil)
    }

    @Test(
        "a device whose connection was lost without a farewell resumes, and so does one that keeps its first session",
        arguments: [TLS1_2_VERSION, TLS1_3_VERSION])
    func resumptionAgain(version: Int32) throws {
        let context = try context([device.leaf.id])
        let client = try TestClient(trusting: authority.certificate, identity: device, version: version)
        let session = try { () throws -> OpaquePointer in
            let first = try Pair(context, client)
            first.handshake()
            return try #require(SSL_get1_session(client.ssl))
        }()
        defer { SSL_SESSION_free(session) }
        for _ in 0..<3 {
            let next = try Pair(context, client, session: session)
            next.handshake()
            #expect(next.serverResult == .done(0))
            #expect(next.server.isResumed)
        }
    }

    @Test(
        "sessions of before are worth nothing after the identities were replaced",
        arguments: [TLS1_2_VERSION, TLS1_3_VERSION])
    func sessionsForgotten(version: Int32) throws {
        let context = try context([device.leaf.id])
        let client = try TestClient(trusting: authority.certificate, identity: device, version: version)
        let first = try Pair(context, client)
        first.handshake()
        let session = try #require(SSL_get1_session(client.ssl))
        defer { SSL_SESSION_free(session) }
        try context.replaceIdentities([server])
        let second = try Pair(context, client, session: session)
        second.handshake()
        #expect(second.serverResult == .done(0))
        #expect(!second.server.isResumed)
    }

    @Test(
        "a client that does not accept the server's certificate is named as such",
        arguments: [TLS1_2_VERSION, TLS1_3_VERSION])
    func untrustedServer(version: Int32) throws {
        let other = try TestAuthority()
        let client = try TestClient(trusting: other.certificate, identity: device, version: version)
        let pair = try Pair(context([device.leaf.id]), client)
        pair.handshake()
        #expect(pair.serverResult == .failed(.alert(48)))
        guard case .failed(let failure) = pair.serverResult else { return }
        #expect(failure.description.contains("group CA"))
    }

    @Test("TLS-11: TLS 1.1 is refused with a reason")
    func oldVersion() throws {
        let pair = try pair(context([device.leaf.id]), device, TLS1_1_VERSION)
        #expect(pair.serverResult == .failed(.oldProtocol))
    }

    @Test("bytes that are not TLS are refused with a reason")
    func notTLS() throws {
        for (bytes, expected): ([UInt8], TLSFailure) in [
            ("GET / HTTP/1.1\r\nHost: core\r\n\r\n".bytes, .plainHTTP),
            // A plain MQTT CONNECT.
            ([0x10, 0x0C, 0, 4] + "MQTT".bytes + [4, 2, 0, 60, 0, 0], .notTLS),
        ] {
            let client = try TestClient(trusting: authority.certificate, identity: nil, version: TLS1_3_VERSION)
            let pair = try Pair(context([]), client)
            #expect(send(pair.descriptors.client, bytes, bytes.count, 0) == bytes.count)
            #expect(pair.server.handshake() == .failed(expected))
            #expect(ERR_peek_error() == 0)
        }
    }

    @Test("a client that goes away in the handshake has closed")
    func goesAway() throws {
        let client = try TestClient(trusting: authority.certificate, identity: nil, version: TLS1_3_VERSION)
        let pair = try Pair(context([]), client)
        #expect(pair.server.handshake() == .wantRead)
        Glibc.shutdown(pair.descriptors.client, Int32(SHUT_WR))
        #expect(pair.server.handshake() == .closed)
    }

    @Test("the end is seen as closed, with a farewell and without", arguments: [true, false])
    func ends(withFarewell: Bool) throws {
        let pair = try pair(context([device.leaf.id]), device, TLS1_3_VERSION)
        if withFarewell { SSL_shutdown(pair.client.ssl) }
        Glibc.shutdown(pair.descriptors.client, Int32(SHUT_WR))
        #expect(pair.readServer().0 == .closed)
        #expect(pair.readServer().0 == .closed)
        #expect(ERR_peek_error() == 0)
    }

    @Test("a write is taken in part when the socket is full, and continues from another place in memory")
    func backpressure() throws {
        let pair = try pair(context([device.leaf.id]), device, TLS1_3_VERSION)
        let payload = (0..<4_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        var sent = 0
        var received: [UInt8] = []
        var waits = 0
        while received.count < payload.count {
            if sent < payload.count {
                // A fresh array for each attempt: another address.
                switch pair.writeServer([UInt8](payload[sent..<min(sent + 100_000, payload.count)])) {
                case .done(let count): sent += count
                case .wantWrite: waits += 1
                case let other: Issue.record("unexpected \(other)"); return
                }
            }
            if waits % 2 == 1 || sent == payload.count {
                let bytes = pair.readClient()
                received += bytes
                if bytes.isEmpty { waits += 1 }
            }
            try #require(waits < 100_000)
        }
        #expect(waits > 0)
        #expect(received == payload)
    }

    @Test(
        "TLS-11: every local suite of V1 for TLS 1.2 connects",
        arguments: [
            "ECDHE-RSA-AES128-SHA", "ECDHE-RSA-AES256-SHA", "ECDHE-RSA-AES256-GCM-SHA384", "AES128-SHA", "AES256-SHA",
            "AES128-GCM-SHA256", "AES256-GCM-SHA384", "ECDHE-ECDSA-AES128-GCM-SHA256",
            "ECDHE-ECDSA-AES256-GCM-SHA384",
        ])
    func suites(suite: String) throws {
        let context = try TLSContext(serving: [server, try Self.rsaServer(authority)]) { _ in true }
        let client = try TestClient(
            trusting: authority.certificate, identity: device, version: TLS1_2_VERSION, suites: suite)
        let pair = try Pair(context, client)
        pair.handshake()
        #expect(pair.serverResult == .done(0))
        #expect(pair.server.cipherName == suite)
    }

    private static func rsaServer(_ authority: TestAuthority) throws -> TLSIdentity {
        try authority.server(.rsa2048)
    }

    @Test("a suite that nobody should use finds no partner")
    func noSharedCipher() throws {
        let client = try TestClient(
            trusting: authority.certificate, identity: device, version: TLS1_2_VERSION, suites: "AECDH-AES128-SHA")
        let pair = try Pair(context([device.leaf.id]), client)
        pair.handshake()
        #expect(pair.serverResult == .failed(.noSharedCipher))
    }
}
