import Ledger
import Logging
import Metrics
import Payments
import ServiceLifecycle
import Telemetry

/// Takes the leases of a ledger that several receivers share, and renews those that this one has, until the shutdown, when
/// the ledger gives them up.
struct LeaseKeeper: Service {
    /// A third of what the database grants.
    private static let renewal = Duration.seconds(10)
    /// What another receiver gives up is taken as soon.
    private static let look = Duration.seconds(2)

    let ledger: Ledger
    /// Returns the accounts that are configured now.
    let accounts: @Sendable () -> Set<String>
    /// Returns the targets that are configured now.
    let targets: @Sendable () -> [DeliveryTarget.ID]
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var held: Set<Lease> = []
            while !Task.isCancelled {
                let polling = accounts().map { Lease.polling(account: $0) }
                let wanted = Set(polling + targets().map { Lease.delivering($0) } + [.keeping])
                var rest = Self.look
                do {
                    let now = try await ledger.renew(wanted)
                    show(now, of: wanted, before: held)
                    held = now
                    if held == wanted { rest = Self.renewal }
                } catch  where !Task.isCancelled {
                    logger.warning(
                        "cannot renew the leases; where they run out, another receiver polls and delivers",
                        metadata: ["error": "\(error)"]
                    )
                } catch {
                    // The shutdown interrupted it.
                }
                try? await Task.sleep(for: rest)  // Fails only when cancelled, and then the loop ends.
            }
        }
    }

    private func show(_ held: Set<Lease>, of wanted: Set<Lease>, before: Set<Lease>) {
        for lease in wanted {
            Gauge(label: Metric.leaseHeld.name, dimensions: [("name", lease.name)]).record(held.contains(lease) ? 1 : 0)
        }
        guard held != before else { return }
        logger.info(
            "leases",
            metadata: ["held": "\(held.map(\.name).sorted().joined(separator: " "))", "wanted": "\(wanted.count)"]
        )
    }
}
