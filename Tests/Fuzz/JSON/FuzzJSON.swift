import Bytes
import Glibc
import JSON

// Input: a text.
//
// Properties: what was read is written, compact and pretty, as something that reads back the same; a text cut short is
// not accepted; doubles are those of the C library; every value's position is inside the text; any bytes, quoted, read
// back as a text; nothing traps.

private let limit = 1 << 20

private func read(_ text: [UInt8]) -> JSON? {
    try? JSON.parse(text, maximumBytes: limit, maximumDepth: 16)
}

private func checkWriting(_ value: JSON) {
    // The pretty layout indents below 16 levels by 64 blanks at most: no limit of the reader is near.
    let compact = value.serialized()
    require(read(compact) == value, "the compact form reads back as another value")
    require(read(value.serialized(layout: .pretty)) == value, "the pretty form reads back as another value")
}

private func checkCut(_ text: [UInt8], _ value: JSON) {
    switch value {
    case .null, .boolean, .number: return
    case .string, .array, .object: break
    }
    var end = text.count
    while end > 0, [0x20, 0x09, 0x0A, 0x0D].contains(text[end - 1]) { end -= 1 }
    require(read(Array(text[..<(end - 1)])) == nil, "a text without its last character is accepted")
}

private func checkValues(_ node: JSONNode, _ document: JSONDocument) {
    guard let value = node.value else {
        require(false, "a value is not there")
        return
    }
    switch value {
    case .number(let number):
        let expected = strtod(number.text, nil)
        require(
            expected.isFinite ? number.double?.bitPattern == expected.bitPattern : number.double == nil,
            "a double is not that of the C library")
        if let whole = number.int64, whole.magnitude < 1 << 53 {
            require(Double(whole) == expected, "a whole number is not the double")
        }
    case .array(let elements):
        for index in elements.indices { checkValues(node[index], document) }
    case .object(let object):
        for member in object.members { checkValues(node[member.key], document) }
    default:
        let position = document.position(of: node.path)
        require(position.line >= 1 && position.column >= 1, "a position is outside the text")
    }
}

private func checkQuoting(_ bytes: [UInt8]) {
    var text: [UInt8] = []
    JSON.writeQuoted(bytes.span, to: &text)
    guard case .string(let content) = read(text) else {
        require(false, "quoted bytes do not read back as a text")
        return
    }
    require(
        Array(content.utf8) == Array(String(decoding: bytes, as: UTF8.self).utf8)
            || !isWellFormed(bytes), "quoted text reads back as another one")
}

private func isWellFormed(_ bytes: [UInt8]) -> Bool {
    Array(String(decoding: bytes, as: UTF8.self).utf8) == bytes
}

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> Int32 {
    let text = Array(UnsafeBufferPointer(start: data, count: size))
    checkQuoting(text)
    do throws(JSONError) {
        let document = try JSONDocument(text, maximumBytes: limit, maximumDepth: 16)
        checkWriting(document.value)
        checkCut(text, document.value)
        checkValues(document.root, document)
    } catch {
        require(error.position.line >= 1 && error.position.column >= 1, "an error's position is outside the text")
        require(!error.description.isEmpty, "an error says nothing")
    }
    return 0
}
