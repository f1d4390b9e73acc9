import ArgumentParser
import Artifacts
import Image

struct SizesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sizes", abstract: "Prints the sizes that matter as a table; fails where one is beyond its limit.")

    @OptionGroup var place: Place

    func run() throws {
        let rows = try Sizes(place.build()).rows()
        print(Sizes.table(rows))
        let beyond = rows.filter { !$0.isWithin }
        guard beyond.isEmpty else {
            let list = beyond.map { "\($0.what) (\($0.architecture.rawValue)): \($0.size) bytes, at most \($0.limit)" }
            throw BuildError("Beyond their limits: " + list.joined(separator: "; ") + ".")
        }
    }
}
