package import Gateways

/// What a shop's plugin expects, and how it fails.
package struct PluginSettings: Sendable {
    /// A time in which it does not listen.
    package struct Outage: Sendable {
        /// After how long it stops, and for how long.
        package let start: Duration
        package let length: Duration

        package init(after start: Duration, lasting length: Duration) {
            self.start = start
            self.length = length
        }
    }

    /// The accounts whose callbacks it takes, at `/callbacks/NAME`.
    package let accounts: [SandboxAccount]
    package var host = "127.0.0.1"
    /// 0 stands for any free port; after an outage it is another one.
    package var port = 8091
    /// The key of the events that it takes, at `/events`.
    package var eventKey = SandboxKeys.eventKey
    package var misbehaviour = PluginMisbehaviour()
    package var outage: Outage?
    /// The same seed makes the same requests fail.
    package var seed: UInt64
    /// How many orders are kept; the first are forgotten first.
    package var remembered = 10_000

    package init(accounts: [SandboxAccount], seed: UInt64) {
        self.accounts = accounts
        self.seed = seed
    }
}

extension SandboxKeys {
    /// The key of a plugin's events as a configuration has it (Standard Webhooks).
    package static let eventSecret = "whsec_c2FuZGJveC1ldmVudC1rZXkta25vd24tdG8tZXZlcnlib2R5"

    /// The same key, decoded.
    package static let eventKey = Secret(name: "sandbox", bytes: Array("sandbox-event-key-known-to-everybody".utf8))
}
