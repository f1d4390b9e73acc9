import Bytes
import HTTP
import JSON

/// The health API (V1.10 and later, health-check.md, row E-05).
enum HealthReport {
    /// Most ARNs in one question.
    private static let mostFunctions = 100
    private static let maximumBytes = 65_536

    /// Answers GET: a list of all workers.
    static func all(_ functions: [FunctionStatus]) -> [UInt8] {
        var list: [JSON] = []
        for function in functions { list += workers(of: function) }
        return JSON.array(list).serialized()
    }

    /// Answers POST `{"FuncArns":[…]}`.
    static func answer(_ body: [UInt8], _ functions: [FunctionStatus]) -> IPCResponse {
        let question: JSON
        do throws(JSONError) {
            question = try JSON.parse(body, maximumBytes: maximumBytes, maximumDepth: 4)
        } catch {
            return .refusal(.badRequest, "Invalid request: \(error.description)")
        }
        guard let names = question["FuncArns"]?.arrayValue else {
            return .refusal(.badRequest, "Invalid request: FuncArns is missing")
        }
        guard names.count <= mostFunctions else {
            return .refusal(.badRequest, "Too many workers: at most \(mostFunctions) ARNs are answered")
        }
        var list: [JSON] = []
        var unknown: [JSON] = []
        for name in names {
            guard let arn = name.stringValue, let function = functions.first(where: { $0.arn == arn }) else {
                unknown.append(name)
                continue
            }
            list += workers(of: function)
        }
        return .json(JSON.object([("Workers", .array(list)), ("InvalidArns", .array(unknown))]).serialized())
    }

    private static func workers(of function: FunctionStatus) -> [JSON] {
        if function.workers.isEmpty {
            return [
                .object([
                    ("FuncArn", .string(function.arn)), ("WorkerId", .string("")), ("ProcessId", .string("0")),
                    ("WorkerState", .string("NotStarted")),
                ])
            ]
        }
        return function.workers.map { worker in
            .object([
                ("FuncArn", .string(function.arn)), ("WorkerId", .string(String(worker.number))),
                ("ProcessId", .string(String(worker.processID ?? 0))),
                ("WorkerState", .string("\(worker.state.name)")),
            ])
        }
    }
}
