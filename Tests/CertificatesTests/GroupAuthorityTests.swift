import Certificates
import Foundation
import TLS
import Testing

@Suite struct GroupAuthorityTests {
    let scratch: Scratch

    init() throws {
        scratch = try Scratch()
    }

    @Test("TLS-02: the group CA is an RSA authority that OpenSSL accepts, its key for the owner only")
    func create() throws {
        let authority = try GroupAuthority.create(in: scratch.file("group-ca"))
        #expect(try scratch.mode("group-ca/ca.key") == 0o600)
        #expect(try scratch.mode("group-ca/ca.crt") == 0o644)
        let text = try OpenSSLTool.run("x509", "-noout", "-text", "-in", scratch.file("group-ca/ca.crt")).output
        for expected in [
            "Version: 3", "Signature Algorithm: sha256WithRSAEncryption", "Public-Key: (2048 bit)",
            "Not Before: Jan  1 00:00:00 1970 GMT", "Not After : Dec 31 23:59:59 2049 GMT",
            "X509v3 Basic Constraints: critical\n                CA:TRUE, pathlen:0",
            "X509v3 Key Usage: critical\n                Certificate Sign, CRL Sign",
            "X509v3 Subject Key Identifier:", "X509v3 Authority Key Identifier:", "CN = Greengrass group CA ",
        ] {
            #expect(text.contains(expected), "\(expected)")
        }
        let verified = try OpenSSLTool.run(
            "verify", "-x509_strict", "-check_ss_sig", "-CAfile", scratch.file("group-ca/ca.crt"),
            scratch.file("group-ca/ca.crt"))
        #expect(verified.status == 0, "\(verified.output)")
        #expect(authority.certificate.id == (try GroupAuthority.load(from: scratch.file("group-ca"))).certificate.id)
    }

    @Test("an authority that is there is never replaced")
    func keepsExisting() throws {
        try scratch.write("ca.crt", "precious")
        let error = #expect(throws: CertificateError.self) { try GroupAuthority.create(in: scratch.path) }
        #expect(error?.description.contains(scratch.file("ca.crt")) == true)
        #expect(try scratch.names == ["ca.crt"])
        #expect(try scratch.bytes("ca.crt") == [UInt8]("precious".utf8))
    }

    @Test("a missing authority is answered with the directory and the command that makes one")
    func missing() throws {
        let error = #expect(throws: CertificateError.self) { try GroupAuthority.load(from: scratch.file("none")) }
        let text = try #require(error?.description)
        #expect(text.contains(scratch.file("none")))
        #expect(text.contains("greengrassd init"))
    }

    @Test("half an authority is answered with the missing file")
    func half() throws {
        _ = try GroupAuthority.create(in: scratch.path)
        try FileManager.default.removeItem(atPath: scratch.file("ca.key"))
        let error = #expect(throws: CertificateError.self) { try GroupAuthority.load(from: scratch.path) }
        #expect(
            error?.description == "reading the group CA's private key: open \(scratch.file("ca.key")): "
                + "No such file or directory")
    }

    @Test("a certificate that does not match its key is answered with both files")
    func mismatch() throws {
        _ = try GroupAuthority.create(in: scratch.file("a"))
        _ = try GroupAuthority.create(in: scratch.file("b"))
        let error = #expect(throws: CertificateError.self) {
            try TLSIdentity.read(
                key: scratch.file("a/ca.key"), certificate: scratch.file("b/ca.crt"), purpose: "the core's")
        }
        let text = try #require(error?.description)
        #expect(text.contains(scratch.file("a/ca.key")))
        #expect(text.contains(scratch.file("b/ca.crt")))
    }

    @Test("an authority is read from bytes, as a process gets them through descriptors")
    func fromBytes() throws {
        let made = try GroupAuthority.create(in: scratch.path)
        let read = try GroupAuthority.load(
            certificatePEM: scratch.bytes("ca.crt"), keyPEM: scratch.bytes("ca.key"), directory: scratch.path)
        #expect(read.certificate.id == made.certificate.id)
        let device = try DeviceCredential.create(
            name: "d", type: .ecP256, authority: read, directory: scratch.file("devices"))
        #expect(try OpenSSLTool.run("verify", "-CAfile", scratch.file("ca.crt"), device.certificatePath).status == 0)
    }
}
