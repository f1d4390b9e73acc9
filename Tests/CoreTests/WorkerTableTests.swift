import Testing

@testable import Core

@Suite("The supervisor's workers")
struct WorkerTableTests {
    @Test("A process of a core that has ended is no worker of the next one, which gives the same numbers")
    func nextCore() {
        var table = WorkerTable()
        table.add(1, process: 100)
        table.add(2, process: 101)
        #expect(table.removeAll().sorted() == [100, 101])
        #expect(table.process(of: 1) == nil)
        table.add(1, process: 200)
        #expect(table.remove(process: 100) == nil)
        #expect(table.process(of: 1) == 200)
        #expect(table.remove(process: 200) == 1)
        #expect(table.count == 0)
    }
}
