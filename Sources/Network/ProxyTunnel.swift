import Bytes
import HTTP

/// Asks a proxy for a way to a host (CONNECT, RFC 9110 section 9.3.6): bytes in, an answer out.
struct ProxyTunnel: ~Copyable {
    enum Progress: Equatable {
        case needsBytes
        case open
        /// The proxy refused with this status.
        case refused(UInt16)
        /// What came is no answer of a proxy.
        case malformed(String)
    }

    /// Seconds since 1970 by the proxy's clock, where its answer told.
    private(set) var date: Int64?
    private var parser: HTTPResponseParser

    init() {
        // The answer to CONNECT has no body where it says yes, and what a refusal says in its body is for browsers.
        parser = HTTPResponseParser(limits: HTTPLimits(headerBytes: 16_384, bodyBytes: 0), isAnswerToHead: true)
    }

    /// Writes the request.
    func ask(for place: HostAndPort, of proxy: NetworkProxy, to output: inout ByteBuffer) {
        let name = place.description.bytes
        output.append("CONNECT ")
        output.append(name)
        output.append(" HTTP/1.1\r\n")
        HTTPWriter.header("Host", name, to: &output)
        HTTPWriter.header("User-Agent", "perennial" as StaticString, to: &output)
        if let authorization = proxy.authorization {
            HTTPWriter.header("Proxy-Authorization", authorization, to: &output)
        }
        output.append("\r\n")
    }

    mutating func read(_ input: inout ByteBuffer) -> Progress {
        do throws(HTTPError) {
            guard let response = try parser.next(from: &input) else { return .needsBytes }
            date = response.headers.value("Date").flatMap { HTTPDate.seconds([UInt8]($0)) }
            let code = response.status.code
            return code >= 200 && code < 300 ? .open : .refused(code)
        } catch {
            return .malformed(error.description)
        }
    }
}

/// The date in HTTP's headers, `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 section 5.6.7).
enum HTTPDate {
    private static let months: [StaticString] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Seconds since 1970, or nil for another form.
    static func seconds(_ text: [UInt8]) -> Int64? {
        guard text.count == 29, text[3] == UInt8(ascii: ","), let day = number(text, 5, 2),
            let year = number(text, 12, 4), let hour = number(text, 17, 2), let minute = number(text, 20, 2),
            let second = number(text, 23, 2), year >= 1970
        else { return nil }
        var month: Int64?
        for (index, name) in months.enumerated() where [UInt8](text[8..<11]) == [UInt8](name) {
            month = Int64(index + 1)
        }
        guard let month else { return nil }
        // Days from the civil date, counted from 1 March so that the leap day ends the year.
        let shiftedYear = month <= 2 ? year - 1 : year
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let days = 365 * shiftedYear + shiftedYear / 4 - shiftedYear / 100 + shiftedYear / 400 + dayOfYear - 719_468
        return ((days * 24 + hour) * 60 + minute) * 60 + second
    }

    private static func number(_ text: [UInt8], _ start: Int, _ count: Int) -> Int64? {
        var value: Int64 = 0
        for byte in text[start..<start + count] {
            guard byte >= 0x30, byte <= 0x39 else { return nil }
            value = value * 10 + Int64(byte - 0x30)
        }
        return value
    }
}
