import Linux

/// What a person is told about a demonstration: where to connect, with which files, and lines to paste.
public struct DemoGuide {
    private let functions: [DemoGroup.Function]
    private let hasCloud: Bool
    private let layout: Layout
    private let port: UInt16
    private let container: OuterContainer?
    private let addresses: [String]

    init(_ group: DemoGroup, _ layout: Layout, port: UInt16, container: OuterContainer?) {
        self.init(
            functions: group.functions, hasCloud: group.hasCloud, layout: layout, port: port, container: container,
            addresses: Interfaces.addresses())
    }

    init(
        functions: [DemoGroup.Function], hasCloud: Bool, layout: Layout, port: UInt16, container: OuterContainer?,
        addresses: [String]
    ) {
        self.functions = functions
        self.hasCloud = hasCloud
        self.layout = layout
        self.port = port
        self.container = container
        self.addresses = addresses
    }

    private var host: String { container == nil ? "localhost" : addresses.first ?? "localhost" }

    public var lines: [String] {
        [
            "", "A demonstration runs here: a core of its own with two devices, sensor and display. Try it:", "",
        ] + place + files + display + sensor + ending
    }

    private var place: [String] {
        guard container != nil else { return ["Devices connect to     \(host):\(port)", ""] }
        return [
            "Devices connect to     \(host):\(port)   from the machine that runs this container, if that is Linux;",
            "                       localhost:PORT   from anywhere, where it was started with -p PORT:\(port): write",
            "                       -h localhost -p PORT in the lines below then.",
            "",
        ]
    }

    private var files: [String] {
        guard container != nil else {
            return ["1. Go to the devices' keys, certificates and group CA:", "", "cd \(layout.demoDevices)", ""]
        }
        let name = container?.identifier ?? "CONTAINER"
        return [
            "1. Get the devices' keys, certificates and group CA:", "",
            "docker cp \(name):\(layout.demoDevices) greengrass-demo && cd greengrass-demo", "",
        ]
    }

    private func options(_ device: String) -> String {
        "-h \(host) -p \(port) --cafile ca.crt --cert \(device).cert.pem --key \(device).private.key -i \(device) -q 1"
    }

    private var display: [String] {
        [
            "2. Let the display listen (mosquitto_sub is in the package mosquitto-clients of most systems):", "",
            "mosquitto_sub \(options(DemoGroup.display)) -v -t 'demo/#'", "",
        ]
    }

    private var sensor: [String] {
        var lines = ["3. In another terminal, in the same folder, let the sensor say something:", ""]
        func publish(_ topic: String, _ payload: String, _ shown: String?) {
            lines.append("mosquitto_pub \(options(DemoGroup.sensor)) -t \(topic) -m '\(payload)'")
            lines.append("")
            if let shown { lines += ["   The display shows \(shown)", ""] }
        }
        publish(DemoGroup.greeting, "hello", "\"\(DemoGroup.greeting) hello\".")
        for function in functions {
            publish(
                function.question, #"{"celsius": 21.5}"#,
                "what a function in \(function.language) made of it: \(function.answer) {\"fahrenheit\": 70.7}")
        }
        if hasCloud {
            lines += [
                "   What the sensor says on \(DemoGroup.toCloud) goes to the cloud; what the cloud says on "
                    + "\(DemoGroup.fromCloud) goes to the display.", "",
            ]
        }
        return lines
    }

    private var ending: [String] {
        [
            "The group and its functions are in \(layout.demoGroup): `greengrassd deploy \(layout.demoGroup)` after a change.",
            container == nil
                ? "For a core of your own: `greengrassd --root DIR init` in an empty folder."
                : "For a core of your own, mount its certs and config folders at \(layout.certificates) and \(layout.root)/config.",
        ]
    }
}
