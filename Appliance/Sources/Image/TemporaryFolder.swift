import Foundation

/// A folder of this process's user alone, under a name that nobody can have taken before: mkdtemp(3).
public enum TemporaryFolder {
    /// - Parameter name: what the folder's name begins with.
    /// - Returns: its path, which is short enough for a socket in it (unix(7): 108 bytes). The caller removes it.
    /// - Throws: when `/tmp` takes no folder.
    public static func make(_ name: String) throws(BuildError) -> String {
        var template = Array("/tmp/\(name)-XXXXXX".utf8CString)
        let path = template.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
        }
        guard let path else {
            throw BuildError("No temporary folder can be made in /tmp (\(String(cString: strerror(errno)))).")
        }
        return path
    }
}
