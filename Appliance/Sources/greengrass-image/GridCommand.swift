import ArgumentParser
import Artifacts
import Foundation
import Image

/// What `make matrix` leaves in `dist/matrix` becomes a table of docs/appliance.md.
struct GridCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "grid", abstract: "Draws the grid of started artifacts into docs/appliance.md from dist/matrix.")

    private static let page = "docs/appliance.md"

    @OptionGroup var place: Place
    @Flag(help: "Only fail where the page's grid is not that of dist/matrix.")
    var check = false

    func run() throws {
        let build = try place.build()
        let path = build.repository + "/" + Self.page
        let text = try build.sourceText(Self.page)
        let grid = Grid(try Self.outcomes(in: build.output + "/matrix"))
        let drawn = try grid.drawn(into: text, of: Self.page)
        if check {
            guard drawn == text else {
                throw BuildError("\(Self.page) has another grid than dist/matrix. Run `make matrix`.")
            }
        } else {
            try Data(drawn.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        }
        guard grid.empty.isEmpty else {
            throw BuildError("These cells were not started: \(grid.empty.joined(separator: ", ")). Run `make matrix`.")
        }
    }

    private static func outcomes(in folder: String) throws -> [String: Grid.Outcome] {
        var outcomes: [String: Grid.Outcome] = [:]
        for artifact in allArtifacts {
            for architecture in artifact.architectures {
                let name = "\(artifact.name)-\(architecture.rawValue)"
                guard FileManager.default.fileExists(atPath: "\(folder)/\(name)") else { continue }
                let text = String(decoding: try FileContent.file("\(folder)/\(name)").load(), as: UTF8.self)
                outcomes[name] = try Grid.Outcome(text, cell: name)
            }
        }
        return outcomes
    }
}
