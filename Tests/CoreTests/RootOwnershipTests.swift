import Foundation
import Linux
import Testing

@testable import Core

@Suite("Folders into which root writes", .enabled(if: geteuid() == 0, "only root can give files to others"))
struct RootOwnershipTests {
    private func inFolder(_ body: (String) throws -> Void) throws {
        let folder = NSTemporaryDirectory() + "perennial-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: folder + "/ggc/var/log", withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }

    @Test("Root's own folders are fine, below a sticky one too, and so are ones that are not there yet")
    func own() throws {
        try inFolder { folder in
            #expect(RootOwnership.problem(Layout(root: folder)) == nil)
            #expect(RootOwnership.problem(Layout(root: folder + "/not/yet")) == nil)
        }
    }

    @Test("A folder of somebody else, or one that others may write, is told", arguments: ["", "/ggc", "/ggc/var/log"])
    func others(place: String) throws {
        try inFolder { folder in
            try Files.changeMode(folder + place, 0o775)
            #expect(RootOwnership.problem(Layout(root: folder))?.contains("\(folder)\(place) can be written") == true)
            try Files.changeMode(folder + place, 0o755)
            try Files.changeOwner(folder + place, user: 61_799, group: 0)
            #expect(
                RootOwnership.problem(Layout(root: folder))?.contains("\(folder)\(place) belongs to user 61799") == true
            )
        }
    }

    @Test("Links are followed to where they lead, and not in a circle")
    func links() throws {
        try inFolder { folder in
            try FileManager.default.createDirectory(atPath: folder + "/there", withIntermediateDirectories: true)
            try Files.changeOwner(folder + "/there", user: 61_799, group: 0)
            try FileManager.default.createSymbolicLink(atPath: folder + "/way", withDestinationPath: "there")
            #expect(RootOwnership.problem(Layout(root: folder + "/way"))?.contains("/there belongs to") == true)
            try FileManager.default.createSymbolicLink(atPath: folder + "/round", withDestinationPath: "round")
            #expect(RootOwnership.problem(Layout(root: folder + "/round"))?.contains("circle") == true)
        }
    }
}
