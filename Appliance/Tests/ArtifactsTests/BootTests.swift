import Foundation
import Image
import Testing

@testable import Artifacts

@Suite("Boot image")
struct BootTests {
    @Test("PLAT-01: the file of the slots is one sector's worth, and marks the slot that was never written")
    func slotState() {
        #expect(BootImage.slotState.utf8.count == 448)
        #expect(BootImage.slotState.hasPrefix("active=a\ntry=\nleft=0\nfailed=b\n"))
    }

    @Test("shellcheck finds nothing in the scripts of the boot image")
    func scripts() throws {
        let folder = OpenWrtTests.repository + "/rootfs/boot"
        let names = try FileManager.default.subpathsOfDirectory(atPath: folder)
        let scripts = names.filter { name in
            let text = try? String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
            return text?.split(separator: "\n").first.map { $0.hasPrefix("#!") && $0.hasSuffix("sh") } ?? false
        }
        #expect(scripts.count > 10)
        try Tool(["shellcheck", "--severity=warning"] + scripts.sorted().map { "\(folder)/\($0)" }).run()
    }
}
