import Testing

@testable import Artifacts

@Suite("Architectures")
struct ArchitectureTests {
    @Test("PLAT-02: V1's names in archives")
    func names() {
        #expect(Architecture.allCases.map(\.archiveName) == ["armv6l", "armv7l", "aarch64", "x86-64"])
    }
}
