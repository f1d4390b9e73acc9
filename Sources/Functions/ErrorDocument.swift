import Bytes
import JSON

/// The JSON body of an error, in the shape AWS Lambda and V1 use: `{"errorMessage":"…"}`.
enum ErrorDocument {
    static func bytes(message: String) -> [UInt8] {
        var text = [UInt8]("{\"errorMessage\":")
        JSON.writeQuoted(message, to: &text)
        text.append(UInt8(ascii: "}"))
        return text
    }
}
