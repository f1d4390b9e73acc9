/// A queue in one array that goes round: taken from the front, added at the end, without moving what is between.
struct Ring<Element> {
    private var slots: [Element?] = []
    private var head = 0
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    /// - Precondition: `index` is below `count`.
    subscript(index: Int) -> Element? {
        get { slots[place(index)] }
        set { slots[place(index)] = newValue }
    }

    var first: Element? { count == 0 ? nil : slots[head] }

    mutating func append(_ element: Element) {
        if count == slots.count { grow() }
        slots[place(count)] = element
        count += 1
    }

    mutating func removeFirst() {
        guard count > 0 else { return }
        slots[head] = nil
        head = (head + 1) & (slots.count - 1)
        count -= 1
    }

    /// Gives the storage back where nothing is in it.
    mutating func releaseStorage() {
        guard count == 0 else { return }
        slots = []
        head = 0
    }

    private func place(_ index: Int) -> Int { (head + index) & (slots.count - 1) }

    /// The number of slots is a power of two.
    private mutating func grow() {
        var larger = [Element?](repeating: nil, count: max(8, slots.count * 2))
        for index in 0..<count { larger[index] = slots[place(index)] }
        slots = larger
        head = 0
    }
}
