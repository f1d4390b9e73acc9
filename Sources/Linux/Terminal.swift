import CLinux

/// What a command's output goes to.
public enum Terminal {
    /// Columns and lines of the terminal behind a descriptor; nil where it is none.
    public static func size(_ descriptor: Int32 = 1) -> (columns: Int, lines: Int)? {
        var columns: Int32 = 0
        var lines: Int32 = 0
        guard isatty(descriptor) == 1, clinux_terminal_size(descriptor, &columns, &lines) == 0 else { return nil }
        // A serial line knows no size and says 0.
        return (columns > 0 ? Int(columns) : 80, lines > 0 ? Int(lines) : 24)
    }
}
