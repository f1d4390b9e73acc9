import Bytes
import Testing

@testable import JSON

@Suite("Writing JSON")
struct WritingTests {
    @Test("what was read is written as it was, numbers to the last digit")
    func lossless() throws {
        let text = #"{"b":[1.0,1e3,123456789012345678901234567890,-0],"a":{},"c":[],"d":"\"\\\n"}"#
        #expect(try read(text).serialized().text == text)
    }

    @Test("the pretty layout is for people and reads back as the same")
    func pretty() throws {
        let value: JSON = ["name": "core", "ports": [8883, 8000], "empty": [:], "none": []]
        let expected = """
            {
                "name": "core",
                "ports": [
                    8883,
                    8000
                ],
                "empty": {},
                "none": []
            }

            """
        #expect(value.serialized(layout: .pretty).text == expected)
        #expect(try read(expected) == value)
    }

    @Test("control characters, quotes and DEL are escaped, other letters are not")
    func escapes() {
        #expect(JSON.quoted("a\"\\\u{0}\u{1F}\u{7F}\t\r\u{8}\u{C}é😀/") == #""a\"\\\u0000\u001f\u007f\t\r\b\fé😀/""#)
    }

    @Test("bytes that are not UTF-8 are written as replacement characters")
    func foreignBytes() throws {
        var buffer = ByteBuffer()
        let bytes: [UInt8] = [0x61, 0xFF, 0xC3, 0x28, 0xE2, 0x82]
        JSON.writeQuoted(bytes.span, to: &buffer)
        let text = buffer.copy()
        #expect(text.text == "\"a\u{FFFD}\u{FFFD}(\u{FFFD}\u{FFFD}\"")
    }
}
