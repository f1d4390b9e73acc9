import Bytes

/// An Amazon resource name, `arn:partition:service:region:account:resource`, taken apart.
///
/// Parts become file and directory names here, so nothing but letters, digits and a few signs is let through.
struct ResourceName {
    let partition: String
    let service: String
    let region: String
    let account: String
    /// What follows the fifth colon.
    let resource: [UInt8]

    init?(_ text: String) {
        let bytes = [UInt8](text.utf8)
        guard bytes.count <= ResourceName.maximumBytes else { return nil }
        let parts = bytes.split(separator: UInt8(ascii: ":"), maxSplits: 5, omittingEmptySubsequences: false)
        guard parts.count == 6, Array(parts[0]) == [UInt8]("arn"), !parts[1].isEmpty, !parts[2].isEmpty else {
            return nil
        }
        for part in parts[1...3] where !ResourceName.isPlain(part) { return nil }
        guard parts[4].isEmpty || ResourceName.isAccount(parts[4]) else { return nil }
        partition = Array(parts[1]).text
        service = Array(parts[2]).text
        region = Array(parts[3]).text
        account = Array(parts[4]).text
        resource = Array(parts[5])
        guard !resource.isEmpty else { return nil }
    }

    /// What is left of the resource after a prefix such as `thing/`.
    func resource(after prefix: StaticString) -> String? {
        guard resource.starts(with: prefix), resource.count > prefix.utf8CodeUnitCount else { return nil }
        return Array(resource[prefix.utf8CodeUnitCount...]).text
    }

    /// The API's own bound on an ARN.
    static let maximumBytes = 2048

    /// Lower-case letters, digits and hyphens, or nothing.
    private static func isPlain(_ part: ArraySlice<UInt8>) -> Bool {
        for byte in part {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
                continue
            default: return false
            }
        }
        return true
    }

    private static func isAccount(_ part: ArraySlice<UInt8>) -> Bool {
        guard part.count == 12 else { return false }
        for byte in part where byte < UInt8(ascii: "0") || byte > UInt8(ascii: "9") { return false }
        return true
    }
}
