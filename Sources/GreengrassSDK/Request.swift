import Bytes
import CGreengrassSDK
import JSON

/// One call to the core: its handle, what came of it and the answer.
struct Request: ~Copyable {
    typealias Call = (gg_request, UnsafeMutablePointer<gg_request_result>) -> gg_error

    let handle: gg_request

    init() throws(GreengrassError) {
        var made: gg_request?
        let error = gg_request_init(&made)
        guard let made, error == GGE_SUCCESS else { throw GreengrassError(error) }
        handle = made
    }

    deinit { gg_request_close(handle) }

    /// Makes the call and reads the answer, which may be an error's.
    func answer(_ call: Call, _ status: inout gg_request_status) throws(GreengrassError) -> [UInt8] {
        var result = gg_request_result(request_status: GG_REQUEST_UNKNOWN)
        let error = call(handle, &result)
        if error != GGE_SUCCESS { throw GreengrassError(error) }
        status = result.request_status
        return readAll { gg_request_read(handle, $0, $1, $2) }
    }

    /// Makes the call and reads the answer.
    func answer(_ call: Call) throws(GreengrassError) -> [UInt8] {
        var status = GG_REQUEST_UNKNOWN
        let answer = try answer(call, &status)
        if let failure = GreengrassError(status, answer) { throw failure }
        return answer
    }
}

/// Reads until there is no more; nothing where reading fails.
func readAll(_ read: (UnsafeMutableRawPointer?, Int, UnsafeMutablePointer<Int>) -> gg_error) -> [UInt8] {
    var bytes: [UInt8] = []
    var amount = 0
    withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) { room in
        while read(room.baseAddress, room.count, &amount) == GGE_SUCCESS, amount > 0 {
            bytes.append(contentsOf: UnsafeRawBufferPointer(start: room.baseAddress, count: amount))
        }
    }
    return bytes
}

extension GreengrassError {
    init(_ code: gg_error) {
        self =
            switch code {
            case GGE_OUT_OF_MEMORY: .outOfMemory
            case GGE_INVALID_PARAMETER: .invalidArgument
            case GGE_INVALID_STATE: .alreadyHandling
            case GGE_TERMINATE: .terminating
            default: .coreUnreachable
            }
    }

    /// nil for success.
    init?(_ status: gg_request_status, _ answer: [UInt8]) {
        switch status {
        case GG_REQUEST_SUCCESS: return nil
        case GG_REQUEST_HANDLED: self = .failed(Self.message(answer))
        case GG_REQUEST_UNHANDLED: self = .crashed(Self.message(answer))
        case GG_REQUEST_AGAIN: self = .queueFull
        default: self = .refused(Self.message(answer))
        }
    }

    /// A service's error that the answer is: `{"code":404,"message":…}` of shadows, `{"Status":404,"Message":…}` of secrets.
    init?(service answer: [UInt8]) {
        guard let document = GreengrassError.document(answer) else { return nil }
        guard let code = (document["code"] ?? document["Status"])?.integerValue, let code = Int(exactly: code),
            let message = (document["message"] ?? document["Message"])?.stringValue
        else { return nil }
        self = .service(code: code, message: message)
    }

    private static func message(_ answer: [UInt8]) -> String {
        document(answer)?["errorMessage"]?.stringValue ?? answer.text
    }

    static func document(_ answer: [UInt8]) -> JSON? {
        do throws(JSONError) { return try JSON.parse(answer, maximumBytes: Event.largestPayload) } catch { return nil }
    }
}
