/// `arn:<partition>:iot:<region>:<account>:thing/<name>` (row CFG-03).
public struct ThingARN: Equatable, Sendable {
    public let text: String
    public let region: String
    public let account: String
    public let name: String

    public init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0] == "arn", !parts[1].isEmpty, parts[2] == "iot", parts[5].hasPrefix("thing/")
        else { return nil }
        let name = parts[5].dropFirst(6)
        // IoT thing names: 1 to 128 of [a-zA-Z0-9:_-] (CreateThing of the AWS IoT API).
        guard !name.isEmpty, name.utf8.count <= 128, name.utf8.allSatisfy(Self.isNameByte) else { return nil }
        self.text = text
        region = String(parts[3])
        account = String(parts[4])
        self.name = String(name)
    }

    /// Whether a thing may be called so.
    public static func isValid(name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 128 && name.utf8.allSatisfy(isNameByte)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: ":"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
