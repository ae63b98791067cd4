/// Why a transaction was not written.
enum WriteFailure: Error {
    /// The state of the disk is unknown, and a damaged file must not be written any more: the process ends, and the
    /// next start recovers what was committed. Above all after a failed fsync: the kernel has dropped the pages that it
    /// could not write, and a second fsync would succeed without them.
    case fatal(reason: String)
    /// Nothing at all can be written for now: trying other items would only repeat the failure.
    case unavailable(UnavailableReason, reason: String)
    /// The failure concerns only the data that was to be written.
    case refused(reason: String)

    var reason: String {
        switch self {
        case .fatal(let reason), .unavailable(_, let reason), .refused(let reason): reason
        }
    }
}
