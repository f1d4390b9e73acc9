/// Is shown the content of a package, entry by entry; what is shown is admitted already.
protocol PackageVisitor: AnyObject {
    func directory(_ path: PackagePath) throws(PackageError)
    func beginFile(_ path: PackagePath, isExecutable: Bool) throws(PackageError)
    /// The next bytes of the file begun last.
    func content(_ bytes: UnsafeRawBufferPointer) throws(PackageError)
    func endFile() throws(PackageError)
    func link(_ path: PackagePath, target: [UInt8]) throws(PackageError)
}
