/// The RequestResponse invocations whose callers have not collected the result.
struct InvocationTable {
    private struct Entry {
        let function: Int
        let caller: UInt32
        /// Held until the caller collects it; its bytes are part of the caller's.
        var result: FunctionResult?
        var poll: PollID?
    }

    private let lifetime: Int64
    private let mostBytes: Int64
    private var entries: [InvocationID: Entry] = [:]
    private var countOfCaller: [UInt32: Int] = [:]
    /// Payload bytes of results that wait for their caller.
    private var bytesOfCaller: [UInt32: Int64] = [:]
    /// In the order in which they end: every result lives equally long.
    private var expiries = Fifo<(id: InvocationID, at: Int64)>()

    /// - Parameter mostBytes: of results that wait for one caller; one is always kept, however large.
    init(lifetime: Int64, mostBytes: Int64) {
        self.lifetime = lifetime
        self.mostBytes = mostBytes
    }

    var count: Int { entries.count }

    /// How many a worker has open.
    func count(ofCaller caller: UInt32) -> Int { countOfCaller[caller] ?? 0 }

    mutating func open(_ id: InvocationID, function: Int, caller: UInt32) {
        entries[id] = Entry(function: function, caller: caller)
        countOfCaller[caller, default: 0] += 1
    }

    /// The invocation is over.
    /// - Returns: the request to answer with the result, if one waits already.
    mutating func finish(_ id: InvocationID, _ result: FunctionResult, at now: Int64) -> PollID? {
        guard let entry = entries[id], entry.result == nil else { return nil }
        if let poll = entry.poll {
            remove(id)
            return poll
        }
        var kept = result
        let held = bytesOfCaller[entry.caller] ?? 0
        if held > 0, held + Int64(result.payload.count) > mostBytes {
            kept = .unhandled("The result was dropped: the caller has not collected \(held) bytes of earlier results.")
        }
        entries[id]?.result = kept
        bytesOfCaller[entry.caller] = held + Int64(kept.payload.count)
        expiries.append((id, now + lifetime))
        // Those that were collected leave their place at once, but for as many as there are others.
        if expiries.count > 2 * entries.count + 256 { _ = expiries.remove { entries[$0.id] == nil } }
        return nil
    }

    enum Collection {
        /// No such invocation of this caller and function.
        case unknown
        case ready(FunctionResult)
        /// Not over yet; the request waits, and the one that waited before it is to be refused.
        case waits(superseded: PollID?)
    }

    /// A caller asks for the result.
    mutating func collect(_ id: InvocationID, function: Int, caller: UInt32, poll: PollID) -> Collection {
        guard let entry = entries[id], entry.caller == caller, entry.function == function else { return .unknown }
        if let result = entry.result {
            remove(id)
            return .ready(result)
        }
        entries[id]?.poll = poll
        return .waits(superseded: entry.poll)
    }

    /// The waiting request's connection is gone; its caller may ask again.
    mutating func forget(poll: PollID, of id: InvocationID) {
        if entries[id]?.poll == poll { entries[id]?.poll = nil }
    }

    /// The caller is gone: nobody will ask.
    mutating func removeAll(ofCaller caller: UInt32) {
        guard countOfCaller[caller] != nil else { return }
        var gone: [InvocationID] = []
        for (id, entry) in entries where entry.caller == caller { gone.append(id) }
        for id in gone { remove(id) }
    }

    /// The next time a result may have to go; nil when none waits.
    var nextExpiry: Int64? { expiries.first?.at }

    /// Drops results that nobody collected.
    /// - Returns: the functions they came from.
    mutating func expire(at now: Int64) -> [Int] {
        var functions: [Int] = []
        while let first = expiries.first, first.at <= now {
            _ = expiries.popFirst()
            // Collected ones are still in the list.
            guard let entry = entries[first.id] else { continue }
            functions.append(entry.function)
            remove(first.id)
        }
        return functions
    }

    private mutating func remove(_ id: InvocationID) {
        guard let entry = entries.removeValue(forKey: id) else { return }
        let left = (countOfCaller[entry.caller] ?? 1) - 1
        countOfCaller[entry.caller] = left > 0 ? left : nil
        let bytes = (bytesOfCaller[entry.caller] ?? 0) - Int64(entry.result?.payload.count ?? 0)
        bytesOfCaller[entry.caller] = bytes > 0 ? bytes : nil
    }
}
