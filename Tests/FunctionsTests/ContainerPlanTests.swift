import Group
import Testing

@testable import Functions

@Suite("The process of a worker in a container")
struct ContainerPlanTests {
    private func plan(_ function: FunctionDefinition, _ configuration: FunctionConfiguration) throws
        -> WorkerSpecification
    {
        try WorkerPlan.make(
            function, token: Array("t".utf8), configuration: configuration,
            search: InterpreterSearch(path: "/usr/bin", overrides: []) {
                $0 == "/usr/bin/python3.7" || $0.hasSuffix("/program")
            },
            exists: { _ in true }
        ).specification
    }

    private func value(_ name: String, _ specification: WorkerSpecification) -> String? {
        specification.environment.first { $0.name == name }?.value
    }

    private func grants() -> WorkerGrants {
        var grants = WorkerGrants()
        grants.supplementaryGroups = [20]
        grants.volumes = [.init(source: "/src", destination: "/dest", isWritable: true)]
        grants.devices = [.init(path: "/dev/ttyS0", isWritable: false)]
        grants.linkFolder = "/gg/resources/" + WorkerPlanTests.arn
        return grants
    }

    @Test("LAM-13, LAM-07, LAM-19: paths are those inside, the mounts those of the host")
    func container() throws {
        var function = try WorkerPlanTests.function()
        function.isolation = .container
        function.memoryKB = 16384
        function.accessSysfs = true
        var configuration = WorkerPlanTests.configuration()
        configuration.grants[WorkerPlanTests.arn] = grants()
        let made = try plan(function, configuration)
        #expect(made.executable == "/usr/bin/python3.7")
        #expect(
            made.arguments == [
                "-u", "/runtime/python/lambda_runtime.py", "--handler=alarm.handler",
                "--function=\(WorkerPlanTests.arn)",
            ])
        #expect(made.workingDirectory == "/lambda")
        #expect(made.supplementaryGroups == [20])
        let container = try #require(made.container)
        #expect(
            container.folders == [
                .init(source: WorkerPlanTests.package, destination: "/lambda", isWritable: false),
                .init(source: "/gg/runtime", destination: "/runtime", isWritable: false),
            ])
        #expect(container.socket == "/gg/socket")
        #expect(container.volumes == [.init(source: "/src", destination: "/dest", isWritable: true)])
        #expect(container.devices == [.init(path: "/dev/ttyS0", isWritable: false)])
        #expect(container.memoryLimit == 16384 * 1024)
        #expect(container.showsSysfs)
        #expect(value("HOME", made) == "/lambda")
        #expect(value("IPC_SOCK_FILE", made) == "/greengrass_ipc.sock")
        #expect(value("PYTHONPATH", made) == "/lambda:/runtime/python")
        #expect(value("LD_LIBRARY_PATH", made) == "/runtime/executable:/lambda:/lambda/lib")
        #expect(value("AWS_GG_RESOURCE_PREFIX", made) == "/")
    }

    @Test("Compiled Python is one more read-only mount, and the worker is told where it is; others have none")
    func bytecode() throws {
        var function = try WorkerPlanTests.function()
        var configuration = WorkerPlanTests.configuration()
        configuration.bytecodeRoot = "/gg/bytecode"
        let source = "/gg/bytecode/" + WorkerPlanTests.arn
        #expect(try plan(function, configuration).arguments.last == "--bytecode=" + source)
        function.isolation = .container
        let made = try plan(function, configuration)
        #expect(made.arguments.last == "--bytecode=/greengrass_bytecode")
        #expect(
            made.container?.folders.last
                == .init(source: source, destination: "/greengrass_bytecode", isWritable: false))
        #expect(made.container?.folders.count == 3)
        #expect(configuration.bytecode(of: function) { $0 != source } == nil)
        function = try WorkerPlanTests.function("executable", handler: "program")
        function.isolation = .container
        #expect(try plan(function, configuration).container?.folders.contains { $0.source == source } == false)
    }

    @Test("LAM-02, LAM-13, LAM-28: an executable in a container is in /lambda, and started by a path with its name")
    func executable() throws {
        var function = try WorkerPlanTests.function("executable", handler: "program")
        function.isolation = .container
        let made = try plan(function, WorkerPlanTests.configuration())
        let place = "/functions/" + (FunctionARN(WorkerPlanTests.arn)?.name ?? "")
        #expect(made.executable == place + "/program" && made.workingDirectory == "/lambda")
        let package = WorkerPlanTests.package
        #expect(
            made.container?.folders.filter { $0.source == package } == [
                .init(source: package, destination: "/lambda", isWritable: false),
                .init(source: package, destination: place, isWritable: false),
            ])
        function.isolation = .noContainer
        #expect(try plan(function, WorkerPlanTests.configuration()).executable == WorkerPlanTests.package + "/program")
    }

    @Test("H-41: a socket whose path is too long for a program is in containers only")
    func longSocketPath() throws {
        var function = try WorkerPlanTests.function()
        var configuration = WorkerPlanTests.configuration()
        configuration.socketPath = "/" + String(repeating: "long/", count: 30) + "ipc.sock"
        function.isolation = .noContainer
        #expect(value("IPC_SOCK_FILE", try plan(function, configuration)) == "")
        function.isolation = .container
        let made = try plan(function, configuration)
        #expect(value("IPC_SOCK_FILE", made) == "/greengrass_ipc.sock")
        #expect(made.container?.socket == configuration.socketPath)
    }

    @Test("LRA-09, B-16: without a container the function gets groups and the folder of links")
    func plain() throws {
        var function = try WorkerPlanTests.function()
        function.isolation = .noContainer
        var configuration = WorkerPlanTests.configuration()
        configuration.grants[WorkerPlanTests.arn] = grants()
        let made = try plan(function, configuration)
        #expect(made.container == nil)
        #expect(made.supplementaryGroups == [20])
        #expect(value("AWS_GG_RESOURCE_PREFIX", made) == "/gg/resources/" + WorkerPlanTests.arn)
        function.environment = [.init(name: "AWS_GG_RESOURCE_PREFIX", value: "/mine")]
        #expect(value("AWS_GG_RESOURCE_PREFIX", try plan(function, configuration))?.hasPrefix("/gg") == true)
    }
}
