import Bytes

/// Finds the name that somebody probably meant.
public enum NearestName {
    /// Longer names are not compared: the effort grows with the product of both lengths.
    public static let maximumLength = 128

    /// The candidate that is fewest edits away (insertions, deletions, replacements and swaps of neighbours, letters
    /// regardless of case); nil where even the nearest differs in more than a third of its letters.
    public static func find(_ name: String, among candidates: [String]) -> String? {
        guard name.utf8.count <= maximumLength else { return nil }
        let wanted = name.utf8.map { $0.lowercasedASCII }
        var best: (name: String, distance: Int)?
        for candidate in candidates where candidate.utf8.count <= maximumLength {
            let other = candidate.utf8.map { $0.lowercasedASCII }
            let distance = distance(wanted, other)
            guard distance <= max(wanted.count, other.count) / 3 else { continue }
            if let found = best, found.distance <= distance { continue }
            best = (candidate, distance)
        }
        return best?.name
    }

    /// Optimal string alignment, row by row.
    static func distance(_ first: [UInt8], _ second: [UInt8]) -> Int {
        var beforeLast = [Int](repeating: 0, count: second.count + 1)
        var last = Array(0...second.count)
        var row = last
        for i in first.indices {
            row[0] = i + 1
            for j in second.indices {
                let replaced = last[j] + (first[i] == second[j] ? 0 : 1)
                row[j + 1] = min(replaced, last[j + 1] + 1, row[j] + 1)
                if i > 0, j > 0, first[i] == second[j - 1], first[i - 1] == second[j] {
                    row[j + 1] = min(row[j + 1], beforeLast[j - 1] + 1)
                }
            }
            swap(&beforeLast, &last)
            swap(&last, &row)
        }
        return last[second.count]
    }
}
