import Bytes
import COpenSSL
import Foundation
import TLS
import Testing

/// A server connection and a client at the two ends of a socket pair, moved on in turns until nothing changes.
final class Pair {
    let descriptors: (server: Int32, client: Int32)
    let server: TLSConnection
    let client: TestClient
    private(set) var serverResult: TLSResult = .wantRead
    /// 1 once the client's handshake is done, the OpenSSL error once it failed.
    private(set) var clientDone = false
    private(set) var clientFailure: String?

    init(_ context: TLSContext, _ client: TestClient, session: OpaquePointer? = nil) throws {
        var ends: [Int32] = [0, 0]
        try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
        for end in ends { try #require(fcntl(end, F_SETFL, fcntl(end, F_GETFL) | O_NONBLOCK) == 0) }
        signal(SIGPIPE, SIG_IGN)
        descriptors = (ends[0], ends[1])
        server = try TLSConnection(accepting: ends[0], context: context)
        self.client = client
        client.connect(ends[1], session: session)
    }

    deinit {
        close(descriptors.server)
        close(descriptors.client)
    }

    /// Runs both handshakes; bounded, since each turn must move bytes.
    func handshake() {
        for _ in 0..<20 {
            stepClient()
            if serverResult == .wantRead || serverResult == .wantWrite { serverResult = server.handshake() }
        }
        // TLS 1.3: the client believes itself done before the server has judged; its next read tells.
        if clientDone, clientFailure == nil { _ = readClient() }
    }

    private func stepClient() {
        guard !clientDone, clientFailure == nil else { return }
        ERR_clear_error()
        let returned = SSL_do_handshake(client.ssl)
        if returned == 1 {
            clientDone = true
        } else {
            note(returned)
        }
    }

    private func note(_ returned: Int32) {
        switch SSL_get_error(client.ssl, returned) {
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: break
        default: clientFailure = ERR_reason_error_string(ERR_peek_error()).map { String(cString: $0) } ?? "closed"
        }
        ERR_clear_error()
    }

    func readClient() -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        ERR_clear_error()
        let count = SSL_read(client.ssl, &buffer, Int32(buffer.count))
        guard count > 0 else {
            note(count)
            return []
        }
        return [UInt8](buffer[0..<Int(count)])
    }

    func writeClient(_ bytes: [UInt8]) -> Int32 {
        ERR_clear_error()
        let count = SSL_write(client.ssl, bytes, Int32(bytes.count))
        ERR_clear_error()
        return count
    }

    func readServer() -> (TLSResult, [UInt8]) {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let result = buffer.withUnsafeMutableBytes { server.read(into: $0) }
        guard case .done(let count) = result else { return (result, []) }
        return (result, [UInt8](buffer[0..<count]))
    }

    func writeServer(_ bytes: [UInt8]) -> TLSResult {
        bytes.withUnsafeBytes { server.write($0) }
    }
}
