import Bytes
import HTTP
import JSON
import Linux

/// Asks a running core how it is.
public enum StatusClient {
    /// A core with the largest group answers with less.
    static let mostBytes = 16_777_216

    /// - Returns: the core's answer, or nil while no core serves.
    public static func ask(_ layout: Layout) throws(SystemError) -> JSON? {
        let descriptor: FileDescriptor
        do throws(SystemError) {
            descriptor = FileDescriptor(owning: try Socket.connect(unixPath: layout.controlSocket))
        } catch {
            // ENOENT, ECONNREFUSED: nobody serves it now.
            if error.code == 2 || error.code == 111 || error.code == 20 { return nil }
            throw error
        }
        var request = ByteBuffer()
        HTTPWriter.beginRequest("GET", target: "/status", to: &request)
        HTTPWriter.end(keepsAlive: false, to: &request)
        try IO.writeAll(descriptor.raw, request.copy(), step: "ask the core")
        var answer = ByteBuffer()
        answer.append(try Files.read(descriptor: descriptor.raw, name: "the core's answer", limit: mostBytes))
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
}
