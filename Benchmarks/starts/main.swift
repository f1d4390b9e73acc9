// Starts one program in the ways of its arguments, in turns, and prints for each start the nanoseconds until the program's
// first instructions: `functionbench PROGRAM STARTS PAUSE_MS NAME COMMAND… [-- NAME COMMAND…]…`.
// The command `container` is our own container, `plain` a process without one; any other one is executed.
import Linux
import Sandbox

struct Way {
    let name: String
    let command: [String]
}

func fail(_ reason: String) -> Never {
    IO.print(reason + "\n", to: 2)
    Processes.exit(1)
}

func ways(_ words: ArraySlice<String>) -> [Way] {
    words.split { $0 == "--" }.map { part in
        Way(name: part.first ?? "", command: [String](part.dropFirst()))
    }
}

final class Bench {
    let program: String
    let containers = Containers(name: "perennial-bench-\(Processes.current)", hidden: ["/srv"])

    init(program: String) {
        self.program = program
        if let refusal = containers.support.refusal { fail(refusal) }
        for notice in containers.support.notices { IO.print(notice + "\n", to: 2) }
    }

    func measure(_ way: Way) throws(SystemError) -> Int64 {
        let pipe = try FileDescriptor.pipe()
        defer { FileDescriptor.close(pipe.read) }
        var specification = LaunchSpecification(
            worker: 1, executable: way.command[0], arguments: way.command, environment: ["PATH=/usr/bin:/bin"],
            workingDirectory: "/", user: 0, group: 0)
        let begin = Clock.monotonic()
        var contained: ContainedProcess?
        var process: Int32 = 0
        if way.command == ["container"] {
            specification.executable = "/lambda/first"
            specification.arguments = ["first"]
            specification.user = 61_777
            specification.group = 61_777
            specification.container = ContainerSpecification(
                mounts: [
                    .init(source: Path.parent(program), destination: "/lambda"),
                    .init(source: "/usr", destination: "/runtime"),
                ], memoryLimit: 16 << 20)
            contained = try containers.start(specification, descriptors: [pipe.write, 2])
        } else {
            if way.command == ["plain"] { specification.executable = program }
            process = try Launcher.start(specification, descriptors: [pipe.write, 2], changesUser: false)
        }
        FileDescriptor.close(pipe.write)
        let first = try firstInstruction(pipe.read)
        if var ended = contained {
            _ = Processes.wait(ended.initProcess)
            _ = containers.finish(&ended)
        } else {
            _ = Processes.wait(process)
        }
        return first - begin
    }

    private func firstInstruction(_ fd: Int32) throws(SystemError) -> Int64 {
        var text: [UInt8] = []
        var room = [UInt8](repeating: 0, count: 64)
        while true {
            switch room.withUnsafeMutableBytes({ IO.read(fd, into: $0) }) {
            case .bytes(let count): text += room[0..<count]
            case .wouldBlock: Clock.pause(milliseconds: 1)
            case .closed:
                guard let value = Int64(String(decoding: text.dropLast(), as: UTF8.self)) else {
                    throw SystemError("read the program's time", code: 22)
                }
                return value
            case .failed(let code): throw SystemError("read the program's time", code: code)
            }
        }
    }
}

func arguments() -> [String] {
    do throws(SystemError) { return try Arguments.all() } catch { fail(error.description) }
}

func run() {
    let words = arguments()
    guard words.count > 5, let starts = Int(words[2]), let pause = Int32(words[3]) else {
        fail("functionbench PROGRAM STARTS PAUSE_MS NAME COMMAND… [-- NAME COMMAND…]…")
    }
    let bench = Bench(program: words[1])
    for way in ways(words[4...]) {
        for _ in 0..<starts {
            do throws(SystemError) {
                IO.print("\(way.name) \(try bench.measure(way))\n")
            } catch {
                fail("\(way.name): \(error.description)")
            }
            if pause > 0 { Clock.pause(milliseconds: pause) }
        }
    }
    bench.containers.removeGroups()
}

run()
