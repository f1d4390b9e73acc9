import Bytes
import COpenSSL
import Foundation
import TLS
import Testing

@Suite struct KeyTests {
    @Test("a key survives PEM", arguments: [KeyType.ecP256, .rsa2048])
    func roundTrip(type: KeyType) throws {
        let key = try PrivateKey.generate(type, source: "a.key")
        let pem = try key.pem()
        #expect(pem.text.hasPrefix("-----BEGIN PRIVATE KEY-----\n"))
        let again = try PrivateKey(pem: pem, source: "b.key")
        #expect(try again.pem() == pem)
        #expect(again.isRSA == (type == .rsa2048))
        #expect(throws: Never.self) { try again.checkSuitable() }
    }

    @Test(
        "the forms that other tools write are read",
        arguments: [
            ["ecparam", "-name", "prime256v1", "-genkey"], ["ecparam", "-name", "secp384r1", "-genkey"],
            ["genrsa", "-traditional", "2048"], ["genrsa", "2048"],
        ])
    func foreignForms(arguments: [String]) throws {
        let pem = try OpenSSLTool.run(arguments).output
        let key = try PrivateKey(pem: pem.bytes, source: "foreign.key")
        #expect(throws: Never.self) { try key.checkSuitable() }
    }

    @Test("a key with a pass phrase is refused at once, without a question on the terminal")
    func encrypted() throws {
        let pem = try OpenSSLTool.run(["genrsa", "-aes128", "-passout", "pass:secret", "2048"]).output
        #expect(throws: TLSError.encryptedKey(source: "/c/core.key")) {
            try PrivateKey(pem: pem.bytes, source: "/c/core.key")
        }
        #expect(TLSError.encryptedKey(source: "/c/core.key").description.contains("/c/core.key"))
        #expect(ERR_peek_error() == 0)
    }

    @Test(
        "what is no key is refused with the name of the file",
        arguments: ["", "hello", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
    func garbage(text: String) throws {
        let error = #expect(throws: TLSError.self) { try PrivateKey(pem: text.bytes, source: "/c/core.key") }
        guard case .unreadableKey("/c/core.key", let reason) = error else {
            Issue.record("another error")
            return
        }
        #expect(!reason.isEmpty)
        #expect(ERR_peek_error() == 0)
    }

    @Test(
        "RSA below 2048 bits and curves other than P-256 and P-384 are refused",
        arguments: [
            (["genrsa", "1024"], "RSA with 1024 bits"),
            (["ecparam", "-name", "secp256k1", "-genkey"], "EC on the curve secp256k1"),
            (["genpkey", "-algorithm", "ED25519"], "of another kind than RSA and EC"),
        ])
    func unsuitable(arguments: [String], found: String) throws {
        let key = try PrivateKey(pem: OpenSSLTool.run(arguments).output.bytes, source: "own.key")
        #expect(throws: TLSError.unsuitableKey(source: "own.key", found: found)) { try key.checkSuitable() }
    }

    @Test("a certificate that does not match its key is refused, and both files are named")
    func mismatch() throws {
        let authority = try TestAuthority()
        let first = try authority.device("first")
        let second = try authority.device("second")
        let error = #expect(throws: TLSError.keyMismatch(key: "first.key", certificate: "second.crt")) {
            try TLSIdentity(key: first.key, chain: second.chain)
        }
        #expect(error?.description.contains("first.key") == true)
        #expect(error?.description.contains("second.crt") == true)
    }

    @Test("a key's bytes can be erased")
    func erase() throws {
        var bytes = [UInt8](repeating: 7, count: 100)
        bytes.withUnsafeBytes { before in
            #expect(before.allSatisfy { $0 == 7 })
        }
        bytes.erase()
        #expect(bytes.isEmpty)
    }

    @Test("random bytes have the length asked for and differ")
    func random() throws {
        #expect(try SecureRandom.bytes(0).isEmpty)
        let first = try SecureRandom.bytes(32)
        #expect(first.count == 32)
        #expect(try first != SecureRandom.bytes(32))
    }
}
