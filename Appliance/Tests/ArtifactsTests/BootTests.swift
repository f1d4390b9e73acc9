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

    @Test(
        "The licences of kernel, boot loader, BusyBox and authorities come along",
        arguments: [Architecture.armv6l, .x86_64])
    func licences(_ architecture: Architecture) throws {
        let build = try Build(repository: OpenWrtTests.repository, output: NSTemporaryDirectory())
        let licences = Licences(build: build, architecture: architecture)
        func text(_ tree: FileTree, _ path: String) throws -> String {
            guard case .file(let content) = tree["usr/share/" + path]?.kind else { return "" }
            return String(decoding: try content.load(), as: UTF8.self)
        }
        let system = try licences.ofSystem()
        let boot = try licences.ofBoot(build.packages.tree(of: "kernel", for: architecture.debian))
        for tree in [system, boot] {
            #expect(try text(tree, "doc/busybox-static/copyright").contains("Debian"))
            #expect(try text(tree, "common-licenses/GPL-2").contains("Version 2, June 1991"))
        }
        #expect(try text(system, "doc/ca-certificates/copyright").contains("MPL-2.0"))
        #expect(try text(system, "common-licenses/MPL-2.0").contains("Mozilla Public License"))
        let kernel = try #require(
            boot.sorted.map(\.path).first { $0.contains("/linux-image-") && $0.hasSuffix("/copyright") })
        #expect(try text(boot, String(kernel.dropFirst("usr/share/".count))).contains("Linus Torvalds"))
        #expect(try text(boot, "common-licenses/GPL-3").contains("Version 3, 29 June 2007"))
        #expect(try text(boot, "doc/grub-common/copyright").contains("GPL") == (architecture != .armv6l))
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
