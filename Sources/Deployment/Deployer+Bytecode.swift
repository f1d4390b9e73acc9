import Group
import Linux

extension Deployer {
    /// Adds functions' compiled code to a deployment that is being made. It makes starts shorter, and that is all: without
    /// it everything works, so nothing that goes wrong here hinders a deployment.
    ///
    /// - Returns: what to tell, for each function that has none.
    /// - Throws: where what was begun cannot be removed.
    func stageBytecode(_ group: GroupDefinition, in directory: String) throws(SystemError) -> [String] {
        guard let compiler else { return [] }
        var notes: [String] = []
        var isMade = false
        for function in group.functions where function.runtime.family == .python {
            let place = DeploymentLayout.bytecode(function.arn, in: directory)
            do throws(SystemError) {
                if !isMade { try disk.makeDirectory(DeploymentLayout.bytecode(in: directory), mode: 0o755) }
                isMade = true
                try disk.makeDirectory(place, mode: 0o700)
                var bounds = BytecodeBounds()
                // What is left of a small disk is for other things.
                if let free = Machine.freeBytes(place) { bounds.bytes = min(bounds.bytes, Int(clamping: free / 8)) }
                let stager = BytecodeStager(directory: place, disk: disk, bounds: bounds)
                let package = DeploymentLayout.package(function.arn, in: directory)
                let problem = compiler.compile(function, package: package, bounds: bounds) { stager.take($0) }
                if let problem = stager.failure ?? problem ?? stager.lack {
                    notes.append(Self.note(function, problem))
                } else if stager.count > 0 {
                    try allowReading(place, by: function, mode: 0o750)
                    continue
                }
            } catch {
                notes.append(Self.note(function, error.description))
            }
            // Half of a file would be worse than none.
            try disk.remove(place)
        }
        return notes
    }

    private static func note(_ function: FunctionDefinition, _ problem: String) -> String {
        "The Python code of \(function.arn) could not be compiled ahead, so that each of its starts takes longer: \(problem)."
    }
}

/// Writes compiled files below a directory that is there and empty, until something is wrong.
private final class BytecodeStager {
    private let stager: PackageStager
    private var reader: BytecodeReader
    private(set) var count = 0
    /// What was wrong with something that was taken.
    private(set) var failure: String?
    private var hasBegun = false

    init(directory: String, disk: Disk, bounds: BytecodeBounds) {
        stager = PackageStager(directory: directory, disk: disk, executable: nil)
        reader = BytecodeReader(bounds)
    }

    /// What is wrong if this was all.
    var lack: String? { reader.isComplete || !hasBegun ? nil : "the interpreter ended too early" }

    func take(_ bytes: ArraySlice<UInt8>) -> Bool {
        hasBegun = true
        do throws(PackageComplaint) {
            for file in try reader.take(bytes) {
                failure = write(file)
                if failure != nil { return false }
                count += 1
            }
            return true
        } catch {
            failure = "a file that the interpreter wrote \(error.text)"
            return false
        }
    }

    private func write(_ file: BytecodeReader.File) -> String? {
        let stager = stager
        do throws(PackageError) {
            let path: PackagePath
            do throws(PackageComplaint) { path = try PackagePath(file.path) } catch { throw .unusable(error.text) }
            try stager.beginFile(path, isExecutable: false)
            let outcome: Result<Void, PackageError> = file.content.withUnsafeBytes { buffer in
                do throws(PackageError) { return .success(try stager.content(buffer)) } catch { return .failure(error) }
            }
            try outcome.get()
            try stager.endFile()
            return nil
        } catch {
            switch error {
            case .unusable(let text): return text
            case .system(let error): return error.description
            }
        }
    }
}
