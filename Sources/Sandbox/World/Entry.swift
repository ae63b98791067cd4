import Payments

/// One payment, purchase or subscription of the world, with everything that belongs to it.
struct Entry {
    let number: Int
    let account: Int
    let life: Life?
    var resource: any GatewayResource
    /// Its own stream of random numbers.
    var chance: SeededGenerator
    /// Steps of its life that are still to come.
    var steps = 0
    /// Callbacks about it that are waiting or in flight.
    var callbacks = 0
    /// The number of its latest callback.
    var lastCallback = 0
    /// How many status requests about it were received.
    var statusRequests = 0
    /// When it was last active, once nothing more is to come.
    var finishedAt: Timestamp?
    /// The subjects of callbacks that were answered with 200.
    var acknowledged: Set<String> = []
    /// The most recent deliveries, for display.
    var deliveries: [DeliveryRecord] = []

    private static let recordLimit = 100

    mutating func record(_ record: DeliveryRecord) {
        if deliveries.count == Self.recordLimit { deliveries.removeFirst() }
        deliveries.append(record)
        if record.delivery == .answered(status: 200) { acknowledged.insert(record.subject) }
    }
}
