/// A value of a document together with its path, for reading configuration: what is missing or wrong is reported with
/// the path it was looked for at.
///
/// Reading goes down without checks (`root["coreThing"]["keepAlive"]`); the typed read at the end throws.
public struct JSONNode: Sendable {
    public let path: JSONPath

    /// Nil where the document has nothing at the path.
    public let value: JSON?

    /// What was wrong on the way down.
    let fault: JSONMismatch?

    public init(_ value: JSON?, at path: JSONPath) {
        self.init(value, at: path, fault: nil)
    }

    init(_ value: JSON?, at path: JSONPath, fault: JSONMismatch?) {
        self.value = value
        self.path = path
        self.fault = fault
    }

    /// Whether a value is there and is not null.
    public var isPresent: Bool {
        guard let value else { return false }
        return !value.isNull
    }

    /// The member of that name, which may be absent.
    public subscript(key: String) -> JSONNode {
        let below = path.appending(.key(key))
        switch value {
        case .object(let object): return JSONNode(object[key], at: below)
        case nil, .null: return JSONNode(nil, at: below, fault: fault)
        default: return JSONNode(nil, at: below, fault: fault ?? mismatch("an object"))
        }
    }

    /// The element at that place, counted from 0, which may be absent.
    public subscript(index: Int) -> JSONNode {
        let below = path.appending(.index(index))
        switch value {
        case .array(let elements):
            return JSONNode(elements.indices.contains(index) ? elements[index] : nil, at: below)
        case nil, .null: return JSONNode(nil, at: below, fault: fault)
        default: return JSONNode(nil, at: below, fault: fault ?? mismatch("an array"))
        }
    }

    /// The complaint that something else was expected here.
    ///
    /// - Parameter showingValue: whether the text or number that stands here may be repeated to people.
    public func mismatch(_ expected: String, showingValue: Bool = false) -> JSONMismatch {
        fault ?? JSONMismatch(path: path, expected: expected, found: description(showingValue))
    }

    private func description(_ showingValue: Bool) -> String {
        guard let value else { return "nothing" }
        switch value {
        case .number(let number) where showingValue && number.text.utf8.count <= 40: return number.text
        case .string(let text) where showingValue && text.utf8.count <= 80: return JSON.quoted(text)
        case .string(let text) where text.utf8.isEmpty: return "an empty text"
        case .boolean(let flag): return flag ? "true" : "false"
        default:
            let kind = value.kind
            let bytes = UnsafeBufferPointer(start: kind.utf8Start, count: kind.utf8CodeUnitCount)
            return String(decoding: bytes, as: UTF8.self)
        }
    }
}
