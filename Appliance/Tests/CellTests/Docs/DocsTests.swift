import Artifacts
import Foundation
import Image
import Testing

/// What README and `docs/` tell a reader to type, typed on fresh machines: `make docs-test`.
@Suite("Documentation", .serialized)
struct DocsTests {
    /// The pages: README, and all of `docs/`.
    static let pages: [String] = {
        let repository = (try? Cell.current().build.repository) ?? "."
        let names = (try? FileManager.default.contentsOfDirectory(atPath: repository + "/docs")) ?? []
        return ["README.md"] + names.filter { $0.hasSuffix(".md") }.sorted().map { "docs/" + $0 }
    }()

    /// DOCS_ONLY: the names of the pages to walk through, `first-core` or `docs/first-core.md`.
    private static func isWanted(_ page: String) -> Bool {
        guard let only = ProcessInfo.processInfo.environment["DOCS_ONLY"], !only.isEmpty else { return true }
        return only.split(separator: " ").contains { word in
            page == word || page.split(separator: "/").last == "\(word).md"
        }
    }

    private static func document(_ page: String) throws -> Document {
        try Document(page, text: Cell.current().build.sourceText(page))
    }

    @Test("Every block of commands in the pages is run, or says why it is not", arguments: pages)
    func accounted(page: String) throws { _ = try Self.document(page) }

    @Test("What the pages tell to type works, and shows what they say", arguments: pages.filter(isWanted))
    func walk(page: String) throws {
        let document = try Self.document(page)
        let cell = try Cell.current()
        try withScratch { folder in try Walk(document, cell, in: folder, report: Self.report).run() }
    }

    /// Appends a line for the summary.
    private static func report(_ line: String) {
        print("docs: " + line.replacingOccurrences(of: "\t", with: " "))
        fflush(nil)
        guard let path = ProcessInfo.processInfo.environment["DOCS_REPORT"],
            let handle = FileHandle(forWritingAtPath: path)
        else { return }
        handle.seekToEndOfFile()
        handle.write(Data((line + "\n").utf8))
        try? handle.close()
    }
}
