import Bytes
import HTTP
import JSON
import Linux

/// Asks a running core how it is.
public enum StatusClient {
    /// A core with the largest group answers with less.
    static let mostBytes = 16_777_216

    /// A core that works answers within a turn of its loop, milliseconds.
    static let patience: Int32 = 5000

    /// - Returns: the core's answer, or nil while no core serves, and where it does not answer in time.
    public static func ask(_ layout: Layout) throws(SystemError) -> JSON? {
        try ask(layout, "GET", "/status", [])
    }

    /// Asks which subscriptions would carry a message.
    /// - Returns: the answer of `Trace`, or nil as above.
    public static func trace(_ layout: Layout, topic: String, from: String?) throws(SystemError) -> JSON? {
        let question: JSON = ["topic": .string(topic), "from": from.map { .string($0) } ?? .null]
        return try ask(layout, "POST", "/trace", question.serialized())
    }

    private static func ask(
        _ layout: Layout, _ method: StaticString, _ target: StaticString, _ body: [UInt8]
    ) throws(SystemError) -> JSON? {
        var answer = ByteBuffer()
        do throws(SystemError) {
            let descriptor = FileDescriptor(
                owning: try Socket.connect(unixPath: layout.controlSocket, patience: patience))
            var request = ByteBuffer()
            HTTPWriter.beginRequest(method, target: target, to: &request)
            HTTPWriter.end(body, keepsAlive: false, to: &request)
            try IO.writeAll(descriptor.raw, request.copy(), step: "ask the core")
            answer.append(try Files.read(descriptor: descriptor.raw, name: "the core's answer", limit: mostBytes))
        } catch {
            if isAbsence(error.code) { return nil }
            throw error
        }
        var parser = HTTPResponseParser(limits: HTTPLimits(bodyBytes: Int64(mostBytes)))
        do throws(HTTPError) {
            guard let response = try parser.next(from: &answer), response.status == .ok else { return nil }
            do throws(JSONError) {
                return try JSON.parse(response.body, maximumBytes: mostBytes)
            } catch {
                return nil
            }
        } catch {
            return nil
        }
    }

    /// Whether the error means that nobody answers: ENOENT, ENOTDIR and ECONNREFUSED without a core, EPIPE and
    /// ECONNRESET where it ends meanwhile, EAGAIN where it hangs.
    private static func isAbsence(_ code: Int32) -> Bool { [2, 20, 111, 32, 104, 11].contains(code) }
}
