import Linux

/// Why a package was not read to its end.
enum PackageError: Error {
    /// The package cannot be used; what a person has to know.
    case unusable(String)
    /// A file of it, or one made from it, could not be read or written.
    case system(SystemError)

    /// Passes on what a step gives, its error as one of these.
    static func converting<Value>(_ step: () throws(SystemError) -> Value) throws(PackageError) -> Value {
        do throws(SystemError) {
            return try step()
        } catch {
            throw .system(error)
        }
    }
}
