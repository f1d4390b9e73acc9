import Artifacts
import Foundation
import Image
import Testing

/// V1's archive for OpenWrt, unpacked on a root file system of OpenWrt's shape.
@Suite("Cell: openwrt-tarball", .serialized)
struct OpenwrtTarballCell {
    @Test(
        "PLAT-01, PLAT-02, PLAT-05, OWRT-01: an archive is unpacked, enabled, serves devices, is killed, reloaded, stopped"
    )
    func wholeLife() throws {
        let cell = try Cell.current()
        let archive = try cell.file(OpenWrtTarball.fileName(cell.architecture, cell.build))
        try withScratch { folder in
            try withRouter(cell.emptyRouter(in: folder), cell, in: folder) { router in
                try router.copy(archive, to: "/tmp/greengrass.tar.gz")
                try router.run("tar -xzf /tmp/greengrass.tar.gz -C / && rm /tmp/greengrass.tar.gz")
                let program = "/greengrass/ggc/packages/\(cell.build.version)/greengrassd"
                let headers = try run("readelf", "-lW", router.root + program)
                #expect(headers.contains("LOAD") && !headers.contains("INTERP"), "it needs no libc:\n\(headers)")
                try router.run("/etc/init.d/greengrassd enable && /etc/init.d/greengrassd enabled")
                let core = try RouterCore(on: router)
                try core.checkLife()
                router.powerOff()
                try router.boot()
                try core.checkServes()
            }
        }
    }
}
