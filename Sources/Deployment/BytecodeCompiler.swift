import Group

/// Compiles functions' code ahead of their starts, while a deployment is being made.
public protocol BytecodeCompiler: AnyObject {
    /// - Parameters:
    ///   - package: where the function's package is now.
    ///   - take: gets the records that `BytecodeReader` knows, in pieces; false where no more of them are wanted.
    /// - Returns: why there is nothing compiled, as the end of a sentence without its full stop; nil where it was, and where
    ///   nothing is to be.
    func compile(
        _ function: FunctionDefinition, package: String, bounds: BytecodeBounds, take: (ArraySlice<UInt8>) -> Bool
    ) -> String?
}

/// What one function's compiled files may take.
public struct BytecodeBounds: Sendable {
    /// AWS's SDK for Python has some 500 modules.
    public var files = 2000
    public var bytes = 33_554_432

    public init() {}
}
