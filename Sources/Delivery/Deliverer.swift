import Ledger

/// Delivers to one target.
protocol Deliverer: AnyObject, Sendable {
    var id: DeliveryTarget.ID { get }
    var end: DelivererEnd { get }

    /// Delivers until the end has begun, and returns when all results are recorded.
    func deliver() async
    /// Something may be due; and whether the end has begun is to be looked at.
    func signal()
}

extension Deliverer {
    /// Delivers once a deliverer before it has ended, so that nothing is sent twice, and everything in order.
    func deliver(after predecessor: (any Deliverer)?) async {
        await predecessor?.end.reached()
        await deliver()
        end.isReached()
    }

    /// Begins no request any more.
    ///
    /// - Parameter isStop: whether the daemon stops; else what is under way has all its time.
    func endDelivering(isStop: Bool) {
        end.begin(isStop: isStop)
        signal()
    }
}
