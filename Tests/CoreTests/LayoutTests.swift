import Core
import Testing

@Suite("File layout")
struct LayoutTests {
    @Test("INST-02: no two roots have one lock, and each has one that a file system can hold")
    func rootLocks() {
        #expect(Layout(root: "/greengrass").rootLock == "/var/run/greengrassd.lock")
        #expect(Layout(root: "/opt/greengrass").rootLock == "/var/run/greengrassd-opt-greengrass.lock")
        #expect(Layout(root: "/opt/greengrass").systemProcessFile == "/var/run/greengrassd-opt-greengrass.pid")
        let roots = ["/a/b", "/a-b", "/a_b", "/a_/b", "/a-/b", "/a/-b", "/a/_b", "/a__b", "/a_-b", "/a-_b"]
        #expect(Set(roots.map { Layout(root: $0).rootLock }).count == roots.count)
        let long = "/" + String(repeating: "long-", count: 50)
        #expect(Layout(root: long).rootLock.utf8.count < 64)
        #expect(Layout(root: long).rootLock != Layout(root: long + "er").rootLock)
    }
}
