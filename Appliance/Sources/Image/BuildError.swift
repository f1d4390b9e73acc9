/// Why something could not be built, as a sentence for the person who asked for it: what was being done, with which file
/// or package, what was expected, and what to do next.
public struct BuildError: Error, CustomStringConvertible, Equatable {
    public let description: String

    public init(_ description: String) { self.description = description }
}
