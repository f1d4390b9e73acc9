import Group
import Testing

@testable import Deployment

@Suite struct HandlerTests {
    private func definition(_ source: String, _ name: String = "handler") -> PythonSource.Definition {
        PythonSource.definition(of: Array(name.utf8), in: Array(source.utf8))
    }

    @Test(
        "LAM-11: ways of defining a handler",
        arguments: [
            "def handler(event, context):\n    pass", "async def handler(e, c): pass", "x = 1\r\nhandler = make()\r\n",
            "from app import handler", "from app import (\n    other,\n    handler,\n)\n", "from app import *",
            "import app as handler", "class handler:\n  pass", "handler: Callable = f", "a = handler = f",
        ])
    func defined(source: String) {
        #expect(definition(source) == .likely)
    }

    @Test(
        "LAM-11: a name that only occurs is a warning's matter",
        arguments: [
            "# def handler(event, context):\n", "class A:\n    def handler(self): pass\n",
            "globals()['handler'] = f\n"
                .replacing("= f", with: ""),
            "if True:\n    def handler(e, c): pass\n",
        ])
    func occurring(source: String) {
        #expect(definition(source) == .unclear)
    }

    @Test(
        "LAM-11: a name that does not occur",
        arguments: ["", "def handlers(event, context): pass", "def my_handler(): pass", "import json\n\nx = 1\n"])
    func absent(source: String) {
        #expect(definition(source) == .absent)
    }

    private func problem(_ handler: String, _ files: [String: String]) -> String? {
        let folder = TemporaryFolder()
        folder.write(FolderFixture.group(handler: handler), to: "group.json")
        folder.write("", to: "Alarm/.keep")
        for (name, content) in files { folder.write(content, to: "Alarm/" + name) }
        return Deployer(root: "/nowhere").validate(folder.path).findings.first?.description
    }

    @Test("LAM-11: modules in packages, as a package and compiled ones are found")
    func modules() {
        let source = FolderFixture.source
        #expect(problem("alarm.handler", ["alarm.py": source]) == nil)
        #expect(problem("a.b.handler", ["a/b.py": source]) == nil)
        #expect(problem("a.handler", ["a/__init__.py": source]) == nil)
        #expect(problem("a.handler", ["a.pyc": ""]) == nil)
        #expect(problem("a.handler", ["a.cpython-37m-arm-linux-gnueabihf.so": ""]) == nil)
    }

    @Test("LAM-11: a missing module is told with what was probably meant")
    func missingModules() {
        let source = FolderFixture.source
        let folder = problem("alarm.handler", ["alarm-1.0/alarm.py": source])
        #expect(folder?.contains("but \"alarm-1.0/alarm.py\"; pack the content of the folder") == true)
        let typo = problem("alram.handler", ["alarm.py": source])
        #expect(typo?.contains("neither \"alram.py\" nor \"alram/__init__.py\"; did you mean \"alarm.py\"?") == true)
        #expect(typo?.hasPrefix("error: $.Functions[0].Handler") == true)
        let unclear = problem("alarm.handler", ["alarm.py": "# handler"])
        #expect(unclear?.hasPrefix("warning: $.Functions[0].Handler") == true)
    }

    private func problem(_ handler: String, runtime: String, _ files: [String]) -> String? {
        let folder = TemporaryFolder()
        folder.write(FolderFixture.group(handler: handler, runtime: runtime), to: "group.json")
        folder.write("", to: "Alarm/.keep")
        for name in files { folder.write("", to: "Alarm/" + name) }
        return Deployer(root: "/nowhere").validate(folder.path).findings.first?.description
    }

    @Test("LAM-01: a module of Node.js is found as require finds it, and a missing one is told")
    func nodeModules() {
        for file in ["index.js", "index.mjs", "index/index.js", "node_modules/index/package.json"] {
            #expect(problem("index.handler", runtime: "nodejs8.10", [file]) == nil)
        }
        #expect(problem("index.api.handler", runtime: "nodejs12.x", ["index.js"]) == nil)
        #expect(problem("src/a.b.handler", runtime: "nodejs12.x", ["src/a.b.js"]) == nil)
        let typo = problem("index.handler", runtime: "nodejs8.10", ["indes.js"])
        #expect(typo?.contains("neither \"index.js\" nor \"index/index.js\"; did you mean \"indes.js\"?") == true)
        let folder = problem("index.handler", runtime: "nodejs8.10", ["app/index.js"])
        #expect(folder?.contains("but \"app/index.js\"; pack the content of the folder") == true)
    }

    @Test("LAM-01: a class of Java is at the top of the package or in a library of it")
    func javaClasses() {
        #expect(problem("com.example.Alarm::handle", runtime: "java8", ["com/example/Alarm.class"]) == nil)
        #expect(problem("com.example.Alarm", runtime: "java8", ["lib/alarm.jar"]) == nil)
        let missing = problem("com.example.Alarm::handle", runtime: "java8", ["build/com/example/Alarm.class"])
        #expect(missing?.contains("neither \"com/example/Alarm.class\" nor a .jar in \"lib/\"") == true)
    }
}
