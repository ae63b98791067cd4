package import Ledger
package import Payments
import Telemetry

/// The daemon's state, in words for an operator who runs `systemctl status` at night.
package struct DaemonStatus: Sendable {
    package enum Phase: Sendable {
        case opening
        case starting
        case serving
        case reloading
        case stopping
        case failed(String)
    }

    package var phase = Phase.opening
    package var accounts: Int
    /// The addresses on which callbacks are received.
    package var addresses: [String] = []
    package var status: LedgerStatus?
    /// Why callbacks are answered 503; `nil` if they are not.
    package var rejection: String?
    package var couldNotReloadAt: Timestamp?

    package init(accounts: Int) {
        self.accounts = accounts
    }

    /// The status text.
    ///
    /// - Parameter now: the current time; the time of today's last callback is shown without its date.
    package func words(at now: Timestamp) -> String {
        switch phase {
        case .opening: "Opening the database"
        case .starting: "Starting to listen"
        case .serving: (trouble + state(at: now)).joined(separator: "; ")
        case .reloading: "Reloading the configuration"
        case .stopping: "Stopping: finishing accepted requests"
        case .failed(let reason): "Stopped: \(reason)"
        }
    }

    private var trouble: [String] {
        var trouble: [String] = []
        if let rejection { trouble.append("Callbacks are answered 503: \(rejection)") }
        if let damage = status?.damage {
            trouble.append("The database is damaged: \(damage); restore the last backup")
        }
        if let couldNotReloadAt {
            trouble.append("The reload at \(couldNotReloadAt.clock) failed, the previous configuration stays in effect")
        }
        return trouble
    }

    private func state(at now: Timestamp) -> [String] {
        var state = ["Listening on \(addresses.joined(separator: ", "))", Approximate.count(accounts, "account")]
        guard let status else { return state }
        state.append(Approximate.count(status.openPayments, "payment") + " open")
        state.append(status.lastCallbackAt.map { "last callback \($0.clock(at: now))" } ?? "no callback yet")
        return state
    }
}

extension Timestamp {
    /// `10:00:01Z`
    fileprivate var clock: String { "\(inCalendar.clock)Z" }

    /// `10:00:01Z`, or `2026-11-22 10:00:01Z` where that was another day.
    fileprivate func clock(at now: Timestamp) -> String {
        let date = inCalendar.date
        return date == now.inCalendar.date ? clock : "\(date) \(clock)"
    }
}
