import COpenSSL

/// What a certificate says.
extension Certificate {
    /// The common name of the subject, cleaned for logs; empty where there is none.
    public var commonName: String { X509Text.commonName(pointer) }

    /// Seconds since 1970 from which it is valid.
    public var notBefore: Int64 { X509Text.seconds(X509_get0_notBefore(pointer)) }

    /// Seconds since 1970 until which it is valid.
    public var notAfter: Int64 { X509Text.seconds(X509_get0_notAfter(pointer)) }

    /// The host names and addresses it is valid for, in their order; names of other kinds are left out.
    public var names: [SubjectName] {
        guard let extensionBytes = extensionBytes(NID_subject_alt_name),
            let content = DER.content(of: extensionBytes[...], tag: DER.sequence)
        else { return [] }
        var names: [SubjectName] = []
        var rest = content
        while let (tag, value) = DER.next(&rest) {
            switch tag {
            case DER.context(2): names.append(.host(String(decoding: value, as: UTF8.self)))
            case DER.context(7): names.append(.address([UInt8](value)))
            default: continue
            }
        }
        return names
    }

    /// The bytes of the extension with the object identifier `nid` names, or nil.
    func extensionBytes(_ nid: Int32) -> [UInt8]? {
        let index = X509_get_ext_by_NID(pointer, nid, -1)
        guard index >= 0, let found = X509_get_ext(pointer, index), let data = X509_EXTENSION_get_data(found),
            let start = ASN1_STRING_get0_data(data)
        else { return nil }
        return [UInt8](UnsafeRawBufferPointer(start: start, count: Int(ASN1_STRING_length(data))))
    }
}

/// Reading the text and time types of X.509.
enum X509Text {
    /// Longest common name shown (ub-common-name, RFC 5280 appendix A.1).
    private static let longestName = 64

    /// The common name of a certificate's subject. It comes from whoever connects: bounded, printable ASCII and
    /// well-formed UTF-8 only, so that it can neither forge nor flood a log line.
    static func commonName(_ x509: OpaquePointer) -> String {
        guard let subject = X509_get_subject_name(x509) else { return "" }
        return commonName(ofName: subject)
    }

    /// The common name of who signed the certificate, else the organisation's: old authorities have no other.
    static func issuerName(_ x509: OpaquePointer) -> String {
        guard let issuer = X509_get_issuer_name(x509) else { return "" }
        let name = commonName(ofName: issuer)
        return name.isEmpty ? text(issuer, NID_organizationName) : name
    }

    private static func commonName(ofName name: OpaquePointer) -> String { text(name, NID_commonName) }

    private static func text(_ subject: OpaquePointer, _ kind: Int32) -> String {
        let index = X509_NAME_get_index_by_NID(subject, kind, -1)
        guard index >= 0, let entry = X509_NAME_get_entry(subject, index),
            let data = X509_NAME_ENTRY_get_data(entry)
        else { return "" }
        var text: UnsafeMutablePointer<UInt8>?
        let count = ASN1_STRING_to_UTF8(&text, data)
        guard count >= 0, let text else {
            ErrorQueue.clear()
            return ""
        }
        var bytes = [UInt8](UnsafeRawBufferPointer(start: text, count: min(Int(count), longestName)))
        CRYPTO_free(text, #file, #line)
        for index in 0..<bytes.count where bytes[index] < 0x20 || bytes[index] == 0x7F {
            bytes[index] = UInt8(ascii: "?")
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Seconds since 1970, or 0 for a time that cannot be read. Days and seconds are counted apart: `time_t` and `int`
    /// have 32 bits on some boards, certificates last longer.
    static func seconds(_ time: UnsafePointer<ASN1_TIME>?) -> Int64 {
        guard let time, let epoch = ASN1_TIME_set(nil, 0) else { return 0 }
        defer { ASN1_STRING_free(epoch) }
        var days: Int32 = 0
        var seconds: Int32 = 0
        guard ASN1_TIME_diff(&days, &seconds, epoch, time) == 1 else {
            ErrorQueue.clear()
            return 0
        }
        return Int64(days) * 86_400 + Int64(seconds)
    }
}
