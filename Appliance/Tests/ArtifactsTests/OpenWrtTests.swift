import Foundation
import Image
import Testing

@testable import Artifacts

@Suite("OpenWrt")
struct OpenWrtTests {
    @Test("OWRT-02: OPENWRT_ARCH chooses the architectures of the packages")
    func architectures() throws {
        #expect(try OpenWrtArchitecture.wanted(for: .armv7l, nil).map(\.name) == ["arm_cortex-a7_neon-vfpv4"])
        #expect(try OpenWrtArchitecture.wanted(for: .aarch64, "").map(\.name) == ["aarch64_cortex-a53"])
        #expect(try OpenWrtArchitecture.wanted(for: .armv7l, "arm_cortex-a9_vfpv3-d16").count == 1)
        #expect(try OpenWrtArchitecture.wanted(for: .x86_64, "arm_cortex-a9_vfpv3-d16").isEmpty)
        #expect(try OpenWrtArchitecture.wanted(for: .armv7l, "all").count > 5)
        // MIPS, and an ARM without a floating-point unit.
        for name in ["mips_24kc", "arm_arm926ej-s"] {
            let error = #expect(throws: BuildError.self) { try OpenWrtArchitecture.wanted(for: .armv7l, name) }
            #expect(error?.description.contains("arm_cortex-a7_neon-vfpv4") == true)
        }
    }

    @Test("PLAT-02: V1's names of the archives for OpenWrt")
    func names() throws {
        let build = try Build(repository: Self.repository, output: NSTemporaryDirectory())
        let names = Architecture.allCases.map { OpenWrtTarball.fileName($0, build) }
        #expect(
            names
                == ["armv6l", "armv7l", "aarch64", "x86-64"].map { "greengrass-openwrt-\($0)-\(build.version).tar.gz" })
    }

    @Test("OWRT-02: what a sysupgrade keeps is what the user and the core have made, and nothing of the package's")
    func kept() throws {
        let files = Self.repository + "/openwrt/feed/greengrass/files/"
        let kept = try String(contentsOfFile: files + "greengrass.keep", encoding: .utf8).split(separator: "\n")
        #expect(kept.contains("/greengrass/certs") && kept.contains("/greengrass/config"))
        #expect(kept.contains("/etc/config/greengrass"))
        for path in kept {
            for ours in ["/greengrass/ggc/packages", "/greengrass/ggc/core", "/etc/init.d"] {
                #expect(!ours.hasPrefix(path) && !path.hasPrefix(ours))
            }
        }
    }

    @Test("OWRT-02: a feed's folder has what is written last: no older package, no signature of an older index")
    func renewed() throws {
        let tree = try TestTree()
        defer { tree.remove() }
        let wanted = try OpenWrtArchitecture(named: "x86_64")
        for name in ["greengrass_0.9-r1_x86_64.ipk", "greengrass-0.9-r1.apk", "Packages.sig", "packages.adb"] {
            try tree.write("dist/openwrt/x86_64/" + name, "old")
        }
        func files() throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: tree.folder + "/dist/openwrt/x86_64").sorted()
        }
        let feed = OpenWrtFeed(try tree.build, wanted)
        let opkg = ["Packages", "Packages.gz", "new.ipk"]
        #expect(
            try feed.write(opkg.map { ($0, []) }, clearing: ".ipk", index: "Packages")
                == opkg.map { "openwrt/x86_64/" + $0 })
        // What belongs to the other kind of feed stays.
        #expect(try files() == ["Packages", "Packages.gz", "greengrass-0.9-r1.apk", "new.ipk", "packages.adb"])
        _ = try feed.write([("new.apk", []), ("packages.adb", [])], clearing: ".apk", index: "packages.adb")
        #expect(try files() == ["Packages", "Packages.gz", "new.apk", "new.ipk", "packages.adb"])
    }

    @Test("The feed's Makefile says the same as the packages: version, users, configuration files")
    func feed() throws {
        let build = try Build(repository: Self.repository, output: NSTemporaryDirectory())
        let makefile = try build.sourceText("openwrt/feed/greengrass/Makefile")
        #expect(makefile.contains("PKG_VERSION:=\(build.version)\n"))
        #expect(makefile.contains("USERID:=\(OpenWrtTree.users.joined(separator: " "))\n"))
        let files = OpenWrtTree.configurationFiles.joined(separator: "\n")
        #expect(makefile.contains("define Package/greengrass/conffiles\n\(files)\nendef"))
    }

    @Test("shellcheck finds nothing in the scripts for routers")
    func scripts() throws {
        let folder = Self.repository + "/openwrt"
        let names = try FileManager.default.subpathsOfDirectory(atPath: folder)
        let scripts = names.filter { name in
            guard let text = try? String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8) else { return false }
            return text.hasPrefix("#!/bin/sh") || name.hasSuffix(".sh")
        }
        #expect(scripts.count > 12)
        try Tool(["shellcheck"] + scripts.sorted().map { "\(folder)/\($0)" }).run()
    }

    static let repository = (0..<4).reduce(URL(fileURLWithPath: #filePath)) { url, _ in
        url.deletingLastPathComponent()
    }.path
}
