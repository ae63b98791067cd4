import Payments

extension State {
    /// The verb in front of the state's name: a payment «is pending», but it «has failed».
    var verb: String {
        switch self {
        case .succeeded, .failed, .expired: "has"
        case .pending, .authorized, .cancelled, .partiallyRefunded, .refunded, .chargedBack, .unknown: "is"
        }
    }
}
