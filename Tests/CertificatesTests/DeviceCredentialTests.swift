import Certificates
import Foundation
import TLS
import Testing

@Suite struct DeviceCredentialTests {
    let scratch: Scratch
    let authority: GroupAuthority

    init() throws {
        scratch = try Scratch()
        authority = try Prepared.authority(in: scratch)
    }

    @Test(
        "a device's certificate is a client's, signed by the group CA, and its ID is the fingerprint",
        arguments: [KeyType.ecP256, .rsa2048])
    func create(type: KeyType) throws {
        let made = try DeviceCredential.create(
            name: "Thermo_1:a-b", type: type, authority: authority, directory: scratch.file("devices"))
        #expect(made.certificatePath == scratch.file("devices/Thermo_1:a-b.cert.pem"))
        #expect(made.keyPath == scratch.file("devices/Thermo_1:a-b.private.key"))
        #expect(try scratch.mode("devices/Thermo_1:a-b.private.key") == 0o600)
        #expect(try scratch.mode("devices/Thermo_1:a-b.cert.pem") == 0o644)
        let verified = try OpenSSLTool.run(
            "verify", "-x509_strict", "-purpose", "sslclient", "-CAfile", scratch.file("ca/ca.crt"),
            made.certificatePath)
        #expect(verified.status == 0, "\(verified.output)")
        let text = try OpenSSLTool.run("x509", "-noout", "-text", "-in", made.certificatePath).output
        #expect(text.contains("CN = Thermo_1:a-b"))
        #expect(text.contains("TLS Web Client Authentication"))
        #expect(text.contains("CA:FALSE"))
        #expect(text.contains(type == .ecP256 ? "NIST CURVE: P-256" : "Public-Key: (2048 bit)"))
        let shown = try OpenSSLTool.run("x509", "-noout", "-fingerprint", "-sha256", "-in", made.certificatePath).output
        let digits = try #require(shown.split(separator: "=").last).filter { $0.isHexDigit }.lowercased()
        #expect(made.certificateID.description == digits)
    }

    @Test("a server would not accept a device's certificate as a server's")
    func notAServer() throws {
        let made = try DeviceCredential.create(
            name: "d", type: .ecP256, authority: authority, directory: scratch.path)
        let verified = try OpenSSLTool.run(
            "verify", "-purpose", "sslserver", "-CAfile", scratch.file("ca/ca.crt"), made.certificatePath)
        #expect(verified.status != 0)
    }

    @Test("a device's files are never replaced")
    func keepsExisting() throws {
        try scratch.write("d.private.key", "precious")
        let error = #expect(throws: CertificateError.self) {
            try DeviceCredential.create(name: "d", type: .ecP256, authority: authority, directory: scratch.path)
        }
        #expect(error?.description.contains(scratch.file("d.private.key")) == true)
        #expect(try scratch.names == ["ca", "d.private.key"])
    }

    @Test(
        "a name that is no thing's name is refused before anything is written",
        arguments: ["", "a/b", "..", "a b", "é", String(repeating: "a", count: 129)])
    func names(name: String) throws {
        let error = #expect(throws: CertificateError.self) {
            try DeviceCredential.create(name: name, type: .ecP256, authority: authority, directory: scratch.path)
        }
        #expect(error?.description.contains("\"\(name)\"") == true)
        #expect(try scratch.names == ["ca"])
    }

    @Test("a name longer than a common name is cut in the certificate, not in the files")
    func longName() throws {
        let name = String(repeating: "a", count: 128)
        let made = try DeviceCredential.create(
            name: name, type: .ecP256, authority: authority, directory: scratch.path)
        #expect(made.keyPath.hasSuffix("/\(name).private.key"))
        let text = try OpenSSLTool.run("x509", "-noout", "-subject", "-in", made.certificatePath).output
        #expect(text == "subject=CN = \(String(repeating: "a", count: 64))\n")
    }
}
