extension JSONParser {
    /// The offset of the value at the path in a text that was parsed before; see `JSONDocument.position(of:)`.
    mutating func offset(of steps: [JSONPath.Step]) -> Int {
        if text.count >= 3, text[0] == 0xEF { index = 3 }
        skipWhiteSpace()
        var offset = index
        for step in steps {
            guard let found = enterStep(step) else { return offset }
            offset = found
        }
        return offset
    }

    /// Goes to the value that the step leads to; the offset to show for it, or nil where there is none.
    private mutating func enterStep(_ step: JSONPath.Step) -> Int? {
        guard index < text.count else { return nil }
        switch step {
        case .key(let wanted):
            guard text[index] == UInt8(ascii: "{") else { return nil }
            return find { (parser: inout JSONParser, _) in
                guard let key = try? parser.parseString() else { return false }
                parser.skipWhiteSpace()
                parser.index += 1
                parser.skipWhiteSpace()
                return key.hasSameBytes(as: wanted)
            }
        case .index(let wanted):
            guard text[index] == UInt8(ascii: "[") else { return nil }
            return find { _, place in place == wanted }
        }
    }

    /// Walks the members or elements of what stands here until one is wanted; `isWanted` passes a member's key.
    private mutating func find(_ isWanted: (inout JSONParser, Int) -> Bool) -> Int? {
        index += 1
        var place = 0
        while true {
            skipWhiteSpace()
            guard index < text.count, text[index] != UInt8(ascii: "}"), text[index] != UInt8(ascii: "]") else {
                return nil
            }
            let start = index
            if isWanted(&self, place) { return start }
            guard (try? parseValue()) != nil else { return nil }
            skipWhiteSpace()
            if index < text.count, text[index] == UInt8(ascii: ",") { index += 1 }
            place += 1
        }
    }
}
