import CLinux

/// Whether somebody else may use a file, asked of the kernel and not guessed from modes.
public enum AccessCheck {
    public struct Use: OptionSet, Sendable {
        public let rawValue: Int32

        public init(rawValue: Int32) {
            self.rawValue = rawValue
        }

        public static let read = Use(rawValue: 4)
        public static let write = Use(rawValue: 2)
        /// Of a folder: reaching what is in it.
        public static let search = Use(rawValue: 1)
    }

    /// Who asks.
    public struct Identity: Sendable {
        public var user: UInt32
        public var group: UInt32
        public var supplementary: [UInt32]

        public init(user: UInt32, group: UInt32, supplementary: [UInt32] = []) {
            self.user = user
            self.group = group
            self.supplementary = supplementary
        }
    }

    /// - Parameters:
    ///   - identity: nil asks for this process; anybody else only root can ask for.
    ///   - throughFolders: whether the folders on the way count; what is mounted elsewhere is reached without them.
    /// - Returns: the error, or nil where the use is allowed.
    public static func refusal(
        _ use: Use, of path: String, by identity: Identity?, throughFolders: Bool
    ) -> SystemError? {
        var target = path
        var held: Int32 = -1
        if !throughFolders {
            // The file itself, whatever leads to it: a descriptor's link in /proc jumps to it.
            held = clinux_open_path(path)
            if held < 0 { return SystemError("open \(path)") }
            target = "/proc/self/fd/\(held)"
        }
        defer { if held >= 0 { FileDescriptor.close(held) } }
        let code = target.withCString { text in
            (identity?.supplementary ?? []).withUnsafeBufferPointer { groups in
                var question = clinux_access()
                question.path = text
                question.mode = use.rawValue
                question.change_user = identity == nil ? 0 : 1
                question.user = identity?.user ?? 0
                question.group = identity?.group ?? 0
                question.groups = groups.baseAddress
                question.group_count = groups.count
                return clinux_access_as(&question)
            }
        }
        return code == 0 ? nil : SystemError("use \(path)", code: code)
    }

    /// Where links and all lead; nil where there is nothing.
    public static func realPath(_ path: String) -> String? {
        guard let text = realpath(path, nil) else { return nil }
        defer { free(text) }
        return String(cString: text)
    }
}
