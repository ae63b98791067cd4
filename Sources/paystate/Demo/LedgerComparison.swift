package import Ledger
import Payments
package import Sandbox

/// Compares the gateways' ground truth with the ledger: whether every payment and operation that a gateway knows has
/// the same state in both.
package struct LedgerComparison {
    package struct Difference: Hashable, CustomStringConvertible {
        let payment: String
        let operation: String?
        /// The state at the gateway, and the state in the ledger.
        let groundTruth: String
        let ledger: String

        package var description: String {
            "\(payment)\(operation.map { ", operation \($0)" } ?? ""): \(groundTruth) at the gateway, \(ledger) in the ledger"
        }
    }

    package let payments: Int
    package let operations: Int
    package let differences: [Difference]

    package init(_ groundTruth: GroundTruth, against standings: [PaymentStanding]) {
        var known: [Key: PaymentStanding] = [:]
        for standing in standings {
            known[Key(standing.account, standing.paymentID, standing.operationID)] = standing
        }
        var differences: [Difference] = []
        var operations = 0
        for payment in groundTruth.payments {
            let standing = known[Key(payment.account, payment.id, nil)]
            if standing?.state != payment.state || standing?.refunded != payment.refunded {
                differences.append(
                    Difference(
                        payment: payment.id,
                        operation: nil,
                        groundTruth: Self.words(payment.state, payment.refunded),
                        ledger: standing.map { Self.words($0.state, $0.refunded) } ?? "nothing"
                    )
                )
            }
            for operation in payment.operations {
                operations += 1
                let standing = known[Key(payment.account, payment.id, operation.id)]
                guard standing?.state != operation.state else { continue }
                differences.append(
                    Difference(
                        payment: payment.id,
                        operation: operation.id,
                        groundTruth: operation.state.rawValue,
                        ledger: standing?.state.rawValue ?? "nothing"
                    )
                )
            }
        }
        payments = groundTruth.payments.count
        self.operations = operations
        self.differences = differences
    }

    private struct Key: Hashable {
        let account: String
        let payment: String
        let operation: String?

        init(_ account: String, _ payment: String, _ operation: String?) {
            self.account = account
            self.payment = payment
            self.operation = operation
        }
    }

    private static func words(_ state: State, _ refunded: Int64) -> String {
        refunded == 0 ? state.rawValue : "\(state.rawValue) (\(refunded) refunded)"
    }
}
