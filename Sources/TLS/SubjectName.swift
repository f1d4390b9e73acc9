import Bytes
import COpenSSL

/// A name a server certificate is valid for (`subjectAltName`, RFC 5280 section 4.2.1.6).
public enum SubjectName: Hashable, Sendable, CustomStringConvertible {
    /// A host name in ASCII.
    case host(String)
    /// 4 or 16 bytes of an IP address.
    case address([UInt8])

    /// An IPv4 or IPv6 address, with or without a zone (`fe80::1%eth0`), or a host name; nil for any other text.
    public init?(_ text: String) {
        // Host names have at most 253 characters (RFC 1035 section 2.3.4), addresses with a zone fewer.
        let bytes = text.bytes
        guard !bytes.isEmpty, bytes.count <= 253 else { return nil }
        let address = bytes.prefix { $0 != UInt8(ascii: "%") }
        if let octets = a2i_IPADDRESS(String(decoding: address, as: UTF8.self)) {
            defer { ASN1_STRING_free(octets) }
            guard let start = ASN1_STRING_get0_data(octets) else { return nil }
            self = .address([UInt8](UnsafeRawBufferPointer(start: start, count: Int(ASN1_STRING_length(octets)))))
            return
        }
        ErrorQueue.clear()
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                continue
            default:
                return nil
            }
        }
        self = .host(text)
    }

    /// The name as text. An IPv6 address is written in full, which is good enough for a log.
    public var description: String {
        guard case .address(let octets) = self else {
            if case .host(let name) = self { return name }
            return ""
        }
        var text = ""
        var index = 0
        while index < octets.count {
            if octets.count == 4 {
                text += index == 0 ? "\(octets[0])" : ".\(octets[index])"
                index += 1
            } else {
                let group = index + 1 < octets.count ? UInt32(octets[index]) << 8 | UInt32(octets[index + 1]) : 0
                text += (index == 0 ? "" : ":") + String(group, radix: 16)
                index += 2
            }
        }
        return text
    }

    /// The GeneralName of the extension.
    var der: [UInt8] {
        switch self {
        case .host(let name): DER.value(DER.context(2), name.bytes)
        case .address(let octets): DER.value(DER.context(7), octets)
        }
    }
}
