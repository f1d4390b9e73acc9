import Bytes

/// The name of a Lambda function, `arn:aws:lambda:region:account:function:name[:qualifier]`.
///
/// Every part is safe as a file name: region, account and name make the path of the function's log (LOG-05), the whole
/// the directory of its package (INST-04).
public struct FunctionARN: Equatable, Sendable {
    public let partition: String
    /// Empty for the core's own functions.
    public let region: String
    /// 12 digits; empty for the core's own functions.
    public let account: String
    public let name: String
    /// A version or an alias; nil where the ARN has none.
    public let qualifier: String?

    /// Nil where the text is no such name.
    public init?(_ text: String) {
        guard let parsed = ResourceName(text), parsed.service == "lambda" else { return nil }
        let parts = parsed.resource.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count == 2 || parts.count == 3, Array(parts[0]) == [UInt8]("function") else { return nil }
        guard FunctionARN.isName(parts[1], maximumBytes: 64) else { return nil }
        name = Array(parts[1]).text
        if parts.count == 3 {
            guard FunctionARN.isName(parts[2], maximumBytes: 128) || Array(parts[2]) == [UInt8]("$LATEST") else {
                return nil
            }
            qualifier = Array(parts[2]).text
        } else {
            qualifier = nil
        }
        partition = parsed.partition
        region = parsed.region
        account = parsed.account
    }

    /// Whether the qualifier is a version number and not an alias.
    public var isVersion: Bool {
        guard let qualifier, !qualifier.isEmpty else { return false }
        for byte in qualifier.utf8 where byte < UInt8(ascii: "0") || byte > UInt8(ascii: "9") { return false }
        return true
    }

    /// The ARN without its qualifier.
    public var unqualified: String { "arn:\(partition):lambda:\(region):\(account):function:\(name)" }

    public func qualified(_ qualifier: String) -> String { unqualified + ":" + qualifier }

    /// The Lambda API's pattern for names and aliases: `[a-zA-Z0-9-_]+`.
    private static func isName(_ part: ArraySlice<UInt8>, maximumBytes: Int) -> Bool {
        guard !part.isEmpty, part.count <= maximumBytes else { return false }
        for byte in part {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                continue
            default: return false
            }
        }
        return true
    }
}
