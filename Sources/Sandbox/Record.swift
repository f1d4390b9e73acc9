/// Writes the fields of a supervisor record.
struct RecordWriter {
    private(set) var bytes: [UInt8] = []

    mutating func header(_ kind: UInt32, _ worker: UInt32) {
        number(kind)
        number(worker)
    }

    mutating func number(_ value: UInt32) {
        for shift: UInt32 in [0, 8, 16, 24] { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
    }

    mutating func string(_ text: String) {
        number(UInt32(text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }

    mutating func list(_ texts: [String]) {
        number(UInt32(texts.count))
        for text in texts { string(text) }
    }

    mutating func numbers(_ values: [UInt32]) {
        number(UInt32(values.count))
        for value in values { number(value) }
    }

    mutating func flag(_ value: Bool) { number(value ? 1 : 0) }
}

/// Reads the fields of a supervisor record; nil wherever the record ends too early or a bound is passed.
struct RecordReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { position == bytes.count }

    mutating func number() -> UInt32? {
        guard bytes.count - position >= 4 else { return nil }
        var value: UInt32 = 0
        for index in 0..<4 { value |= UInt32(bytes[position + index]) << UInt32(index * 8) }
        position += 4
        return value
    }

    mutating func string() -> String? {
        guard let length = number(), Int64(length) <= Int64(bytes.count - position) else { return nil }
        let end = position + Int(length)
        defer { position = end }
        // A zero byte would end the string early for the kernel and mean another path than the one that was checked.
        guard !bytes[position..<end].contains(0) else { return nil }
        return String(decoding: bytes[position..<end], as: UTF8.self)
    }

    mutating func list(most: Int) -> [String]? {
        guard let count = number(), Int64(count) <= Int64(most) else { return nil }
        var texts: [String] = []
        for _ in 0..<count {
            guard let text = string() else { return nil }
            texts.append(text)
        }
        return texts
    }

    mutating func numbers(most: Int) -> [UInt32]? {
        guard let count = number(), Int64(count) <= Int64(most) else { return nil }
        var values: [UInt32] = []
        for _ in 0..<count {
            guard let value = number() else { return nil }
            values.append(value)
        }
        return values
    }

    mutating func flag() -> Bool? {
        switch number() {
        case 0: false
        case 1: true
        default: nil
        }
    }
}
