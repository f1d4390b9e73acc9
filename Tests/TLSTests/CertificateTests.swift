import Bytes
import COpenSSL
import Foundation
import TLS
import Testing

@Suite struct CertificateTests {
    let authority: TestAuthority
    let device: TLSIdentity

    init() throws {
        authority = try TestAuthority()
        device = try authority.device("thermometer", notAfter: 2_524_607_999)
    }

    @Test("the certificate ID is OpenSSL's SHA-256 fingerprint")
    func fingerprint() throws {
        let shown = try OpenSSLTool.run(["x509", "-noout", "-fingerprint", "-sha256"], input: device.leaf.pem()).output
        let digits = try #require(shown.split(separator: "=").last).filter { $0.isHexDigit }.lowercased()
        #expect(device.leaf.id.description == digits)
        #expect(device.leaf.id.description.count == 64)
        #expect(CertificateID(hexadecimal: digits.uppercased()) == device.leaf.id)
        #expect(CertificateID(device.leaf.id.bytes) == device.leaf.id)
    }

    @Test(
        "an ID of another length or with other characters is none",
        arguments: ["", "00", String(repeating: "g", count: 64), String(repeating: "0", count: 66)])
    func badID(text: String) {
        #expect(CertificateID(hexadecimal: text) == nil)
    }

    @Test("PEM and DER give the same certificate")
    func forms() throws {
        let pem = try device.leaf.pem()
        let process = try OpenSSLTool.run(["x509", "-outform", "DER"], input: pem)
        #expect(process.status == 0)
        let body = pem.text.split(separator: "\n").filter { !$0.hasPrefix("-") }.joined()
        let der = try #require(Base64.decode(body.bytes))
        #expect(try Certificate.read(der, source: "x").id == device.leaf.id)
        #expect(try Certificate.read(pem, source: "x").id == device.leaf.id)
    }

    @Test("a chain keeps its order, with text around the certificates")
    func chain() throws {
        let text = "leaf\n".bytes + (try device.leaf.pem()) + "issuer\n".bytes + (try authority.certificate.pem())
        let chain = try Certificate.readChain(text, source: "chain.pem")
        #expect(chain.map(\.id) == [device.leaf.id, authority.certificate.id])
        #expect(ERR_peek_error() == 0)
    }

    @Test("a chain of which one certificate is damaged is refused whole")
    func damagedChain() throws {
        var damaged = try authority.certificate.pem().text
        damaged.replaceSubrange(
            try #require(damaged.range(of: "\n-----END")), with: "!!\n-----END")
        let text = try device.leaf.pem() + damaged.bytes
        #expect(throws: TLSError.self) { try Certificate.readChain(text, source: "chain.pem") }
        #expect(ERR_peek_error() == 0)
    }

    @Test(
        "what is no certificate is refused with the name of the file",
        arguments: [[], "hello".bytes, [0x30, 0x82, 0xFF, 0xFF], [0x30, 0x80], "-----BEGIN CERTIFICATE-----\n".bytes])
    func garbage(bytes: [UInt8]) {
        let error = #expect(throws: TLSError.self) { try Certificate.read(bytes, source: "/c/core.crt") }
        #expect(error?.description.contains("/c/core.crt") == true)
        #expect(ERR_peek_error() == 0)
    }

    @Test("dates, name and issuer are read")
    func content() throws {
        #expect(device.leaf.commonName == "thermometer")
        #expect(device.leaf.notBefore == TestAuthority.start)
        #expect(device.leaf.notAfter == 2_524_607_999)
        #expect(device.leaf.isSigned(by: authority.certificate))
        #expect(!device.leaf.isSigned(by: device.leaf))
        #expect(device.leaf.names.isEmpty)
    }

    @Test("dates beyond 2038 and 2050, and the first of all, are exact", arguments: [0, 2_147_483_648, 4_102_444_800])
    func dates(time: Int64) throws {
        let made = try CertificateTemplate(commonName: "x", usage: .client, notBefore: time, notAfter: time + 86_399)
            .signed(for: device.key, by: authority.certificate, with: authority.key, source: "x")
        #expect(made.notBefore == time)
        #expect(made.notAfter == time + 86_399)
        let shown = try OpenSSLTool.run(["x509", "-noout", "-startdate", "-dateopt", "iso_8601"], input: made.pem())
        let expected = Date(timeIntervalSince1970: Double(time)).formatted(.iso8601).replacing("T", with: " ")
        #expect(shown.output == "notBefore=\(expected)\n")
    }

    @Test("a name from a stranger's certificate cannot forge a log line")
    func hostileName() throws {
        let made = try CertificateTemplate(
            commonName: "a\nFATAL b\u{7F}" + String(repeating: "é", count: 60), usage: .client, notBefore: 0,
            notAfter: 60
        ).signed(for: device.key, by: authority.certificate, with: authority.key, source: "x")
        #expect(made.commonName.hasPrefix("a?FATAL b?é"))
        #expect(made.commonName.utf8.count <= 64)
        #expect(made.commonName.utf8.allSatisfy { $0 >= 0x20 })
    }

    @Test("names of a server certificate come back as they went in")
    func names() throws {
        let names = ["localhost", "192.0.2.7", "2001:db8::1", "fe80::1%eth0", "gateway.local"].compactMap(
            SubjectName.init)
        #expect(names.count == 5)
        let made = try CertificateTemplate(commonName: "x", usage: .server, names: names, notBefore: 0, notAfter: 60)
            .signed(for: device.key, by: authority.certificate, with: authority.key, source: "x")
        #expect(made.names == names)
        #expect(
            names.map(\.description) == [
                "localhost", "192.0.2.7", "2001:db8:0:0:0:0:0:1", "fe80:0:0:0:0:0:0:1",
                "gateway.local",
            ])
        let shown = try OpenSSLTool.run(["x509", "-noout", "-ext", "subjectAltName"], input: made.pem()).output
        #expect(shown.contains("DNS:localhost, IP Address:192.0.2.7, IP Address:2001:DB8:0:0:0:0:0:1"))
    }

    @Test(
        "texts that are neither host name nor address are no names",
        arguments: ["", "a b", "é", "a/b", "x\n", String(repeating: "a", count: 254)])
    func badNames(text: String) {
        #expect(SubjectName(text) == nil)
        #expect(ERR_peek_error() == 0)
    }
}
