import Bytes
import COpenSSL

extension CertificateTemplate {
    private static let secondsInDay: Int64 = 86_400
    /// Bytes of a serial number: RFC 5280 section 4.1.2.2 allows 20; 16 random ones never meet by chance.
    private static let serialBytes = 16
    /// Bytes of a key identifier (RFC 7093 section 2, method 1).
    private static let keyIdentifierBytes = 20
    private static let longestCommonName = 64

    /// Makes the certificate of an authority that signs itself.
    public func selfSigned(with key: PrivateKey, source: String) throws(TLSError) -> Certificate {
        try sign(subject: key, issuer: nil, issuerKey: key, source: source)
    }

    /// Makes a certificate for a key, signed by an authority with SHA-256.
    public func signed(
        for key: PrivateKey, by issuer: Certificate, with issuerKey: PrivateKey, source: String
    ) throws(TLSError) -> Certificate {
        try sign(subject: key, issuer: issuer, issuerKey: issuerKey, source: source)
    }

    private func sign(
        subject: PrivateKey, issuer: Certificate?, issuerKey: PrivateKey, source: String
    ) throws(TLSError) -> Certificate {
        let serial = try SecureRandom.bytes(Self.serialBytes)
        Library.begin()
        guard let x509 = X509_new() else { throw failure(source) }
        // The value of version 3 is 2.
        let made =
            X509_set_version(x509, 2) == 1 && setSerial(x509, serial)
            && setTime(X509_getm_notBefore(x509), notBefore) && setTime(X509_getm_notAfter(x509), notAfter)
            && setNames(x509, issuer: issuer) && X509_set_pubkey(x509, subject.pointer) == 1
            && addExtensions(x509, subject: subject, issuer: issuer)
            && X509_sign(x509, issuerKey.pointer, EVP_sha256()) > 0
        guard made else {
            X509_free(x509)
            throw failure(source)
        }
        return try Certificate(owning: x509, source: source)
    }

    private func failure(_ source: String) -> TLSError {
        .library(step: "making the certificate \(source)", reason: ErrorQueue.text())
    }

    private func setSerial(_ x509: OpaquePointer, _ random: [UInt8]) -> Bool {
        var serial = random
        // Positive and never shorter than its bytes.
        serial[0] = serial[0] & 0x3F | 0x40
        guard let field = X509_get_serialNumber(x509) else { return false }
        return ASN1_STRING_set(field, serial, Int32(serial.count)) == 1
    }

    /// Days and seconds apart: see `X509Text.seconds`.
    private func setTime(_ field: UnsafeMutablePointer<ASN1_TIME>?, _ seconds: Int64) -> Bool {
        guard let field, let days = Int32(exactly: seconds / Self.secondsInDay) else { return false }
        return ASN1_TIME_adj(field, 0, days, Int(seconds % Self.secondsInDay)) != nil
    }

    private func setNames(_ x509: OpaquePointer, issuer: Certificate?) -> Bool {
        guard let subject = X509_get_subject_name(x509) else { return false }
        var name = commonName.bytes
        if name.count > Self.longestCommonName {
            var end = Self.longestCommonName
            // Not within a character.
            while end > 0, name[end] & 0xC0 == 0x80 { end -= 1 }
            name.removeSubrange(end...)
        }
        let unit = organisationalUnit.bytes
        guard unit.isEmpty || copenssl_name_add_utf8(subject, NID_organizationalUnitName, unit, Int32(unit.count)) == 1,
            copenssl_name_add_utf8(subject, NID_commonName, name, Int32(name.count)) == 1
        else { return false }
        if let issuer { return X509_set_issuer_name(x509, X509_get_subject_name(issuer.pointer)) == 1 }
        return X509_set_issuer_name(x509, subject) == 1
    }

    private func addExtensions(_ x509: OpaquePointer, subject: PrivateKey, issuer: Certificate?) -> Bool {
        let constraints: [UInt8] =
            usage == .authority ? DER.value(DER.boolean, [0xFF]) + DER.value(DER.integer, [0]) : []
        guard add(x509, NID_basic_constraints, critical: true, DER.value(DER.sequence, constraints)),
            add(x509, NID_key_usage, critical: true, keyUsage(isRSA: subject.isRSA))
        else { return false }
        if let purpose = extendedKeyUsage, !add(x509, NID_ext_key_usage, critical: false, purpose) { return false }
        if !names.isEmpty {
            var content: [UInt8] = []
            for name in names { content += name.der }
            guard add(x509, NID_subject_alt_name, critical: false, DER.value(DER.sequence, content)) else {
                return false
            }
        }
        guard let identifier = keyIdentifier(x509),
            add(x509, NID_subject_key_identifier, critical: false, identifier)
        else { return false }
        let issuerIdentifier = issuer.map { $0.extensionBytes(NID_subject_key_identifier) } ?? identifier
        // An authority made elsewhere may lack the extension; then the certificate goes without it too.
        guard let issuerIdentifier, issuerIdentifier.count > 2 else { return true }
        let field = DER.value(DER.context(0), [UInt8](issuerIdentifier[2...]))
        return add(x509, NID_authority_key_identifier, critical: false, DER.value(DER.sequence, field))
    }

    /// RFC 5280 section 4.2.1.3; the first octet counts the unused bits.
    private func keyUsage(isRSA: Bool) -> [UInt8] {
        switch usage {
        case .authority:
            // keyCertSign (5), cRLSign (6)
            DER.value(DER.bitString, [1, 0x06])
        case .server, .client:
            // digitalSignature (0); for suites without ECDHE keyEncipherment (2)
            isRSA ? DER.value(DER.bitString, [5, 0xA0]) : DER.value(DER.bitString, [7, 0x80])
        }
    }

    /// id-kp-serverAuth 1.3.6.1.5.5.7.3.1, id-kp-clientAuth 1.3.6.1.5.5.7.3.2
    private var extendedKeyUsage: [UInt8]? {
        let prefix: [UInt8] = [0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03]
        switch usage {
        case .authority: return nil
        case .server: return DER.value(DER.sequence, DER.value(DER.objectIdentifier, prefix + [1]))
        case .client: return DER.value(DER.sequence, DER.value(DER.objectIdentifier, prefix + [2]))
        }
    }

    private func keyIdentifier(_ x509: OpaquePointer) -> [UInt8]? {
        var digest = [UInt8](repeating: 0, count: CertificateID.byteCount)
        var length: UInt32 = 0
        guard X509_pubkey_digest(x509, EVP_sha256(), &digest, &length) == 1 else { return nil }
        return DER.value(DER.octetString, [UInt8](digest[0..<Self.keyIdentifierBytes]))
    }

    private func add(_ x509: OpaquePointer, _ nid: Int32, critical: Bool, _ der: [UInt8]) -> Bool {
        guard let value = ASN1_OCTET_STRING_new() else { return false }
        defer { ASN1_OCTET_STRING_free(value) }
        guard ASN1_OCTET_STRING_set(value, der, Int32(der.count)) == 1,
            let made = X509_EXTENSION_create_by_NID(nil, nid, critical ? 1 : 0, value)
        else { return false }
        defer { X509_EXTENSION_free(made) }
        return X509_add_ext(x509, made, -1) == 1
    }
}
