/// A table for a terminal: columns as wide as what is in them, narrowed where the terminal is narrower.
struct TextTable {
    struct Column {
        let title: String
        /// Numbers stand to the right.
        var isNumber = false
        /// Whether it may be narrowed, down to this width.
        var least: Int?
    }

    private let columns: [Column]
    private var rows: [[String]] = []

    init(_ columns: [Column]) {
        self.columns = columns
    }

    var isEmpty: Bool { rows.isEmpty }

    /// - Parameter cells: one for each column; further columns stay empty.
    mutating func add(_ cells: [String]) {
        rows.append(cells.map { TerminalText.printable($0) })
    }

    /// The title and the rows.
    func lines(width: Int) -> [String] {
        let widths = widths(total: width)
        return ([columns.map { $0.title }] + rows).map { cells in
            var line = ""
            for (index, column) in columns.enumerated() {
                let cell = index < cells.count ? cells[index] : ""
                if index > 0 { line += "  " }
                line += TerminalText.fitted(cell, widths[index], right: column.isNumber)
            }
            return TerminalText.cut(TerminalText.withoutBlanksAtEnd(line), width)
        }
    }

    private func widths(total: Int) -> [Int] {
        var widths = columns.enumerated().map { index, column in
            rows.reduce(TerminalText.columns(column.title)) {
                index < $1.count ? max($0, TerminalText.columns($1[index])) : $0
            }
        }
        var excess = widths.reduce(0, +) + 2 * (columns.count - 1) - total
        while excess > 0 {
            var widest: Int?
            for (index, column) in columns.enumerated() {
                guard let least = column.least, widths[index] > least else { continue }
                if let known = widest, widths[known] >= widths[index] { continue }
                widest = index
            }
            guard let widest else { break }
            widths[widest] -= 1
            excess -= 1
        }
        return widths
    }
}
