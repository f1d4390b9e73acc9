import Bytes
import MQTT

/// The QoS 1 and 2 messages of one session, from the moment they are taken until the client has acknowledged them.
///
/// They are kept as the packets that are sent, one behind the other in one buffer, and each has its packet identifier
/// from the beginning: identifiers follow each other as the messages do, so that an acknowledgement finds its message by
/// counting. The first ones are under way; the others wait until there is room in the window.
final class OutboundWindow {
    private enum State: UInt8 {
        /// Never sent.
        case queued
        /// Sent; PUBACK or PUBREC has not come.
        case sent
        /// PUBREC has come, PUBCOMP has not.
        case released
        case done
    }

    private struct Entry {
        var length: Int32
        var qos: QoS
        var state: State
    }

    /// Output above this size gets no more messages from here: what is not sent costs its memory once.
    private static let outputShare = 65_536

    private let rules: BrokerRules
    private var packets = ByteBuffer()
    private var entries = Ring<Entry>()
    /// The identifier of the first entry.
    private var firstIdentifier: UInt16 = 1
    /// The entries that this connection has sent, from the first on, and their bytes.
    private var sent = 0
    private var sentBytes = 0

    init(rules: BrokerRules) {
        self.rules = rules
    }

    var count: Int { entries.count }
    /// Bytes kept.
    var bytes: Int { packets.count }
    /// Bytes that wait for room in the window or in the output.
    var unsentBytes: Int { packets.count - sentBytes }
    /// Messages that wait for room.
    var unsent: Int { entries.count - sent }
    var isEmpty: Bool { entries.isEmpty }

    /// Whether a message of this packet length finds room.
    func hasRoom(_ length: Int) -> Bool {
        let limits = rules.limits
        guard entries.count < limits.sessionMessages, packets.count + length <= limits.sessionBytes else {
            return false
        }
        // A share of its own, which the sessions of clients that are away cannot take from the others.
        return packets.count + length <= limits.lowWater || rules.stored + length <= limits.sessionsBytes
    }

    /// Takes a message; the caller has asked for room.
    func append(_ topic: Span<UInt8>, _ payload: Span<UInt8>, _ qos: QoS, retain: Bool) throws(MQTTError) {
        let before = packets.count
        try Publish.write(
            topic: topic, payload: payload, qos: qos, retain: retain, identifier: identifier(entries.count),
            to: &packets)
        let length = packets.count - before
        rules.stored += length
        entries.append(Entry(length: Int32(truncatingIfNeeded: length), qos: qos, state: .queued))
    }

    /// Moves on what the window and the output have room for.
    func pump(_ output: inout ByteBuffer) {
        while sent < entries.count, sent < rules.limits.window, output.count < Self.outputShare,
            var entry = entries[sent]
        {
            let length = Int(entry.length)
            switch entry.state {
            case .queued, .sent:
                let room = output.prepareToWrite(minimum: length)
                room.copyMemory(
                    from: UnsafeRawBufferPointer(rebasing: packets.readable[sentBytes..<sentBytes + length]))
                // DUP, where an earlier connection sent it ([MQTT-3.3.1-1]).
                if entry.state == .sent { room[0] |= 8 }
                output.commit(length)
                entry.state = .sent
                entries[sent] = entry
            case .released: write(.pubrel, sent, &output)
            case .done: break
            }
            sent += 1
            sentBytes += length
        }
    }

    /// The connection is gone: what is not acknowledged is sent again on the next one, in its order ([MQTT-4.4.0-1]).
    func rewind() {
        sent = 0
        sentBytes = 0
    }

    /// PUBACK; one for nothing is left from an earlier session.
    func acknowledged(_ identifier: PacketIdentifier) {
        finish(identifier, qos: .atLeastOnce, state: .sent)
    }

    /// PUBREC, which is always answered: the client then ends what we do not know.
    func received(_ identifier: PacketIdentifier, _ output: inout ByteBuffer) {
        let index = index(identifier)
        if index < entries.count, var entry = entries[index], entry.qos == .exactlyOnce, entry.state == .sent {
            entry.state = .released
            entries[index] = entry
        }
        Acknowledgement.write(.pubrel, identifier, to: &output)
    }

    /// PUBCOMP.
    func completed(_ identifier: PacketIdentifier) {
        finish(identifier, qos: .exactlyOnce, state: .released)
    }

    /// Gives everything up.
    func discard() {
        rules.stored -= packets.count
        packets = ByteBuffer()
        entries = Ring()
        rewind()
    }

    private func finish(_ identifier: PacketIdentifier, qos: QoS, state: State) {
        let index = index(identifier)
        guard index < entries.count, var entry = entries[index], entry.qos == qos, entry.state == state else { return }
        entry.state = .done
        entries[index] = entry
        while let first = entries.first, first.state == .done { removeFirst(Int(first.length)) }
        if entries.isEmpty {
            entries.releaseStorage()
            packets.releaseStorage()
        }
    }

    private func removeFirst(_ length: Int) {
        entries.removeFirst()
        packets.consume(length)
        rules.stored -= length
        firstIdentifier = firstIdentifier == .max ? 1 : firstIdentifier + 1
        if sent > 0 {
            sent -= 1
            sentBytes -= length
        }
    }

    private func write(_ type: PacketType, _ index: Int, _ output: inout ByteBuffer) {
        guard let identifier = PacketIdentifier(identifier(index)) else { return }
        Acknowledgement.write(type, identifier, to: &output)
    }

    /// The identifiers are 1 to 65,535, round and round.
    private func identifier(_ index: Int) -> UInt16 {
        UInt16((Int(firstIdentifier) - 1 + index) % 65_535 + 1)
    }

    private func index(_ identifier: PacketIdentifier) -> Int {
        (Int(identifier.rawValue) - Int(firstIdentifier) + 65_535) % 65_535
    }
}
