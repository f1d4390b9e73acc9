import GreengrassSDK
import JSON

// A thermostat: readings arrive as {"celsius": 21.5} on readings/<room>, and when a room has become too warm or cool
// enough again, it says so on heating/<room>. Whoever invokes it gets the number of readings it has seen.
private final class Thermostat {
    let greengrass: Greengrass
    let limit: Double
    private var isWarm: [String: Bool] = [:]
    private var readings = 0

    init(_ greengrass: Greengrass, limit: Double) {
        self.greengrass = greengrass
        self.limit = limit
    }

    func handle(_ event: Event) throws(HandlerFailure) -> [UInt8] {
        guard let topic = event.topic else { return [UInt8]("\(readings) readings".utf8) }
        guard let celsius = celsius(in: event) else {
            greengrass.log("expected {\"celsius\": NUMBER} on \(topic), got \(event.text)", level: .warning)
            throw HandlerFailure("the reading has no number at celsius")
        }
        readings += 1
        let room = topic.split(separator: "/").last.map(String.init) ?? topic
        let warm = celsius > limit
        if isWarm[room] != warm {
            isWarm[room] = warm
            greengrass.log("\(room) is \(warm ? "too warm" : "cool enough")")
            do throws(GreengrassError) {
                try greengrass.publish(warm ? "off" : "on", to: "heating/\(room)")
            } catch {
                throw HandlerFailure(error)
            }
        }
        return []
    }

    private func celsius(in event: Event) -> Double? {
        do throws(JSONError) {
            return try event.json()["celsius"]?.doubleValue
        } catch {
            return nil
        }
    }
}

do throws(GreengrassError) {
    let greengrass = try Greengrass()
    let limit = Environment.value("LIMIT").flatMap { Int($0) } ?? 22
    let thermostat = Thermostat(greengrass, limit: Double(limit))
    greengrass.log("\(greengrass.functionARN) keeps rooms below \(limit) degrees")
    try greengrass.handleEvents { event throws(HandlerFailure) in try thermostat.handle(event) }
} catch {
    print("thermostat: " + error.description)
}
