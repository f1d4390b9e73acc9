import Bytes
import CGreengrassSDK
import JSON

/// The core that this function runs on.
///
/// ```swift
/// let greengrass = try Greengrass()
/// try greengrass.handleEvents { event in
///     …
/// }
/// ```
public struct Greengrass: Sendable {
    /// This function's ARN with its version.
    public let functionARN: String

    /// Reads the environment that the core has given to the function. Before there are threads.
    public init() throws(GreengrassError) {
        switch gg_global_init(0) {
        case GGE_SUCCESS: break
        case GGE_OUT_OF_MEMORY: throw .outOfMemory
        default: throw .notAFunction
        }
        functionARN = Environment.value("MY_FUNCTION_ARN") ?? ""
    }

    // MARK: messages

    /// Publishes a message; the group's subscriptions say where it goes.
    public func publish(
        _ payload: [UInt8], to topic: String, whenFull policy: QueueFullPolicy = .bestEffort
    ) throws(GreengrassError) {
        var options: gg_publish_options?
        if policy == .allOrError {
            guard gg_publish_options_init(&options) == GGE_SUCCESS else { throw .outOfMemory }
            gg_publish_options_set_queue_full_policy(options, GG_QUEUE_FULL_POLICY_ALL_OR_ERROR)
        }
        defer { if let options { gg_publish_options_free(options) } }
        let request = try Request()
        _ = try request.answer { handle, result in
            topic.withCString { topic in
                payload.withUnsafeBytes {
                    gg_publish_with_options(handle, topic, $0.baseAddress, $0.count, options, result)
                }
            }
        }
    }

    public func publish(
        _ text: String, to topic: String, whenFull policy: QueueFullPolicy = .bestEffort
    ) throws(GreengrassError) {
        try publish(text.bytes, to: topic, whenFull: policy)
    }

    // MARK: functions

    /// Invokes another function and waits for its answer.
    /// - Parameters:
    ///   - arn: with the version that is deployed.
    ///   - context: a JSON object for the other function's `Event.context`.
    public func invoke(
        _ arn: String, _ payload: [UInt8] = [], context: JSON? = nil
    ) throws(GreengrassError) -> [UInt8] {
        try invoke(arn, payload, context, GG_INVOKE_REQUEST_RESPONSE)
    }

    /// Hands an event to another function, whose answer nobody waits for.
    public func send(_ payload: [UInt8], toFunction arn: String, context: JSON? = nil) throws(GreengrassError) {
        _ = try invoke(arn, payload, context, GG_INVOKE_EVENT)
    }

    private func invoke(
        _ arn: String, _ payload: [UInt8], _ context: JSON?, _ type: gg_invoke_type
    ) throws(GreengrassError) -> [UInt8] {
        let encoded = context.map { Base64.encode($0.serialized()).text } ?? ""
        let request = try Request()
        return try request.answer { handle, result in
            arn.withCString { arn in
                encoded.withCString { context in
                    payload.withUnsafeBytes {
                        var options = gg_invoke_options(
                            function_arn: arn, customer_context: context, qualifier: nil, type: type,
                            payload: $0.baseAddress, payload_size: $0.count)
                        return gg_invoke(handle, &options, result)
                    }
                }
            }
        }
    }

    // MARK: shadows and secrets

    /// The shadow document of a device.
    public func shadow(of thing: String) throws(GreengrassError) -> JSON {
        try service { handle, result in
            thing.withCString { gg_get_thing_shadow(handle, $0, result) }
        }
    }

    /// Changes the shadow of a device: `["state": ["desired": ["on": true]]]`.
    /// - Returns: what was accepted.
    @discardableResult
    public func updateShadow(of thing: String, with document: JSON) throws(GreengrassError) -> JSON {
        let text = document.serialized().text
        return try service { handle, result in
            thing.withCString { thing in
                text.withCString { gg_update_thing_shadow(handle, thing, $0, result) }
            }
        }
    }

    @discardableResult
    public func deleteShadow(of thing: String) throws(GreengrassError) -> JSON {
        try service { handle, result in
            thing.withCString { gg_delete_thing_shadow(handle, $0, result) }
        }
    }

    /// A secret that the group attaches to this function, by name or ARN.
    /// - Parameter stage: nil for the current one (`AWSCURRENT`).
    public func secret(_ name: String, stage: String? = nil) throws(GreengrassError) -> Secret {
        let stage = stage ?? ""
        let answer = try service { handle, result in
            name.withCString { name in
                stage.withCString { gg_get_secret_value(handle, name, nil, $0, result) }
            }
        }
        guard let secret = Secret(answer) else { throw .refused("the answer is no secret") }
        return secret
    }

    private func service(_ call: Request.Call) throws(GreengrassError) -> JSON {
        let request = try Request()
        var status = GG_REQUEST_UNKNOWN
        // The status alone does not tell a service's error from a function's.
        let answer = try request.answer(call, &status)
        if status == GG_REQUEST_HANDLED, let error = GreengrassError(service: answer) { throw error }
        if let error = GreengrassError(status, answer) { throw error }
        guard let document = GreengrassError.document(answer) else { throw .refused("the answer is not JSON") }
        return document
    }

    // MARK: log

    /// Writes a line to the function's log.
    public func log(_ line: String, level: LogLevel = .info) {
        _ = line.withCString { greengrass_log(level.code, $0) }
    }
}
