import Bytes
import Group
import HTTP
import JSON
import Linux
import Log
import MQTT
import Messaging

/// The requests of the local endpoint (docs/function-protocol.md).
extension FunctionService: IPCRequestHandler {
    func received(_ request: HTTPRequest, _ poll: PollID) {
        let route: IPCRoute
        do throws(IPCRoute.Flaw) {
            route = try IPCRoute.parse(method: request.method, path: request.path)
        } catch {
            server.answer(poll, Self.refusal(of: error, request))
            return
        }
        switch route {
        // The health API needs no token: it is for programs on the core that are no functions (V1.10, health-check.md).
        case .health:
            server.answer(poll, .json(HealthReport.all(status())))
            return
        case .healthOf:
            server.answer(poll, HealthReport.answer(request.body, status()))
            return
        case .metrics:
            let off = "No metrics: \"runtime\": {\"metrics\": \"yes\"} in config.json turns them on."
            server.answer(poll, metrics.map { .metrics($0()) } ?? .refusal(.notFound, off))
            return
        default: break
        }
        guard let token = request.headers.value("Authorization") else {
            server.answer(poll, .refusal(.unauthorized, "The Authorization header is missing."))
            return
        }
        guard let worker = tokens.worker(of: [UInt8](token)), let function = engine.function(of: worker) else {
            server.answer(
                poll,
                .refusal(
                    .forbidden,
                    "The Authorization header is not the AWS_CONTAINER_AUTHORIZATION_TOKEN of a running function."))
            return
        }
        guard server.authenticated(poll, as: worker) else {
            var response = IPCResponse.refusal(.tooManyRequests, "The function has too many connections open.")
            response.closes = true
            server.answer(poll, response)
            return
        }
        serve(route, request, poll, Caller(worker: worker, function: function))
        carryOut()
    }

    func worker(of request: HTTPRequest) -> UInt32? {
        guard let token = request.headers.value("Authorization") else { return nil }
        return tokens.worker(of: [UInt8](token))
    }

    func abandoned(_ waiting: IPCWaiting, _ poll: PollID) {
        switch waiting {
        case .answer: return
        case .work(let worker): engine.forgetWorkPoll(worker, poll)
        case .result(let id): engine.forgetResultPoll(poll, of: id)
        }
    }

    func undelivered(_ delivery: IPCDelivery) {
        engine.undelivered(delivery.worker, delivery.invocation, at: Clock.monotonic())
        carryOut()
    }

    /// Who asks, proved by the token.
    private struct Caller {
        let worker: UInt32
        let function: Int
    }

    private func serve(_ route: IPCRoute, _ request: HTTPRequest, _ poll: PollID, _ caller: Caller) {
        switch route {
        case .invoke(let arn): invoke(arn, request, poll, caller)
        case .result(let arn): collect(arn, request, poll, caller)
        case .work(let arn):
            guard owns(arn, caller, poll) else { return }
            server.park(poll, for: .work(worker: caller.worker))
            engine.poll(caller.worker, poll, at: Clock.monotonic())
        case .postResult(let arn):
            guard owns(arn, caller, poll) else { return }
            finish(request, poll, caller)
        case .initialized(let arn):
            guard owns(arn, caller, poll) else { return }
            engine.initialized(
                caller.worker, failure: InitializationReport.failure(request.body), at: Clock.monotonic())
            server.answer(poll, IPCResponse(.ok))
        case .credentials:
            server.answer(
                poll, .refusal(.notFound, "This core has no group role and so no credentials for AWS services."))
        case .log: writeLog(request, poll, caller)
        case .health, .healthOf, .metrics: return
        }
    }

    /// A worker may only use the work of its own function.
    private func owns(_ arn: String, _ caller: Caller, _ poll: PollID) -> Bool {
        let own = definitions[caller.function].arn
        if arn == own || FunctionARN(own)?.unqualified == arn { return true }
        server.answer(poll, .refusal(.forbidden, "The token belongs to a worker of \(own), not of \(arn)."))
        return false
    }

    private func invoke(_ arn: String, _ request: HTTPRequest, _ poll: PollID, _ caller: Caller) {
        guard let type = Self.invocationType(request) else {
            server.answer(
                poll, .refusal(.badRequest, "X-Amz-Invocation-Type is neither Event nor RequestResponse."))
            return
        }
        let context = [UInt8](request.headers.value("X-Amz-Client-Context") ?? [])
        let id = InvocationID.random()
        var response = IPCResponse(type == .event ? .accepted : .ok)
        response.invocation = id
        switch addressee(arn) {
        case .router:
            publish(context, request.takeBody(), response, poll, caller)
            return
        case .function(let index):
            do throws(InvocationRefusal) {
                try engine.invoke(
                    id, function: index, type: type, payload: request.takeBody(), clientContext: context,
                    caller: caller.worker, at: Clock.monotonic())
            } catch {
                response = Self.refusal(of: error, arn)
            }
        case .service(let index):
            if let refusal = call(index, id, type, context, request.takeBody(), caller) { response = refusal }
        case nil:
            response = unknownFunction(arn)
        }
        server.answer(poll, response)
    }

    /// Publishing (row SDK-04). The source is whom the token names, not what `custom.source` says; without a
    /// subscription the message is discarded and the caller not told, as V1 did. The answer comes when the message is safe.
    private func publish(
        _ context: [UInt8], _ payload: [UInt8], _ response: IPCResponse, _ poll: PollID, _ caller: Caller
    ) {
        let message: ClientContext.Publish
        do throws(ClientContext.Flaw) {
            message = try ClientContext.publish(context)
        } catch {
            let reason: String =
                switch error {
                case .notBase64: "it is not base64"
                case .notJSON(let flaw): "it is not JSON: \(flaw.description)"
                case .noSubject: "it has no text at custom.subject"
                }
            server.answer(poll, .refusal(.badRequest, "X-Amz-Client-Context names no topic: \(reason)."))
            return
        }
        let topic = message.topic
        do throws(MQTTError) {
            try TopicName.validate(topic.span)
        } catch {
            server.answer(
                poll, .refusal(.badRequest, "The topic cannot be published to: \(error.description)."))
            return
        }
        if let breach = PublishRules.breach(topic: topic, payload: payload) {
            server.answer(poll, breach)
            return
        }
        let source = sources[caller.function]
        if message.wantsAll, router.isFull(topic: topic.span, payloadBytes: topic.count + payload.count, from: source) {
            server.answer(poll, Self.queueFull)
            return
        }
        let outcome = router.publish(topic: topic, payload: payload, from: source)
        if message.wantsAll, outcome.isDropped {
            server.answer(poll, Self.queueFull)
        } else {
            answer(poll, response, whenSettled: outcome.ticket)
        }
    }

    /// What SDKs turn into an exception for whoever asked for `AllOrException` (row B-13).
    private static var queueFull: IPCResponse {
        .refusal(.tooManyRequests, "The queue of a target of the message is full; nobody got it.")
    }

    private func call(
        _ index: Int, _ id: InvocationID, _ type: InvocationType, _ context: [UInt8], _ payload: [UInt8],
        _ caller: Caller
    ) -> IPCResponse? {
        let call = SystemCall(caller: definitions[caller.function].arn, clientContext: context, payload: payload)
        if type == .requestResponse {
            do throws(InvocationRefusal) {
                try engine.openService(id, service: index, caller: caller.worker)
            } catch {
                return Self.refusal(of: error, "service")
            }
        }
        service(index).invoke(call) { [self] result in
            engine.finishService(id, result, at: Clock.monotonic())
            carryOut()
        }
        return nil
    }

    private func collect(_ arn: String, _ request: HTTPRequest, _ poll: PollID, _ caller: Caller) {
        let index: Int
        switch addressee(arn) {
        case .router:
            // SDKs of the time of V1.0 published with RequestResponse and asked for a result.
            var response = IPCResponse(.ok)
            response.functionError = FunctionErrorKind.none
            server.answer(poll, response)
            return
        case .function(let function): index = function
        case .service(let service): index = definitions.count + service
        case nil:
            server.answer(poll, unknownFunction(arn))
            return
        }
        guard let id = Self.invocation(request) else {
            server.answer(poll, Self.missingInvocation)
            return
        }
        server.park(poll, for: .result(id))
        if !engine.collect(id, function: index, caller: caller.worker, poll: poll, at: Clock.monotonic()) {
            server.answer(
                poll,
                .refusal(
                    .notFound,
                    "No result of invocation \(id.text): it was an Event, was asked for by another worker, or its "
                        + "result has been collected or has expired."))
        }
    }

    private func finish(_ request: HTTPRequest, _ poll: PollID, _ caller: Caller) {
        guard let id = Self.invocation(request) else {
            server.answer(poll, Self.missingInvocation)
            return
        }
        let header = [UInt8](request.headers.value("X-Amz-Function-Error") ?? [])
        let kind: FunctionErrorKind =
            if header.isEmpty { .none } else if header.equalsIgnoringCase("Unhandled") { .unhandled } else { .handled }
        let result = FunctionResult(payload: request.takeBody(), error: kind)
        if engine.finish(caller.worker, id, result, at: Clock.monotonic()) {
            server.answer(poll, IPCResponse(.ok))
        } else {
            server.answer(poll, .refusal(.notFound, "This worker does not have the invocation \(id.text)."))
        }
    }

    /// Runtimes of the time of V1.0, which users still have in their packages, log through this.
    private func writeLog(_ request: HTTPRequest, _ poll: PollID, _ caller: Caller) {
        guard let lines = LegacyLog.lines(request.body) else {
            server.answer(poll, .refusal(.badRequest, "The body has no logEvents."))
            return
        }
        guard let pause = write(lines, bytes: request.body.count, toLogOf: caller.worker) else {
            server.answer(poll, IPCResponse(.ok))
            return
        }
        // As at its pipes: a worker that logs more than it may waits.
        server.reactor.schedule(afterNanoseconds: pause) { [server] in server.answer(poll, IPCResponse(.ok)) }
    }

    private func unknownFunction(_ arn: String) -> IPCResponse {
        if arn.utf8.starts(with: SystemARN.prefix.utf8) {
            return .refusal(.notFound, "This core has no service \(arn).")
        }
        // The machine learning SDK calls connectors, which are AWS's own functions (docs/function-protocol.md).
        let parts = arn.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        if parts.count > 6, parts[4].elementsEqual("aws".utf8) {
            let name = [UInt8](parts[6]).text
            return .refusal(.notFound, "This core has no connectors yet, and so no service \(name).")
        }
        return .refusal(.notFound, "The group has no function \(arn). Invoke it with the version that is deployed.")
    }

    private static func invocationType(_ request: HTTPRequest) -> InvocationType? {
        guard let header = request.headers.value("X-Amz-Invocation-Type"), !header.isEmpty else {
            return .requestResponse
        }
        let text = [UInt8](header)
        if text.equalsIgnoringCase("Event") { return .event }
        return text.equalsIgnoringCase("RequestResponse") ? .requestResponse : nil
    }

    private static func invocation(_ request: HTTPRequest) -> InvocationID? {
        guard let header = request.headers.value("X-Amz-InvocationId") else { return nil }
        return InvocationID([UInt8](header))
    }

    private static var missingInvocation: IPCResponse {
        .refusal(.badRequest, "X-Amz-InvocationId is missing or not an invocation ID.")
    }

    private static func refusal(of flaw: IPCRoute.Flaw, _ request: HTTPRequest) -> IPCResponse {
        switch flaw {
        case .unknownPath:
            .refusal(.notFound, "There is nothing at \(request.path.text).")
        case .wrongMethod:
            .refusal(.methodNotAllowed, "The method is not one for \(request.path.text).")
        case .belowCredentials:
            .refusal(.badRequest, "Credentials are at /2016-11-01/credentialprovider/ only.")
        }
    }

    private static func refusal(of refusal: InvocationRefusal, _ arn: String) -> IPCResponse {
        switch refusal {
        case .stopping: .refusal(.serviceUnavailable, "The core is stopping.")
        case .queueFull: .refusal(.tooManyRequests, "The queue of \(arn) is full.")
        case .tooManyUncollected:
            .refusal(.tooManyRequests, "Too many results of earlier invocations have not been collected.")
        }
    }
}
