import MQTT
import TLS

/// Why the broker ends a connection, or found it ended.
enum CloseReason: Equatable {
    /// The client sent DISCONNECT.
    case disconnected
    /// The client closed the connection without DISCONNECT.
    case lost
    /// The connection broke.
    case failed(String)
    /// TLS was not agreed on, or the certificate is none of the group's.
    case handshake(TLSFailure)
    /// The TLS handshake was not complete in time.
    case handshakeTimeout
    /// The client broke the standard.
    case violation(MQTTError)
    /// The first packet was not CONNECT ([MQTT-3.1.0-1]).
    case notConnectFirst
    /// A second CONNECT ([MQTT-3.1.0-2]).
    case secondConnect
    /// A packet that only servers send.
    case serverPacket
    /// CONNECT for another version of MQTT; answered with CONNACK 1.
    case unsupportedVersion(MQTTError)
    /// The client ID is not the thing name (MSG-10); answered with CONNACK 2.
    case clientIDDiffers(String)
    /// The client ID is of no device of the group; answered with CONNACK 2.
    case unknownClientID(String)
    /// No client ID, and a session that is to be kept ([MQTT-3.1.3-8]); answered with CONNACK 2.
    case noClientID
    /// A message whose payload is above the limit (MSG-15).
    case payloadTooLarge(limit: Int)
    /// More QoS 2 messages begun than are kept.
    case tooManyUnreleased
    /// More filters in one packet than one connection may have.
    case tooManyFilters(Int)
    /// Its host has many connections that have not sent CONNECT, and another one came.
    case crowdedOut
    /// No CONNECT in time.
    case connectTimeout
    /// Nothing came for one and a half times the keep-alive ([MQTT-3.1.2-24]).
    case keepAliveExpired(seconds: UInt16)
    /// Another connection came with the same client ID ([MQTT-3.1.4-2]).
    case takenOver
    /// Its message for the cloud could be neither stored nor kept in memory: it is not acknowledged ([MQTT-3.3.5-2]).
    case cannotStore
    /// The broker stops.
    case stopped

    /// Whether the will is published: always but after DISCONNECT ([MQTT-3.14.4-3]).
    var publishesWill: Bool { self != .disconnected }

    /// Whether somebody should have a look.
    var isRemarkable: Bool {
        switch self {
        case .disconnected, .lost, .failed, .stopped, .takenOver: false
        default: true
        }
    }
}

extension CloseReason: CustomStringConvertible {
    /// The reason in words, with what to do about it where somebody can.
    var description: String {
        switch self {
        case .disconnected: "it said goodbye"
        case .lost: "it closed the connection without a DISCONNECT"
        case .failed(let reason): reason
        case .handshake(let failure): failure.description
        case .handshakeTimeout: "its TLS handshake was not complete in time"
        case .violation(let error): "it broke the MQTT standard: \(error.description)"
        case .notConnectFirst: "its first packet was not CONNECT [MQTT-3.1.0-1]"
        case .secondConnect: "it sent a second CONNECT [MQTT-3.1.0-2]"
        case .serverPacket: "it sent a packet that only servers send"
        case .unsupportedVersion(let error): error.description
        case .clientIDDiffers(let clientID):
            "its client ID is \"\(clientID)\"; a device must connect with its thing name as client ID"
        case .unknownClientID(let clientID): "its client ID \"\(clientID)\" is the thing name of no device of the group"
        case .noClientID: "it has no client ID and wants its session kept [MQTT-3.1.3-8]"
        case .payloadTooLarge(let limit): "it sent a message of more than \(limit) bytes, the most that is allowed"
        case .tooManyUnreleased: "it began too many QoS 2 messages without a PUBREL"
        case .tooManyFilters(let count): "it sent \(count) topic filters in one packet, which is more than is allowed"
        case .crowdedOut: "its host has too many connections that have not sent CONNECT"
        case .connectTimeout: "it sent no CONNECT in time"
        case .keepAliveExpired(let seconds): "nothing came for one and a half times its keep-alive of \(seconds) s"
        case .takenOver: "the same client ID connected again"
        case .cannotStore:
            "the disk is too slow for its messages to the cloud: the last one is not acknowledged, and is to be sent again"
        case .stopped: "the core stops"
        }
    }
}
