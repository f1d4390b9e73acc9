import Foundation

/// Native functions, compiled here as their authors would: against our header, linked with a stand-in for the library
/// of the public SDK, whose place the core's takes when the function runs.
enum NativeProgram {
    private static let header = Places.top + "/Sources/CGreengrassSDK"

    /// The core's library for this machine, built where it is not.
    static let library: Result<String, any Error> = Result {
        let folder = Places.top + "/.build/native/host"
        if Places.prepared != nil { return folder + "/libaws-greengrass-core-sdk-c.so" }
        let built = try CommandResult.run([Places.top + "/scripts/native/library", "host", folder])
        guard built.succeeded else { throw HarnessError("the C library could not be built: \(built)") }
        return folder + "/libaws-greengrass-core-sdk-c.so"
    }

    private static let stubFolder = FileManager.default.temporaryDirectory.path + "/perennial-stub-\(getpid())"

    /// The folder of the stand-in, of this run of the tests.
    private static let stub: Result<String, any Error> = Result {
        let folder = stubFolder
        atexit { try? FileManager.default.removeItem(atPath: NativeProgram.stubFolder) }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try compile(
            ["-shared", "-fPIC", "-Wl,-soname,libaws-greengrass-core-sdk-c.so"]
                + ["-Wl,--version-script=\(header)/versions.map", source("stub")],
            to: folder + "/libaws-greengrass-core-sdk-c.so")
        return folder
    }

    /// Compiles `Native/<name>.c`, or another file, to a program in a folder; its run path leads to the stand-in.
    static func build(_ name: String, from file: String? = nil, in folder: String) throws -> String {
        let program = "\(folder)/\(name)"
        let stub = try stub.get()
        try compile(
            [
                file ?? source(name), "-pthread", "-L\(stub)", "-laws-greengrass-core-sdk-c", "-Wl,--enable-new-dtags",
                "-Wl,-rpath,\(stub)",
            ],
            to: program)
        return program
    }

    static func compile(_ arguments: [String], to program: String) throws {
        let flags = ["-std=gnu99", "-Wall", "-Wextra", "-Werror", "-O1", "-I\(header)/include"]
        let result = try CommandResult.run(["cc"] + flags + arguments + ["-o", program])
        guard result.succeeded else { throw HarnessError("a native program does not compile: \(result)") }
    }

    static func source(_ name: String) -> String { "\(Places.tests)/Native/\(name).c" }
}
