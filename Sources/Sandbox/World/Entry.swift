import Payments

/// One payment, purchase or subscription of the world, with what goes on around it.
struct Entry {
    let number: Int
    let account: Int
    let life: Life?
    var resource: any GatewayResource
    /// Its own stream of chance.
    var chance: SeededGenerator
    /// Steps of its life that are still to come.
    var steps = 0
    /// Letters about it that are still to be sent, or on their way.
    var callbacks = 0
    /// Letters there ever were.
    var lastLetter = 0
    /// How often a status endpoint was asked about it.
    var questions = 0
    /// When the last thing about it was done.
    var finishedAt: Timestamp?
    /// What callbacks that were answered 200 were about.
    var acknowledged: Set<String> = []
    /// The last of what was sent, for people.
    var deliveries: [DeliveryRecord] = []

    private static let recordLimit = 100

    mutating func record(_ record: DeliveryRecord) {
        if deliveries.count == Self.recordLimit { deliveries.removeFirst() }
        deliveries.append(record)
        if record.delivery == .answered(status: 200) { acknowledged.insert(record.subject) }
    }
}
