import Bytes
import Functions
import Group
import HTTP
import JSON
import Messaging

/// What commands ask a running core.
extension CoreProcess {
    /// The answer to a request on the control socket; nil where there is none.
    func answer(_ request: HTTPRequest) -> JSON? {
        if request.method == .get, request.path == [UInt8]("/status") { return StatusReport(self).json }
        if request.method == .post, request.path == [UInt8]("/trace") { return trace(request.body) }
        return nil
    }

    /// Which subscriptions would carry a message now.
    private func trace(_ question: [UInt8]) -> JSON? {
        do throws(JSONError) {
            let question = try JSON.parse(question, maximumBytes: ControlServer.mostQuestionBytes, maximumDepth: 2)
            guard let topic = question["topic"]?.stringValue else { return nil }
            let trace = Trace(
                group: group, deployment: deployment, problem: problem,
                facts: Trace.Facts(
                    hasReceiver: { self.router.hasReceiver($0) }, isConnected: { self.broker.isConnected($0) },
                    hasSubscribed: { self.broker.hasSubscribed($0, to: $1) }))
            return trace.answer(topic: topic, from: question["from"]?.stringValue)
        } catch {
            return nil
        }
    }
}
