import Artifacts
import Foundation
import Image
import Testing

/// The archive of the core alone: messages between devices, on a Debian machine of the architecture.
@Suite("Cell: core", .serialized)
struct CoreCell {
    /// A router's flash; docs/appliance.md has the sizes.
    private static let largest = 2_500_000

    @Test("PLAT-02: the core alone is small and passes messages")
    func exchange() throws {
        let cell = try Cell.current()
        let archive = try cell.file("greengrass-core-\(cell.architecture.archiveName)-\(cell.build.version).tar.xz")
        #expect(try FileContent.file(archive).size <= Self.largest)
        try withMachine(cell) { machine in
            // The smallest Debian has no xz(1), so this machine's tar does it.
            try run("tar", "-xJf", archive, "-C", machine.root)
            #expect(!machine.exists("/greengrass/ggc/core/runtime"))
            var core = InstalledCore(machine, runtimes: [])
            try core.configure()
            try core.command("start")
            try core.exchange()
            try core.command("stop")
            try core.waitUntilGone()
        }
    }
}
