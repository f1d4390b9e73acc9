import Group
import Testing

@Suite struct FunctionReaderTests {
    private typealias F = GroupFixture

    private func configured(_ configuration: String) -> FunctionDefinition? {
        F.valid(F.functionGroup(F.function(configuration: configuration))).functions.first
    }

    private func refuses(
        _ configuration: String, at key: String, saying words: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        F.refuses(
            F.functionGroup(F.function(configuration: configuration)),
            at: "$.Functions[0].FunctionConfiguration" + key, saying: words, sourceLocation: sourceLocation)
    }

    @Test("LAM-05 LAM-06 LAM-08 LAM-09: what a function is by default")
    func defaults() throws {
        let function = try #require(configured("{}"))
        #expect(function.arn == F.lambda + "Alarm:1")
        #expect(function.handler == "alarm.handler")
        #expect(function.runtime == Runtime(family: .python, version: "3.7"))
        #expect(!function.pinned)
        #expect(function.timeoutSeconds == 3)
        #expect(function.encoding == .json)
        #expect(function.environment.isEmpty)
        #expect(function.memoryKB == nil)
        #expect(function.isolation == .noContainer)
        #expect(function.runAs == RunAs())
    }

    @Test("LAM-05: Pinned makes a function long-lived")
    func pinned() {
        #expect(configured(#"{"Pinned": true}"#)?.pinned == true)
        #expect(configured(#"{"Pinned": "true"}"#)?.pinned == true)
        refuses(#"{"Pinned": "yes"}"#, at: ".Pinned", saying: "found \"yes\", expected true or false")
    }

    @Test("LAM-06: Timeout is a whole number of seconds")
    func timeout() {
        #expect(configured(#"{"Timeout": 25}"#)?.timeoutSeconds == 25)
        #expect(configured(#"{"Timeout": "2000"}"#)?.timeoutSeconds == 2000)
        refuses(#"{"Timeout": 0}"#, at: ".Timeout", saying: "found 0, expected a whole number of seconds from 1")
        refuses(#"{"Timeout": 2.5}"#, at: ".Timeout", saying: "found 2.5")
        refuses(#"{"Timeout": 99999999999}"#, at: ".Timeout", saying: "found 99999999999")
    }

    @Test("LAM-08: EncodingType is json or binary")
    func encoding() {
        #expect(configured(#"{"EncodingType": "binary"}"#)?.encoding == .binary)
        #expect(configured(#"{"EncodingType": "json"}"#)?.encoding == .json)
        refuses(#"{"EncodingType": "xml"}"#, at: ".EncodingType", saying: "expected \"json\" or \"binary\"")
    }

    @Test("LAM-02: an executable is binary, and nothing else")
    func executables() {
        let text = F.functionGroup(F.function(runtime: "executable", handler: "run.exe"))
        #expect(F.valid(text).functions.first?.encoding == .binary)
        F.refuses(
            F.functionGroup(
                F.function(configuration: #"{"EncodingType": "json"}"#, runtime: "executable", handler: "run.exe")),
            at: "$.Functions[0].FunctionConfiguration.EncodingType", saying: "support \"binary\" only")
        let arn = "arn:aws:greengrass:::runtime/function/executable"
        #expect(
            F.valid(F.functionGroup(F.function(runtime: arn, handler: "x"))).functions.first?.runtime.name
                == "executable")
    }

    @Test("LAM-09: Environment.Variables reach the function in their order")
    func environment() {
        let function = configured(#"{"Environment": {"Variables": {"B": "2", "A": "", "C": "é"}}}"#)
        #expect(function?.environment.map(\.name) == ["B", "A", "C"])
        #expect(function?.environment.map(\.value) == ["2", "", "é"])
        refuses(#"{"Environment": {"Variables": {"A": 5}}}"#, at: ".Environment.Variables.A", saying: "found a number")
        refuses(#"{"Environment": {"Variables": {"A=B": "x"}}}"#, at: #".Environment.Variables["A=B"]"#, saying: "name")
        refuses(#"{"Environment": {"Variables": {"A": "x\u0000y"}}}"#, at: ".Environment.Variables.A", saying: "U+0000")
        let long = String(repeating: "v", count: 4096)
        refuses(
            #"{"Environment": {"Variables": {"A": "\#(long)"}}}"#, at: ".Environment.Variables", saying: "4097 bytes")
    }

    @Test("LAM-10 LAM-11: Executable takes the handler's place, ExecArgs goes with it")
    func executable() {
        let function = configured(#"{"Executable": "other.main", "ExecArgs": "argument1"}"#)
        #expect(function?.handler == "other.main")
        #expect(function?.execArgs == "argument1")
        refuses(#"{"Executable": "other"}"#, at: ".Executable", saying: "not of the form \"module.function\"")
    }

    @Test("LAM-12 LAM-16 LAM-17: a function's own execution wins over the group's, ID by ID")
    func execution() {
        let text = """
            {"DefaultConfig": {"Execution": {"IsolationMode": "NoContainer", "RunAs": {"Uid": 1001, "Gid": 1002}}},
             "Functions": [
               \(F.function("A:1", id: "a")),
               \(F.function("B:1", configuration: #"{"Environment": {"Execution": {"RunAs": {"Gid": "10"}}}}"#, id: "b"))]}
            """
        let found = F.valid(text)
        #expect(found.functions[0].runAs == RunAs(userID: 1001, groupID: 1002))
        #expect(found.functions[1].runAs == RunAs(userID: 1001, groupID: 10))
        refuses(
            #"{"Environment": {"Execution": {"RunAs": {"Uid": 4294967295}}}}"#, at: ".Environment.Execution.RunAs.Uid",
            saying: "from 0 to 4294967294")
    }

    @Test("ERR-01 ERR-02: isolation modes that are none")
    func isolationModes() {
        F.refuses(
            #"{"DefaultConfig": {"Execution": {"IsolationMode": "None"}}}"#,
            at: "$.DefaultConfig.Execution.IsolationMode",
            saying: "Your 'IsolationMode' configuration for the group is invalid.")
        refuses(
            #"{"Environment": {"Execution": {"IsolationMode": "nocontainer"}}}"#,
            at: ".Environment.Execution.IsolationMode",
            saying: "Your 'IsolationMode' configuration for function with arn \(F.lambda)Alarm:1 is invalid.")
    }

    @Test("LAM-12 LAM-07 ERR-05: container mode is the default, and needs MemorySize")
    func containers() {
        var rules = GroupRules()
        rules.containers = true
        F.refuses(
            "{\"Functions\": [\(F.function())]}", at: "$.Functions[0].FunctionConfiguration.MemorySize",
            saying: "MemorySize configuration for function with arn \(F.lambda)Alarm:1 is required in "
                + "IsolationMode=GreengrassContainer.", rules)
        let text = "{\"Functions\": [\(F.function(configuration: #"{"MemorySize": 16384}"#))]}"
        let function = F.valid(text, rules).functions.first
        #expect(function?.memoryKB == 16384)
        #expect(function?.isolation == .container)
        let group = #""DefaultConfig": {"Execution": {"IsolationMode": "NoContainer"}}, "#
        let own =
            #"{"MemorySize": 20000, "Environment": {"AccessSysfs": true, "Execution": {"IsolationMode": "#
            + #""GreengrassContainer"}}}"#
        let mixed = F.valid("{\(group)\"Functions\": [\(F.function(configuration: own))]}", rules).functions.first
        #expect(mixed?.isolation == .container)
        #expect(mixed?.accessSysfs == true)
    }

    @Test("LAM-07: a MemorySize that must have been meant in MB is told")
    func memoryInMegabytes() {
        var rules = GroupRules()
        rules.containers = true
        func warnings(_ size: Int) -> [Finding] {
            F.read("{\"Functions\": [\(F.function(configuration: "{\"MemorySize\": \(size)}"))]}", rules).report
                .warnings
        }
        #expect(warnings(128).map(\.path) == ["$.Functions[0].FunctionConfiguration.MemorySize"])
        #expect(warnings(128).first?.message.contains("is in KB") == true)
        #expect(warnings(128).first?.message.contains("for 128 MB write 131072") == true)
        #expect(warnings(4096).isEmpty)
    }

    @Test("LAM-09: a variable that is the core's own is told")
    func reservedVariable() {
        let variables = #"{"Environment": {"Variables": {"MY_FUNCTION_ARN": "x", "MINE": "y"}}}"#
        let report = F.read(F.functionGroup(F.function(configuration: variables))).report
        #expect(report.isValid)
        #expect(
            report.warnings.map(\.path) == [
                "$.Functions[0].FunctionConfiguration.Environment.Variables.MY_FUNCTION_ARN"
            ])
    }

    @Test(
        "LAM-12, H-08: where the machine has no containers, that is told with what to write, or config.json falls back")
    func noContainers() throws {
        var rules = GroupRules()
        rules.containerProblem = "the kernel has no memory cgroup"
        let text = "{\"Functions\": [\(F.function(configuration: #"{"MemorySize": 16384}"#))]}"
        for words in ["the kernel has no memory cgroup", "\"NoContainer\"", "\"fallBackToNoContainer\": \"yes\""] {
            F.refuses(text, at: "$.Functions[0].FunctionConfiguration", saying: words, rules)
        }
        rules.fallsBackToNoContainer = true
        let (group, report) = F.read(text, rules)
        #expect(report.isValid)
        #expect(report.warnings.first?.message.contains("it runs in NoContainer mode") == true)
        let function = try #require(group.functions.first)
        #expect(function.isolation == .noContainer && function.fellBack && function.memoryKB == nil)
    }

    @Test("ERR-03 ERR-04 ERR-06 LAM-14 LAM-15 LAM-19: what NoContainer does not allow")
    func noContainer() {
        refuses(
            #"{"MemorySize": 16384}"#, at: ".MemorySize",
            saying: "MemorySize configuration for function with arn \(F.lambda)Alarm:1 is not allowed in "
                + "IsolationMode=NoContainer. Remove it.")
        refuses(
            #"{"Environment": {"AccessSysfs": true}}"#, at: ".Environment.AccessSysfs",
            saying: "Access Sysfs configuration for function with arn \(F.lambda)Alarm:1 is not allowed in "
                + "IsolationMode=NoContainer.")
        let resources = """
            , "Resources": [{"Id": "tty", "Name": "t", "ResourceDataContainer": {
              "S3MachineLearningModelResourceData": {}}}]
            """
        let policy = #"{"Environment": {"ResourceAccessPolicies": [{"ResourceId": "tty", "Permission": "rw"}]}}"#
        F.refuses(
            F.functionGroup(F.function(configuration: policy), more: resources),
            at: "$.Functions[0].FunctionConfiguration.Environment.ResourceAccessPolicies",
            saying: "Function \(F.lambda)Alarm:1 refers to resource of type ML_Model.S3_Object that is not allowed in "
                + "IsolationMode=NoContainer.")
        F.refuses(
            F.functionGroup(F.function(configuration: policy)),
            at: "$.Functions[0].FunctionConfiguration.Environment.ResourceAccessPolicies[0].ResourceId",
            saying: "is not the Id of a resource")
    }

    @Test("ERR-07 LAM-25: the core's own functions take no execution settings")
    func systemFunctions() {
        func entry(_ configuration: String) -> String {
            """
            {"Functions": [{"Id": "1", "FunctionArn": "arn:aws:lambda:::function:GGIPDetector:1",
             "FunctionConfiguration": \(configuration)}]}
            """
        }
        let (group, report) = F.read(entry(#"{"Pinned": true}"#))
        #expect(report.isValid)
        #expect(group.functions.isEmpty)
        #expect(report.warnings.first?.path == "$.Functions[0].FunctionArn")
        F.refuses(
            entry(#"{"Environment": {"Execution": {"IsolationMode": "NoContainer"}}}"#),
            at: "$.Functions[0].FunctionConfiguration.Environment.Execution",
            saying:
                "Execution configuration for function with arn arn:aws:lambda:::function:GGIPDetector:1 is not allowed."
        )
    }

    @Test("LAM-26: V1's system functions may stand in a group; each is told as part of the core, or as not there yet")
    func systemNames() {
        for (name, word) in [
            ("GGConnManager", "which always has it"), ("GGDeviceCertificateManager:1", "which always has it"),
            ("GGIPDetector:1", "does not have yet"), ("GGSecretManager:1", "does not have yet"),
            ("GGShadowService", "does not have yet"), ("GGShadowSyncManager", "does not have yet"),
            ("GGTES", "does not have yet"), ("GGStreamManager:1", "does not have yet"),
            ("GGShadowServce", "is no part of the core; those are GGCloudSpooler, "),
        ] {
            let (group, report) = F.read(
                #"{"Functions": [{"Id": "1", "FunctionArn": "arn:aws:lambda:::function:\#(name)"}]}"#)
            #expect(report.isValid && group.functions.isEmpty)
            #expect(report.warnings.count == 1 && report.warnings[0].message.contains(word), "\(name)")
        }
    }

    @Test("LAM-23: a Lambda function's execution role has no effect, which is told")
    func executionRole() {
        let role = #", "Role": "arn:aws:iam::123456789012:role/lambda_basic""#
        let (group, report) = F.read(F.functionGroup(F.function(more: role)))
        #expect(report.isValid && group.functions.count == 1)
        #expect(report.warnings.map(\.path) == ["$.Functions[0].Role"])
        #expect(report.warnings.first?.message.contains("the group's role says") == true)
    }

    @Test("LAM-18 CFG-14 DX-18 H-28: functions of root need config.json's leave")
    func root() {
        let text = F.functionGroup(
            F.function(configuration: #"{"Environment": {"Execution": {"RunAs": {"Uid": 0, "Gid": 0}}}}"#))
        F.refuses(
            text, at: "$.Functions",
            saying:
                "lambda(s) [\(F.lambda)Alarm:1] are configured to run as root while Greengrass is not configured to "
                + "run lambdas with root permissions")
        var rules = GroupRules()
        rules.rootFunctions = true
        #expect(F.valid(text, rules).functions.first?.runAs == RunAs(userID: 0, groupID: 0))
    }

    @Test(
        "LAM-22: ARNs that name no version are refused",
        arguments: [
            ("Alarm", "has no version"), ("Alarm:$LATEST", "$LATEST is not supported"),
            ("Alarm:prod", "add \"Version\": 1"),
            ("../../etc:1", "expected the function's ARN"), ("a:b:c", "expected the function's ARN"),
        ])
    func unversioned(name: String, words: String) {
        F.refuses(F.functionGroup(F.function(name)), at: "$.Functions[0].FunctionArn", saying: words)
    }

    @Test(
        "LAM-01: runtimes that are not known",
        arguments: [
            ("pyton3.7", "did you mean \"python3.7\"?"), ("python37", "did you mean \"python3.7\"?"),
            ("python9.9", "or a newer one as in"), ("nodejs810", "did you mean \"nodejs8.10\"?"), ("java180", "java8"),
            ("python", "expected the name of a runtime"),
            ("python3..7", "expected"), ("nodejs8.1O", "did you mean \"nodejs8.10\"?"),
        ])
    func runtimes(name: String, words: String) {
        F.refuses(F.functionGroup(F.function(runtime: name)), at: "$.Functions[0].Runtime", saying: words)
    }

    @Test func aRuntimeNameIsReadAndWritten() {
        for name in [
            "python2.7", "python3", "python3.6", "python3.12", "nodejs4.3", "nodejs6.10", "nodejs12.x", "nodejs22.x",
            "java8",
            "java11", "java21", "executable",
        ] {
            #expect(Runtime(name: name)?.name == name)
        }
    }

    @Test(
        "LAM-01: handlers of Node.js and Java have forms of their own",
        arguments: [
            ("nodejs8.10", "index", "module.function"), ("nodejs8.10", "/a.b", "module.function"),
            ("nodejs8.10", "../a.b", "module.function"), ("java8", "com.example.Alarm::", "package.Class::method"),
            ("java8", "com..Alarm::handle", "package.Class::method"), ("java8", "a:b", "package.Class::method"),
        ])
    func handlersOfRuntimes(runtime: String, handler: String, words: String) {
        F.refuses(
            F.functionGroup(F.function(runtime: runtime, handler: handler)), at: "$.Functions[0].Handler", saying: words
        )
    }

    @Test(
        "LAM-11: handlers that cannot be",
        arguments: [
            ("main", "module.function"), ("a..b", "module.function"), (".b", "module.function"),
            ("a/b.c", "module.function"), ("a b.c", "spaces"), ("", "missing"),
        ])
    func handlers(handler: String, words: String) {
        F.refuses(F.functionGroup(F.function(handler: handler)), at: "$.Functions[0].Handler", saying: words)
    }

    @Test(
        "LAM-24: a package lies inside the group folder", arguments: ["/etc", "../x", "a/../../b", ""])
    func packages(path: String) {
        F.refuses(
            F.functionGroup(F.function(more: ", \"Package\": \"\(path)\"")), at: "$.Functions[0].Package",
            saying: "inside the group folder")
    }

    @Test func aFunctionIsNamedOnce() {
        F.refuses(
            "{\(F.noContainer), \"Functions\": [\(F.function(id: "a")), \(F.function(id: "b"))]}",
            at: "$.Functions[1].FunctionArn", saying: "already the function of $.Functions[0]")
    }

    @Test func anARNIsTakenApart() throws {
        let arn = try #require(FunctionARN("arn:aws-cn:lambda:cn-north-1:123456789012:function:My_Fn-1:12"))
        #expect(arn.partition == "aws-cn")
        #expect(arn.region == "cn-north-1")
        #expect(arn.account == "123456789012")
        #expect(arn.name == "My_Fn-1")
        #expect(arn.qualifier == "12")
        #expect(arn.isVersion)
        #expect(arn.qualified("13") == "arn:aws-cn:lambda:cn-north-1:123456789012:function:My_Fn-1:13")
        #expect(FunctionARN("arn:aws:lambda:us-west-2:12345678901/:function:x:1") == nil)
        #expect(FunctionARN("arn:aws:lambda:us/../west:123456789012:function:x:1") == nil)
        #expect(FunctionARN("arn:aws:iot:us-west-2:123456789012:function:x:1") == nil)
        #expect(FunctionARN(F.lambda + "x:..") == nil)
        #expect(FunctionARN(F.lambda + "x:") == nil)
    }
}
