import Foundation
import Testing

@Suite("Devices exchange messages through the core")
struct DevicesTests {
    private static func publisherAndSubscriber(_ subject: String) -> GroupFolder {
        var group = GroupFolder()
        group.subscriptions = [(.device("HelloWorld_Publisher"), subject, .device("HelloWorld_Subscriber"))]
        return group
    }

    @Test(
        "TUT-03, MSG-02, MSG-06: the guide's two devices exchange hello/world/pubsub",
        arguments: Device.Client.allCases)
    func helloWorldPubSub(_ client: Device.Client) throws {
        try CoreUnderTest.run { core in
            let topic = "hello/world/pubsub"
            try core.start(Self.publisherAndSubscriber(topic), devices: "HelloWorld_Publisher", "HelloWorld_Subscriber")
            let subscriber = try core.device(client, "HelloWorld_Subscriber", subscribe: topic)
            let publisher = try core.device(client, "HelloWorld_Publisher")
            for number in 0..<3 {
                let payload = #"{"message": "Hello World!", "sequence": \#(number)}"#
                try publisher.publish(topic, payload)
                #expect(try subscriber.receive() == Device.Message(topic: topic, payload: payload))
            }
            publisher.close()
            subscriber.close()
        }
    }
}
