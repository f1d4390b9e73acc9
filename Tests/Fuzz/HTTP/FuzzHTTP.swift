import Bytes
import HTTP

// Input: the seed of the split, whose lowest bit says whether a server or a client reads; then bytes from a connection.
//
// Properties: bytes in any pieces give the same messages and the same error; the writer's answer to a request that
// carries its values reads back with these values; nothing traps.

/// Small, so that short inputs reach every limit.
private let limits = HTTPLimits(lineBytes: 128, headerBytes: 256, headerCount: 8, bodyBytes: 128)

private struct Message: Equatable {
    var method = HTTPMethod.other
    var path: [UInt8] = []
    var query: [UInt8]?
    var status: HTTPStatus = .ok
    var headers: [[UInt8]] = []
    var body: [UInt8] = []
    var keepsAlive = false
}

private struct Outcome: Equatable {
    var messages: [Message] = []
    var error: HTTPError?
}

private func lines(_ headers: HTTPHeaders) -> [[UInt8]] {
    (0..<headers.count).map { Array(headers[$0].name) + [0x3A] + Array(headers[$0].value) }
}

private func requests(_ pieces: inout Pieces) -> Outcome {
    var outcome = Outcome()
    var parser = HTTPRequestParser(limits: limits)
    var buffer = ByteBuffer()
    do throws(HTTPError) {
        while let piece = pieces.next() {
            buffer.append(piece)
            while let request = try parser.next(from: &buffer) {
                let message = Message(
                    method: request.method, path: request.path, query: request.query, headers: lines(request.headers),
                    body: request.body, keepsAlive: request.keepsAlive)
                require(Int64(message.body.count) <= limits.bodyBytes, "a body is larger than the limit")
                require(!message.path.isEmpty && !message.path.contains(0), "a path is empty or holds NUL")
                outcome.messages.append(message)
            }
        }
    } catch {
        outcome.error = error
    }
    return outcome
}

private func response(_ pieces: inout Pieces) -> Outcome {
    var outcome = Outcome()
    var parser = HTTPResponseParser(limits: limits)
    var buffer = ByteBuffer()
    do throws(HTTPError) {
        var complete: HTTPResponse?
        while complete == nil, let piece = pieces.next() {
            buffer.append(piece)
            complete = try parser.next(from: &buffer)
        }
        let response: HTTPResponse
        if let complete { response = complete } else { response = try parser.end() }
        outcome.messages.append(
            Message(
                status: response.status, headers: lines(response.headers), body: response.body,
                keepsAlive: response.keepsAlive))
    } catch {
        outcome.error = error
    }
    return outcome
}

/// Echoes a request's values in a response and reads it back.
private func checkWriting(_ message: Message) {
    var buffer = ByteBuffer()
    HTTPWriter.beginResponse(.ok, to: &buffer)
    HTTPWriter.header("X-Path", message.path, to: &buffer)
    HTTPWriter.end(message.body, keepsAlive: message.keepsAlive, to: &buffer)
    var parser = HTTPResponseParser()
    guard let response = try? parser.next(from: &buffer) else {
        require(false, "a written response does not read back")
        return
    }
    require(response.headers.count == (message.keepsAlive ? 2 : 3), "a value started a header line of its own")
    require(response.body == message.body, "a written body reads back as another one")
    require(response.keepsAlive == message.keepsAlive, "keep-alive reads back as another one")
    require(buffer.isEmpty, "a written response is longer than it says")
}

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> Int32 {
    let input = Array(UnsafeBufferPointer(start: data, count: size))
    guard let seed = input.first else { return 0 }
    let bytes = Array(input.dropFirst())
    var whole = Pieces(bytes, whole: true)
    var pieces = Pieces(bytes, seed: seed)
    if seed & 1 == 0 {
        let outcome = requests(&whole)
        require(outcome == requests(&pieces), "the split of the bytes changes the requests")
        for message in outcome.messages { checkWriting(message) }
    } else {
        require(response(&whole) == response(&pieces), "the split of the bytes changes the response")
    }
    return 0
}
