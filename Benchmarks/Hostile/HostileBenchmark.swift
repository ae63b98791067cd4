import Foundation
import Sandbox
import TestSupport

/// Measures a gateway's callbacks at a modest rate, first alone, then while a stranger sends bodies that are made to be
/// expensive.
struct HostileBenchmark: Sendable {
    private static let callbacksPerSecond = 50
    private static let connections = 4
    private static let warmUp = Duration.seconds(1)

    let daemon: URL
    let account: BenchAccount
    /// The most hostile bodies a second, and the connections that they are sent over.
    let bodies: Int
    let attackers: Int
    let duration: Duration

    func run(in folder: TemporaryFolder) async throws -> HostileFigures {
        try await DaemonProcess.run(daemon, configuration: BenchAccount.configuration(), in: folder) { process in
            Progress.say("callbacks alone")
            let alone = try await callbacks(0, process).run()
            Progress.say("callbacks while \(bodies) hostile bodies a second are sent")
            async let refused = attack(process).run()
            let attacked = try await callbacks(1, process).run()
            return HostileFigures(alone: alone, attacked: attacked, attack: try await refused)
        }
    }

    private func callbacks(_ turn: Int, _ process: DaemonProcess) -> Flood {
        let count = count(Self.callbacksPerSecond)
        var flood = Flood(
            of: account.series,
            numbers: turn * count..<(turn + 1) * count,
            to: BenchAccount.target(port: process.callbacks)
        )
        flood.connections = Self.connections
        flood.pause = .seconds(1) * Self.connections / Self.callbacksPerSecond
        flood.duration = duration
        flood.warmUp = Self.warmUp
        flood.source = "127.0.0.1"
        return flood
    }

    private func attack(_ process: DaemonProcess) -> Flood {
        var flood = Flood(numbers: 0..<count(bodies), to: BenchAccount.target(port: process.callbacks)) {
            HostileBodies.body($0)
        }
        flood.connections = attackers
        flood.pause = .seconds(1) * attackers / bodies
        flood.duration = duration
        flood.warmUp = Self.warmUp
        flood.source = "127.0.0.2"
        return flood
    }

    /// More callbacks than can be sent in the time.
    private func count(_ perSecond: Int) -> Int { Int(Double(perSecond) * (duration + Self.warmUp * 2).seconds) }
}
