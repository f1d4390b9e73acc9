import Foundation
import Group
import Linux
import Messaging
import Programs
import Testing

@testable import Functions

@Suite("Executable workers")
struct ExecutableWorkerTests {
    /// Speaks the protocol itself over the socket file, with nothing of ours but the environment.
    private static let program = """
        #!/usr/bin/python3
        import os, socket, sys
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(os.environ['IPC_SOCK_FILE'])
        stream = connection.makefile('rb')

        def request(method, path, headers, body=b''):
            headers = dict(headers, Host='localhost', Authorization=os.environ['AWS_CONTAINER_AUTHORIZATION_TOKEN'])
            headers['Content-Length'] = str(len(body))
            head = ''.join('{}: {}\\r\\n'.format(*header) for header in headers.items())
            connection.sendall('{} {} HTTP/1.1\\r\\n{}\\r\\n'.format(method, path, head).encode() + body)
            status = int(stream.readline().split()[1])
            answer = {}
            for line in iter(stream.readline, b'\\r\\n'):
                name, value = line.decode().split(':', 1)
                answer[name.lower()] = value.strip()
            return status, answer, stream.read(int(answer['content-length']))

        print('arguments', sys.argv[1:], os.getcwd() == os.environ['HOME'], flush=True)
        work = '/2016-11-01/functions/{}/work'.format(os.environ['MY_FUNCTION_ARN'])
        router = '/2016-11-01/functions/{}'.format(os.environ['ROUTER_FUNCTION_ARN'])
        while True:
            _, headers, event = request('GET', work, {})
            request('POST', router, {
                'X-Amz-Invocation-Type': 'Event',
                # {"custom":{"subject":"out/native"}}
                'X-Amz-Client-Context': 'eyJjdXN0b20iOnsic3ViamVjdCI6Im91dC9uYXRpdmUifX0='}, event[::-1])
            request('POST', work, {'X-Amz-InvocationId': headers['x-amz-invocationid']})
        """

    @Test("LAM-10: an executable gets its arguments and the same environment, and speaks the protocol by itself")
    func speaks() throws {
        let slot = LauncherSlot()
        let harness = try ServiceHarness(launcher: slot) { definitions in
            definitions[0].encoding = .binary
            definitions[0].execArgs = "--unit 'degree C'"
        }
        let launcher = ProcessLauncher(reactor: harness.reactor)
        launcher.service = harness.service
        slot.launcher = launcher
        try #require(
            Program.write(Self.program, to: "\(harness.folder)/lambda/\(ServiceHarness.arns[0])/program"))
        try harness.service.start()
        for payload in ["abc", "\u{0}\u{1}\u{2}"] {
            harness.router.publish(
                Message(topic: Array("in/0".utf8), payload: Array(payload.utf8), source: .device("screen")))
        }
        #expect(try harness.until { harness.inbox.messages.count == 2 })
        #expect(harness.inbox.messages.map(\.payload) == [Array("cba".utf8), [2, 1, 0]])
        #expect(try harness.functionLog("Alarm").contains("[INFO]-arguments ['--unit', 'degree C'] True\n"))
        var isStopped = false
        harness.service.stop { isStopped = true }
        #expect(try harness.until { isStopped })
        #expect(launcher.running.isEmpty)
    }
}
