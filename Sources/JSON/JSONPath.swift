/// Where a value stands in a document, from the root: `$.coreThing.keepAlive`, `$.Functions[2]`.
public struct JSONPath: Sendable {
    public enum Step: Sendable {
        case key(String)
        case index(Int)
    }

    public let steps: [Step]

    public static let root = JSONPath(steps: [])

    public init(steps: [Step]) {
        self.steps = steps
    }

    public func appending(_ step: Step) -> JSONPath {
        JSONPath(steps: steps + [step])
    }
}

extension JSONPath: CustomStringConvertible {
    /// `$.key[0]["other key"]`.
    public var description: String {
        var text = "$"
        for step in steps {
            switch step {
            case .index(let index): text += "[\(index)]"
            case .key(let key): text += JSONPath.isPlain(key) ? ".\(key)" : "[\(JSON.quoted(key))]"
            }
        }
        return text
    }

    private static func isPlain(_ key: String) -> Bool {
        for byte in key.utf8 where byte != UInt8(ascii: "-") && !JSONParser.isWordByte(byte) { return false }
        return !key.utf8.isEmpty
    }
}
