import COpenSSL

/// OpenSSL's queue of errors, turned into text and always left empty.
///
/// `SSL_get_error(3)` looks at the queue: an entry left behind by one call is taken for the failure of the next, so
/// every function of this module that fails drains it.
enum ErrorQueue {
    /// More entries than this say nothing new: the decoders of keys leave one for each format tried.
    private static let entriesInText = 3

    struct Entry {
        let code: CUnsignedLong
        let detail: String

        var isTLS: Bool { copenssl_error_library(code) == ERR_LIB_SSL }
        var reason: Int32 { copenssl_error_reason(code) }

        /// OpenSSL's words for the reason, or the number where the library was built without texts.
        var text: String {
            var text: String
            if let reason = ERR_reason_error_string(code) {
                text = String(cString: reason)
            } else {
                text = "OpenSSL error 0x" + String(UInt64(code), radix: 16)
            }
            if !detail.isEmpty { text += " (" + detail + ")" }
            return text
        }
    }

    static func clear() {
        ERR_clear_error()
    }

    /// Takes all entries, the cause first.
    static func drain() -> [Entry] {
        var entries: [Entry] = []
        while true {
            var detail: UnsafePointer<CChar>?
            var flags: Int32 = 0
            let code = ERR_get_error_all(nil, nil, nil, &detail, &flags)
            guard code != 0 else { return entries }
            var text = ""
            if let detail, flags & ERR_TXT_STRING != 0 { text = String(cString: detail) }
            entries.append(Entry(code: code, detail: text))
        }
    }

    /// Takes all entries as one text without a full stop.
    static func text() -> String {
        text(of: drain())
    }

    static func text(of entries: [Entry]) -> String {
        var texts: [String] = []
        for entry in entries where texts.count < entriesInText {
            let text = entry.text
            if !texts.contains(text) { texts.append(text) }
        }
        return texts.isEmpty ? "OpenSSL gave no reason" : texts.joined(separator: "; ")
    }
}
