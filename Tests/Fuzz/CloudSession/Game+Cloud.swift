import Bytes
import MQTT

@testable import Messaging

extension PacketIdentifier {
    static var first: PacketIdentifier {
        guard let one = PacketIdentifier(1) else { fatalError("1 is no identifier") }
        return one
    }
}

/// The cloud's end. What no server may send makes the game a wild one.
extension Game {
    private func send(_ packet: Packet) {
        var buffer = ByteBuffer()
        do throws(MQTTError) {
            try packet.write(to: &buffer)
        } catch {
            require(false, "the cloud's packet cannot be written")
        }
        onItsWay += buffer.copy()
    }

    func connack(_ choice: Int) {
        if hasAnswered || choice & 7 == 7 { isWild = true }
        hasAnswered = true
        send(
            .connack(
                Connack(
                    choice & 7 == 7 ? .notAuthorized : .accepted, sessionPresent: choice & 8 != 0 && choice & 7 != 7)))
    }

    func puback(_ choice: Int) {
        // An answer to nothing is passed over.
        let known = underWay.isEmpty ? nil : underWay[choice % underWay.count].identifier
        let other = PacketIdentifier(UInt16(choice & 15 + 1)) ?? .first
        if !hasAnswered { isWild = true }
        send(.puback(choice & 0x40 == 0 ? known ?? other : other))
    }

    func answerFilters(_ choice: Int) {
        if !hasAnswered { isWild = true }
        let identifier =
            choice & 0x40 == 0 ? asked?.identifier ?? .first : PacketIdentifier(UInt16(choice + 1)) ?? .first
        if choice & 0x20 != 0 { return send(.unsuback(identifier)) }
        guard let asked else { return send(.unsuback(identifier)) }
        if asked.isLeaving, choice & 0x10 == 0 { return send(.unsuback(identifier)) }
        var count = asked.filters.count
        if choice & 0x0F == 0x0F {
            count += 1
            isWild = true
        }
        // Not the answer to what was asked: it may come when another SUBSCRIBE with this identifier is under way.
        if choice & 0x40 != 0 || areFiltersAnswered || asked.isLeaving { isWild = true }
        areFiltersAnswered = true
        let answers = (0..<count).map { $0 == choice & 7 ? Suback.Answer.refused : .granted(.atLeastOnce) }
        send(.suback(Suback(packetIdentifier: identifier, answers: answers)))
    }

    func message(_ choice: Int) {
        guard let topic = try? TopicName([97, UInt8(98 + choice & 3)]) else { return }
        let identifier = PacketIdentifier(UInt16(choice >> 4 + 1)) ?? .first
        let delivery: Publish.Delivery =
            switch choice & 3 {
            case 0: .atMostOnce
            case 3: .exactlyOnce(identifier, duplicate: false)
            default: .atLeastOnce(identifier, duplicate: choice & 8 != 0)
            }
        if choice & 3 == 3 || !hasAnswered { isWild = true }
        send(.publish(Publish(topic: topic, payload: [UInt8](repeating: 7, count: choice), delivery: delivery)))
    }

    func answerPing() {
        if !hasAnswered { isWild = true }
        send(.pingresp)
    }

    func wild(_ bytes: [UInt8]) {
        if bytes.isEmpty { return }
        isWild = true
        onItsWay += bytes
    }

    // MARK: What the session has sent

    /// Reads what the session has sent, as a server that believes nothing.
    func look() {
        while !output.isEmpty {
            do throws(MQTTError) {
                guard let packet = try Packet.read(from: &output) else {
                    return require(false, "half a packet is sent")
                }
                take(packet)
            } catch {
                require(false, "what is sent is no packet")
            }
        }
        require(given.isEmpty || isOver, "a message was not sent")
        require(acknowledging.isEmpty || isOver, "an acknowledgement was not sent")
        isPinging = session.pingedAt != nil
    }

    private func take(_ packet: Packet) {
        require(!isOver, "something is sent after the end")
        if case .connect(let connect) = packet {
            require(!hasConnected && connect.will == nil, "a second CONNECT, or a will")
            hasConnected = true
            return
        }
        require(isUp, "something is sent before CONNACK")
        switch packet {
        case .publish(let publish): published(publish)
        case .puback(let identifier):
            require(
                !acknowledging.isEmpty && acknowledging.removeFirst() == identifier, "a PUBACK that nobody asked for")
        case .subscribe(let subscribe):
            ask(subscribe.packetIdentifier, subscribe.requests.map { $0.filter }, isLeaving: false)
        case .unsubscribe(let unsubscribe):
            ask(unsubscribe.packetIdentifier, unsubscribe.filters, isLeaving: true)
        case .pingreq:
            require(!isPinging, "a second PINGREQ before the answer to the first")
            isPinging = true
        case .disconnect:
            require(mayDisconnect, "a DISCONNECT that nobody asked for")
            mayDisconnect = false
        default: require(false, "a packet that only servers send, or of QoS 2")
        }
    }

    private func published(_ publish: Publish) {
        guard !given.isEmpty else { return require(false, "a message is sent that was not given") }
        var message = given.removeFirst()
        guard case .atLeastOnce(let identifier, duplicate: false) = publish.delivery, !publish.retain else {
            return require(false, "a message with another QoS, DUP or retained")
        }
        require(publish.topic.bytes == message.topic && publish.payload == message.payload, "another message is sent")
        require(isFree(identifier), "an identifier is in use twice")
        message.identifier = identifier
        underWay.append(message)
    }

    private func isFree(_ identifier: PacketIdentifier) -> Bool {
        asked?.identifier != identifier && !underWay.contains { $0.identifier == identifier }
    }

    private func ask(_ identifier: PacketIdentifier, _ filters: [TopicFilter], isLeaving: Bool) {
        require(asked == nil, "two SUBSCRIBEs or UNSUBSCRIBEs are under way")
        require(
            filters.count <= 8 && filters.count <= wanted.count, "more filters than allowed, or than were asked for")
        for filter in filters where !wanted.isEmpty {
            let first = wanted.removeFirst()
            require(first.filter == filter && first.isLeaving == isLeaving, "filters in another order")
        }
        require(isFree(identifier), "an identifier is in use twice")
        asked = (identifier, filters, isLeaving)
        areFiltersAnswered = false
    }
}
