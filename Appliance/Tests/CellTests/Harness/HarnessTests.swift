import Artifacts
import Foundation
import Image
import Testing

/// What cells rely on, without an artifact.
@Suite("The cells' own means")
struct HarnessTests {
    @Test("A wait that fails tells what there is at its end, not what there was at its beginning")
    func waits() {
        var said = "nothing"
        let error = #expect(throws: BuildError.self) {
            try wait(for: "an answer; it said: \(said)", seconds: 0) {
                said = "the reason"
                return false
            }
        }
        #expect(error?.description == "Not within 0 s: an answer; it said: the reason.")
    }

    @Test("A cell is native on the processor that uname tells, and on no other")
    func native() throws {
        let build = try Cell.own()
        let name = try run("uname", "-m").trimmingCharacters(in: .whitespacesAndNewlines)
        for architecture in Architecture.allCases {
            let cell = Cell(artifact: "core", architecture: architecture, build: build)
            #expect(cell.isNative == (architecture.rawValue == name))
        }
    }

    @Test("A second version has the time of the first, and the environment stays as it was")
    func second() throws {
        let build = try Cell.own()
        let former = ProcessInfo.processInfo.environment["SOURCE_DATE_EPOCH"]
        try withScratch { folder in
            let second = try SecondVersion(of: build, in: folder).build
            #expect(second.version == SecondVersion.number && second.time == build.time)
        }
        #expect(ProcessInfo.processInfo.environment["SOURCE_DATE_EPOCH"] == former)
    }
}
