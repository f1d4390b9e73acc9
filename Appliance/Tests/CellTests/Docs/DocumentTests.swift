import Image
import Testing

/// That the reader of the pages notices what it has to notice.
@Suite("Documentation: how it is read")
struct DocumentTests {
    @Test(
        "A block of commands that is neither run nor says why, a block without a language, a command outside: each is refused",
        arguments: [
            ("```sh\nmake\n```", "p.md:1: these commands are neither run"),
            ("text\n```\nmake\n```", "p.md:2: a block without a language"),
            ("    $ make", "p.md:1: a command outside a fenced block"),
            ("<!-- not run: -->\n```sh\nmake\n```", "p.md:1: say why it is not run"),
            ("<!-- runs in: debian -->\n```console\nmake\n```", "p.md:3: a ```console block begins with"),
            ("<!-- file: x -->\ntext", "p.md:1: no block follows"),
            ("<!-- runs in debian -->\n```sh\nmake\n```", "p.md:1: this comment says nothing known"),
            ("<!-- go on -->\n<!-- not run: why -->\n```sh\nmake\n```", "p.md:1: this comment says nothing known"),
            ("<!-- ctrl-C -->", "p.md:1: this comment says nothing known"),
            ("<!-- end of the grid -->", "p.md:1: this comment says nothing known"),
            ("<!-- runs in: debian -->\n<!-- ends with: one -->\n```sh\nmake\n```", "p.md:2: expected `ends with:"),
            ("text <!-- Ctrl-C -->", "p.md:1: a comment has lines of its own"),
            ("<!-- Ctrl-C --> <!-- goes on -->", "p.md:1: a comment has lines of its own"),
            ("<!-- Ctrl-C", "p.md:1: a comment without an end"),
        ])
    func refused(text: String, complaint: String) {
        let error = #expect(throws: BuildError.self) { try Document("p.md", text: text) }
        #expect(error.map { "\($0)".contains(complaint) } == true, "\(String(describing: error))")
    }

    @Test("What a page says is read: rooms and their files, commands with what they show, files, reasons")
    func read() throws {
        let text = """
            <!-- runs in: debian with a, dist/b -->
            ```console
            $ one \\
                more
            shown
            # two
            ```
            <!-- file: ~/x -->
            ```json
            {}
            ```
            <!-- goes on until it says: ready -->
            ```sh
            three
            ```
            <!-- note: of who keeps
            this page -->
            <!-- grid: written by `make matrix` -->
            <!-- end of grid -->
            <!-- not run: a card is needed -->
            ```sh
            four
            ```
            """
        let steps = try Document("p.md", text: text).steps
        guard steps.count == 5, case .room("debian", let files) = steps[0].kind,
            case .commands(let commands, .toTheirEnd, 0) = steps[1].kind,
            case .file("~/x", "{}\n") = steps[2].kind, case .commands(let last, let manner, 0) = steps[3].kind,
            case .notRun("a card is needed") = steps[4].kind
        else {
            Issue.record("\(steps)")
            return
        }
        #expect(files == ["a", "dist/b"])
        #expect(
            commands == [
                .init(line: 3, text: "one \\\n    more", asRoot: false, shows: ["shown"]),
                .init(line: 6, text: "two", asRoot: true, shows: []),
            ])
        #expect(last == [.init(line: 14, text: "three", asRoot: false, shows: nil)])
        #expect(manner == .goesOn(says: "ready", when: nil))
    }

    @Test("What appears has to be what is shown, but for what … stands for")
    func compared() {
        let seen = "\u{1b}[1mone 17 two\u{1b}[0m\r\nthree\r\n\r\nfour\n"
        for wanted in [
            ["one 17 two", "three", "", "four"], ["one … two", "…", "four"], ["…"], ["…", "four", "…"],
            ["… 1… t…", "…"],
        ] {
            #expect(Expectation.difference(wanted, seen) == nil, "\(wanted)")
        }
        for wanted in [
            [], ["one 18 two", "…"], ["one … three", "…"], ["…", "three"], ["three", "…"], ["…", "four", "five"],
        ] {
            #expect(Expectation.difference(wanted, seen) != nil, "\(wanted)")
        }
    }
}
