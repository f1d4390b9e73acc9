/// Scheduled calls in the order of their deadlines: a binary heap, with forgotten entries skipped when they surface.
struct TimerQueue {
    private struct Entry {
        let deadline: Int64
        let number: UInt64
    }

    private var heap: [Entry] = []
    private var bodies: [UInt64: () -> Void] = [:]
    private var lastNumber: UInt64 = 0

    mutating func add(at deadline: Int64, _ body: @escaping () -> Void) -> UInt64 {
        lastNumber += 1
        bodies[lastNumber] = body
        heap.append(Entry(deadline: deadline, number: lastNumber))
        siftUp(heap.count - 1)
        return lastNumber
    }

    mutating func remove(_ number: UInt64) {
        bodies[number] = nil
        // Timers that are mostly cancelled (keep-alives, time-outs) would otherwise pile up until their deadlines.
        if heap.count > 64, heap.count > bodies.count * 2 { rebuild() }
    }

    /// For epoll_wait(2): -1 when nothing is scheduled, rounded up so that a wake-up is never too early.
    mutating func millisecondsToNext(now: Int64) -> Int32 {
        dropForgotten()
        guard let next = heap.first else { return -1 }
        if next.deadline <= now { return 0 }
        return Int32(min(Int64(Int32.max), (next.deadline - now + 999_999) / 1_000_000))
    }

    /// Takes one call whose deadline has come. The caller runs it after this returns, because it may add others.
    mutating func takeDue(now: Int64) -> (() -> Void)? {
        while let next = heap.first, next.deadline <= now {
            popFirst()
            if let body = bodies.removeValue(forKey: next.number) { return body }
        }
        return nil
    }

    private mutating func dropForgotten() {
        while let next = heap.first, bodies[next.number] == nil { popFirst() }
    }

    private mutating func rebuild() {
        let kept = heap
        heap.removeAll(keepingCapacity: true)
        for entry in kept where bodies[entry.number] != nil {
            heap.append(entry)
            siftUp(heap.count - 1)
        }
    }

    private mutating func popFirst() {
        let last = heap.removeLast()
        if heap.isEmpty { return }
        heap[0] = last
        siftDown()
    }

    private mutating func siftUp(_ start: Int) {
        var child = start
        while child > 0 {
            let parent = (child - 1) / 2
            if !precedes(heap[child], heap[parent]) { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    private mutating func siftDown() {
        var parent = 0
        while true {
            var least = parent
            for child in [parent * 2 + 1, parent * 2 + 2] where child < heap.count && precedes(heap[child], heap[least])
            {
                least = child
            }
            if least == parent { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }

    private func precedes(_ first: Entry, _ second: Entry) -> Bool {
        first.deadline != second.deadline ? first.deadline < second.deadline : first.number < second.number
    }
}
