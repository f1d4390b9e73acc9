import Bytes
import Certificates
import Foundation
import TLS
import Testing

@Suite struct ServerCertificateTests {
    static let now: Int64 = 1_800_000_000
    static let day: Int64 = 86_400

    let scratch: Scratch
    let authority: GroupAuthority
    let server: ServerCertificate
    let names = ServerCertificate.subjectNames(["gateway", "192.0.2.7", "2001:db8::7"])

    init() throws {
        scratch = try Scratch()
        authority = try Prepared.authority(in: scratch)
        try Prepared.serverKeys(in: scratch)
        server = ServerCertificate(directory: scratch.file("server"))
    }

    @discardableResult
    private func prepare(
        _ names: [SubjectName]? = nil, authority other: GroupAuthority? = nil, at time: Int64 = now
    ) throws -> (identities: [TLSIdentity], issued: [String]) {
        try server.prepare(authority: other ?? authority, names: names ?? self.names, commonName: "gateway", at: time)
    }

    @Test("TLS-03: server.crt stands beside its key, with an EC and an RSA identity, both signed SHA-256 RSA")
    func files() throws {
        try FileManager.default.removeItem(atPath: scratch.file("server"))
        let (identities, issued) = try prepare()
        #expect(identities.map(\.key.isRSA) == [false, true])
        #expect(issued.count == 2)
        for file in ["server", "server-rsa"] {
            #expect(try scratch.mode("server/\(file).key") == 0o600)
            #expect(try scratch.mode("server/\(file).crt") == 0o644)
            for name in ["localhost", "gateway"] {
                let verified = try OpenSSLTool.run(
                    "verify", "-x509_strict", "-purpose", "sslserver", "-verify_hostname", name, "-CAfile",
                    scratch.file("ca/ca.crt"), scratch.file("server/\(file).crt"))
                #expect(verified.status == 0, "\(verified.output)")
            }
            for address in ["127.0.0.1", "::1", "192.0.2.7", "2001:db8::7"] {
                let verified = try OpenSSLTool.run(
                    "verify", "-verify_ip", address, "-CAfile", scratch.file("ca/ca.crt"),
                    scratch.file("server/\(file).crt"))
                #expect(verified.status == 0, "\(verified.output)")
            }
            let text = try OpenSSLTool.run("x509", "-noout", "-text", "-in", scratch.file("server/\(file).crt")).output
            #expect(text.contains("Signature Algorithm: sha256WithRSAEncryption"))
            #expect(text.contains("TLS Web Server Authentication"))
            #expect(text.contains(file == "server" ? "NIST CURVE: P-256" : "Digital Signature, Key Encipherment"))
        }
    }

    @Test("TLS-05: the certificate lasts seven days unless told otherwise, and begins in the past")
    func lifetime() throws {
        for identity in try prepare().identities {
            #expect(identity.leaf.notAfter == Self.now + 7 * Self.day)
            #expect(identity.leaf.notBefore == 0)
        }
        for file in ["server", "server-rsa"] {
            try FileManager.default.removeItem(atPath: scratch.file("server/\(file).crt"))
        }
        let longer = ServerCertificate(directory: scratch.file("server"), lifetimeDays: 30)
        let (identities, _) = try longer.prepare(
            authority: authority, names: names, commonName: "gateway", at: Self.now)
        #expect(identities[0].leaf.notAfter == Self.now + 30 * Self.day)
    }

    @Test("nothing is written while the certificate is good")
    func keeps() throws {
        let first = try prepare()
        let second = try prepare(at: Self.now + 5 * Self.day)
        #expect(second.issued.isEmpty)
        #expect(second.identities.map(\.leaf.id) == first.identities.map(\.leaf.id))
        // A machine that lost an address keeps it too.
        #expect(try prepare(ServerCertificate.subjectNames(["gateway"])).issued.isEmpty)
    }

    @Test(
        "the certificate is made anew, with the same key, for each of these reasons",
        arguments: [
            (5 * day + day / 2, [], "expires soon"), (8 * day, [], "has expired"), (-5 * day, [], "clock was set"),
            (0, ["198.51.100.9"], "198.51.100.9"),
        ])
    func renews(later: Int64, added: [String], reason: String) throws {
        let first = try prepare()
        let wanted = names + added.compactMap(SubjectName.init)
        let second = try prepare(wanted, at: Self.now + later)
        #expect(second.issued.count == 2)
        #expect(second.issued.allSatisfy { $0.contains(reason) }, "\(second.issued)")
        for (old, new) in zip(first.identities, second.identities) {
            #expect(old.leaf.id != new.leaf.id)
            #expect(new.leaf.matches(old.key))
            #expect(new.leaf.names == wanted)
        }
        #expect(try prepare(wanted, at: Self.now + later).issued.isEmpty)
    }

    @Test("TLS-03: an authority with an EC key signs the EC identity alone")
    func ecAuthority() throws {
        let other = try GroupAuthority.create(in: scratch.file("other"), type: .ecP256)
        let (identities, issued) = try prepare(authority: other)
        #expect(identities.map(\.key.isRSA) == [false])
        #expect(issued.count == 1)
        let verified = try OpenSSLTool.run(
            "verify", "-x509_strict", "-CAfile", scratch.file("other/ca.crt"), "-verify_hostname", "gateway",
            scratch.file("server/server.crt"))
        #expect(verified.status == 0, "\(verified.output)")
    }

    @Test("another authority makes another certificate")
    func otherAuthority() throws {
        try prepare()
        let other = try GroupAuthority.create(in: scratch.file("other"))
        let second = try prepare(authority: other)
        #expect(second.issued.allSatisfy { $0.contains("another CA") })
        #expect(second.identities.allSatisfy { $0.leaf.isSigned(by: other.certificate) })
    }

    @Test(
        "a board that wakes in 1970 serves: a good certificate is kept, a new one lasts until the clock is set",
        arguments: [0, 1_546_300_800])
    func clockless(wakes: Int64) throws {
        try prepare()
        #expect(try prepare(at: wakes).issued.isEmpty)
        for file in ["server", "server-rsa"] {
            try FileManager.default.removeItem(atPath: scratch.file("server/\(file).crt"))
        }
        let made = try prepare(at: wakes)
        #expect(made.identities.allSatisfy { $0.leaf.notAfter == authority.certificate.notAfter })
        let renewed = try prepare(at: Self.now)
        #expect(renewed.issued.allSatisfy { $0.contains("before the clock was set") })
        #expect(renewed.identities.allSatisfy { $0.leaf.notAfter == Self.now + 7 * Self.day })
    }

    @Test("a damaged file is replaced and named", arguments: ["server.crt", "server.key", "server-rsa.crt"])
    func damaged(file: String) throws {
        try prepare()
        try scratch.write("server/\(file)", "")
        let second = try prepare()
        #expect(second.issued.count == 1)
        #expect(second.issued.allSatisfy { $0.contains(scratch.file("server/\(file)")) }, "\(second.issued)")
        #expect(try prepare().issued.isEmpty)
    }

    @Test("a key of another certificate, as after a power cut between two writes, is mended")
    func mismatch() throws {
        try prepare()
        let other = try PrivateKey.generate(.ecP256, source: "other").pem()
        try scratch.write("server/server.key", other.text)
        let second = try prepare()
        #expect(second.issued.count == 1)
        #expect(second.identities[0].leaf.matches(second.identities[0].key))
    }

    @Test("TLS-05: a renewal that cannot be written serves all the same, and says so")
    func renewalUnwritable() throws {
        let first = try prepare()
        let server = scratch.file("server")
        // A directory in the way of the temporary file stands for a full disk; root may write to a read-only folder.
        for file in ["server.crt", "server-rsa.crt"] {
            try FileManager.default.createDirectory(
                atPath: "\(server)/\(file).partial", withIntermediateDirectories: false)
        }
        let renewed = try prepare(at: Self.now + 6 * Self.day)
        #expect(renewed.identities.allSatisfy { $0.leaf.notAfter > Self.now + 7 * Self.day })
        #expect(renewed.issued.count == 2 && renewed.issued.allSatisfy { $0.contains("cannot be kept") })
        #expect(renewed.identities.map(\.key.isRSA) == first.identities.map(\.key.isRSA))
        try FileManager.default.removeItem(atPath: "\(server)/server.crt")
        #expect(throws: CertificateError.self) { try prepare() }
    }

    @Test("names: loopback first, no doubles, nothing that is no name, bounded")
    func subjectNames() {
        #expect(
            ServerCertificate.subjectNames(["localhost", "böser", "10.0.0.1", "10.0.0.1"]).map(\.description)
                == ["localhost", "127.0.0.1", "0:0:0:0:0:0:0:1", "10.0.0.1"])
        #expect(ServerCertificate.subjectNames((0..<1000).map { "host\($0)" }).count == 100)
    }

    @Test("a directory that cannot be made is named")
    func unwritable() throws {
        try scratch.write("file", "")
        let blocked = ServerCertificate(directory: scratch.file("file/server"))
        let error = #expect(throws: CertificateError.self) {
            try blocked.prepare(authority: authority, names: names, commonName: "x", at: Self.now)
        }
        #expect(error?.description.contains(scratch.file("file")) == true)
    }
}
