import Bytes
import Group
import Linux

/// A folder with a function's code, and what is to be run in it when nobody says.
public struct FunctionFolder {
    /// Handlers that the guide, the console and AWS Lambda use, best first.
    private static let usualNames = ["function_handler", "lambda_handler", "handler", "main_handler"]

    public let path: String

    /// - Throws: when it is no folder.
    public init(_ path: String) throws(SetupError) {
        guard let real = AccessCheck.realPath(path) else {
            throw SetupError("There is no folder \(path). Name the folder that holds the function's code.")
        }
        let status: FileStatus?
        do throws(SystemError) { status = try Files.status(real) } catch { status = nil }
        guard status?.kind == .directory else {
            throw SetupError(
                "\(path) is a file. Name the folder that holds the function's code"
                    + (real.hasSuffix(".zip") ? "; `unzip -d FOLDER \(path)` makes one of a package." : "."))
        }
        self.path = real
    }

    /// The runtime that fits a handler.
    func runtime(for handler: String) -> String? {
        if handler.utf8.contains(UInt8(ascii: ":")) { return "java8" }
        if Files.isExecutable(Path.join(path, handler)), isProgram(handler) { return "executable" }
        guard let dot = handler.utf8.lastIndex(of: UInt8(ascii: ".")) else { return nil }
        var module: [UInt8] = []
        for byte in handler.utf8[..<dot] { module.append(byte == UInt8(ascii: ".") ? UInt8(ascii: "/") : byte) }
        let file = Path.join(path, module.text)
        if Files.exists(file + ".py") || Files.exists(file + "/__init__.py") { return "python3.7" }
        if Files.exists(file + ".js") { return "nodejs8.10" }
        return nil
    }

    /// The handler of the folder, where there is one only.
    func guess() throws(SetupError) -> (handler: String, runtime: String) {
        var found: [(handler: String, runtime: String)] = []
        let names: [String]
        do throws(SystemError) { names = try Files.list(path) } catch {
            throw SetupError("\(path) cannot be read", error)
        }
        for name in names {
            if name.hasSuffix(".py") {
                let module = String(decoding: Array(name.utf8.dropLast(3)), as: UTF8.self)
                if let handler = pythonHandler(in: name) { found.append(("\(module).\(handler)", "python3.7")) }
            } else if name == "index.js" {
                found.append(("index.handler", "nodejs8.10"))
            } else if isProgram(name), Files.isExecutable(Path.join(path, name)) {
                found.append((name, "executable"))
            }
        }
        if found.count == 1 { return found[0] }
        if found.isEmpty {
            throw SetupError(
                "No handler was found in \(path): no Python file that defines "
                    + "\(Self.usualNames.joined(separator: ", ")) at its top, no index.js and no program. Say which it is: "
                    + "--handler module.function, as in --handler greengrass_app.function_handler.")
        }
        throw SetupError(
            "There is more than one handler in \(path): \(found.map { $0.handler }.joined(separator: ", ")). Say which is "
                + "meant with --handler.")
    }

    private func pythonHandler(in name: String) -> String? {
        let text: [UInt8]
        do throws(SystemError) { text = try Files.read(Path.join(path, name), limit: 4 << 20) } catch { return nil }
        let lines = text.split(separator: UInt8(ascii: "\n"))
        for handler in Self.usualNames {
            let start = [UInt8]("def \(handler)(".utf8)
            if lines.contains(where: { $0.starts(with: start) }) { return handler }
        }
        return nil
    }

    /// ELF, elf(5).
    private func isProgram(_ name: String) -> Bool {
        let start: [UInt8]
        do throws(SystemError) {
            let file = Path.join(path, name)
            guard try Files.status(file)?.kind == .file else { return false }
            start = try Files.readStart(file, count: 4)
        } catch {
            return false
        }
        return start == [0x7F, 0x45, 0x4C, 0x46] || start.starts(with: [0x23, 0x21])
    }

    /// A name that a function can have, of the folder's.
    var functionName: String {
        var name: [UInt8] = []
        for byte in Path.name(path).utf8.prefix(64) {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                name.append(byte)
            default: name.append(UInt8(ascii: "_"))
            }
        }
        return name.isEmpty ? "function" : name.text
    }
}
