extension JSONParser {
    /// RFC 8259 section 5.
    mutating func parseArray() throws(JSONError) -> JSON {
        try enter()
        var elements: [JSON] = []
        skipWhiteSpace()
        if peek == UInt8(ascii: "]") {
            leave()
            return .array(elements)
        }
        while true {
            elements.append(try parseValue())
            skipWhiteSpace()
            if peek == UInt8(ascii: "]") {
                leave()
                return .array(elements)
            }
            try passComma(closing: UInt8(ascii: "]"), "',' or ']' after the array's element")
        }
    }

    /// RFC 8259 section 4.
    mutating func parseObject() throws(JSONError) -> JSON {
        try enter()
        var members: [JSONObject.Member] = []
        var offsets: [Int] = []
        skipWhiteSpace()
        if peek == UInt8(ascii: "}") {
            leave()
            return .object(JSONObject(members: members))
        }
        while true {
            offsets.append(index)
            let key = try parseKey()
            skipWhiteSpace()
            guard peek == UInt8(ascii: ":") else {
                throw error(startsComment ? .comment : .expected("':' after the key", found: found))
            }
            index += 1
            skipWhiteSpace()
            members.append(JSONObject.Member(key: key, value: try parseValue()))
            skipWhiteSpace()
            if peek == UInt8(ascii: "}") {
                leave()
                try refuseDuplicates(members, offsets)
                return .object(JSONObject(members: members))
            }
            try passComma(closing: UInt8(ascii: "}"), "',' or '}' after the member's value")
        }
    }

    private mutating func parseKey() throws(JSONError) -> String {
        guard peek == UInt8(ascii: "\"") else {
            if peek == UInt8(ascii: "'") { throw error(.singleQuotes) }
            throw error(startsComment ? .comment : .expected("a key in double quotes", found: found))
        }
        return try parseString()
    }

    private mutating func passComma(closing: UInt8, _ expectation: String) throws(JSONError) {
        guard peek == UInt8(ascii: ",") else {
            throw error(startsComment ? .comment : .expected(expectation, found: found))
        }
        let comma = index
        index += 1
        skipWhiteSpace()
        if peek == closing { throw error(.trailingComma(closing: closing), at: comma) }
    }

    private mutating func enter() throws(JSONError) {
        guard depth < maximumDepth else { throw error(.tooDeep(limit: maximumDepth)) }
        depth += 1
        index += 1
    }

    private mutating func leave() {
        depth -= 1
        index += 1
    }

    private var peek: UInt8? {
        index < text.count ? text[index] : nil
    }

    /// Few members are compared with each other, many are sorted first: the time stays in proportion to n log n
    /// whatever the keys are.
    private func refuseDuplicates(_ members: [JSONObject.Member], _ offsets: [Int]) throws(JSONError) {
        var order = Array(members.indices)
        if members.count > 8 {
            order.sort { first, second in
                let one = members[first].key.utf8
                let other = members[second].key.utf8
                if one.elementsEqual(other) { return first < second }
                return one.lexicographicallyPrecedes(other)
            }
            for place in 1..<order.count
            where members[order[place - 1]].key.hasSameBytes(as: members[order[place]].key) {
                throw duplicate(members[order[place]].key, offsets[order[place - 1]], offsets[order[place]])
            }
        } else {
            for second in members.indices {
                for first in 0..<second where members[first].key.hasSameBytes(as: members[second].key) {
                    throw duplicate(members[second].key, offsets[first], offsets[second])
                }
            }
        }
    }

    private func duplicate(_ key: String, _ first: Int, _ second: Int) -> JSONError {
        let line = TextPosition(offset: first, in: text).line
        return error(.duplicateKey(key, firstLine: line), at: second)
    }
}
