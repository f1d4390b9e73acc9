import Bytes
import CGreengrassSDK

/// What C calls back has no context: the one handler of the process is kept here. It is set before the thread that calls it
/// is made, and never again.
nonisolated(unsafe) private var handler: Greengrass.Handler?

extension Greengrass {
    /// Handles one event after the other. What it returns is the answer to an invocation; of a message nobody reads it.
    public typealias Handler = (Event) throws(HandlerFailure) -> [UInt8]

    /// Handles events on this thread until the core ends the function.
    public func handleEvents(_ handle: @escaping Handler) throws(GreengrassError) {
        do throws(GreengrassError) {
            try start(handle, 0)
        } catch {
            if error == .terminating { return }
            throw error
        }
    }

    /// Handles events on a thread of their own, while this one goes on. When the core ends the function, calls on this
    /// thread fail with `GreengrassError.terminating`; a second later the process ends whatever it does.
    public func handleEventsAside(_ handle: @escaping Handler) throws(GreengrassError) {
        try start(handle, UInt32(GG_RT_OPT_ASYNC.rawValue))
    }

    private func start(_ handle: @escaping Handler, _ options: UInt32) throws(GreengrassError) {
        if handler != nil { throw .alreadyHandling }
        handler = handle
        let error = gg_runtime_start(handleOne, options)
        if error != GGE_SUCCESS { throw GreengrassError(error) }
    }
}

private func handleOne(_ context: UnsafePointer<gg_lambda_context>?) {
    guard let handler, let text = context?.pointee.client_context else { return }
    let payload = readAll { gg_lambda_handler_read($0, $1, $2) }
    let event = Event(payload: payload, context: String(cString: text).bytes)
    do throws(HandlerFailure) {
        let answer = try handler(event)
        _ = answer.withUnsafeBytes { gg_lambda_handler_write_response($0.baseAddress, $0.count) }
    } catch {
        _ = error.message.withCString { gg_lambda_handler_write_error($0) }
    }
}
