import Log
import Testing

@testable import Functions

/// Drives an engine with synthetic time and keeps what it wanted done.
final class EngineHarness {
    static let second = FunctionLimits.second

    let engine: FunctionEngine
    var now: Int64 = 1_000 * second
    var launched: [UInt32] = []
    var killed: [UInt32] = []
    var terminated: [UInt32] = []
    var forgotten: [UInt32] = []
    var work: [(poll: PollID, worker: UInt32, invocation: Invocation)] = []
    var results: [(poll: PollID, result: FunctionResult)] = []
    var refusals: [(poll: PollID, refusal: PollRefusal)] = []
    var notes: [(level: LogLevel, text: String)] = []
    var isStopped = false
    private var lastPoll: UInt64 = 0
    private var lastInvocation: UInt64 = 0

    init(_ functions: [FunctionSettings], limits: FunctionLimits = FunctionLimits()) {
        engine = FunctionEngine(functions: functions, limits: limits)
    }

    static func onDemand(_ name: String = "f", timeout: Int64 = 3) -> FunctionSettings {
        FunctionSettings(arn: arn(name), isPinned: false, timeout: timeout * second)
    }

    static func pinned(_ name: String = "p", timeout: Int64 = 3) -> FunctionSettings {
        FunctionSettings(arn: arn(name), isPinned: true, timeout: timeout * second)
    }

    static func arn(_ name: String) -> String { "arn:aws:lambda:us-west-2:123456789012:function:\(name):1" }

    func start() {
        engine.start(at: now)
        collect()
    }

    /// Time passes; the engine is woken at each of its deadlines, as a timer would.
    func pass(_ seconds: Double) {
        let end = now + Int64(seconds * Double(Self.second))
        while let next = engine.nextDeadline, next <= end {
            now = max(now, next)
            engine.advance(to: now)
            collect()
        }
        now = end
    }

    @discardableResult
    func poll(_ worker: UInt32) -> PollID {
        lastPoll += 1
        engine.poll(worker, PollID(lastPoll), at: now)
        collect()
        return PollID(lastPoll)
    }

    @discardableResult
    func invoke(
        _ function: Int = 0, type: InvocationType = .requestResponse, payload: String = "{}", caller: UInt32 = 900
    ) throws -> InvocationID {
        lastInvocation += 1
        let id = InvocationID(high: 0, low: lastInvocation)
        try engine.invoke(
            id, function: function, type: type, payload: Array(payload.utf8), clientContext: [], caller: caller,
            at: now)
        collect()
        return id
    }

    func deliver(_ payload: String, to function: Int = 0) {
        lastInvocation += 1
        engine.deliver(
            InvocationID(high: 0, low: lastInvocation), function: function, payload: Array(payload.utf8),
            clientContext: [], at: now)
        collect()
    }

    /// Asks for a result; nil when there is no such invocation.
    func ask(_ id: InvocationID, function: Int = 0, caller: UInt32 = 900) -> PollID? {
        lastPoll += 1
        let known = engine.collect(id, function: function, caller: caller, poll: PollID(lastPoll), at: now)
        collect()
        return known ? PollID(lastPoll) : nil
    }

    func finish(_ worker: UInt32, _ id: InvocationID, _ payload: String = "null") -> Bool {
        let known = engine.finish(worker, id, FunctionResult(payload: Array(payload.utf8)), at: now)
        collect()
        return known
    }

    func exit(_ worker: UInt32, _ exit: WorkerExit, lines: [String] = []) {
        engine.workerEnded(worker, exit, lastLines: lines, at: now)
        collect()
    }

    func stop() {
        engine.stop(at: now)
        collect()
    }

    func result(of poll: PollID?) -> FunctionResult? {
        results.first { $0.poll == poll }?.result
    }

    func collect() {
        for action in engine.takeActions() {
            switch action {
            case .launch(let worker, _): launched.append(worker)
            case .terminate(let worker): terminated.append(worker)
            case .kill(let worker): killed.append(worker)
            case .giveWork(let poll, let worker, let invocation): work.append((poll, worker, invocation))
            case .giveResult(let poll, let result): results.append((poll, result))
            case .refuse(let poll, let refusal): refusals.append((poll, refusal))
            case .forget(let worker): forgotten.append(worker)
            case .note(let level, let text): notes.append((level, text))
            case .stopped: isStopped = true
            }
        }
    }
}

extension FunctionResult {
    var text: String { String(decoding: payload, as: UTF8.self) }
}
