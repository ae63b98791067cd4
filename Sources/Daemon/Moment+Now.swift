import Foundation
package import Payments

extension Moment {
    /// The system's clock: read here and nowhere else; everything below is given the time.
    @Sendable package static func now() -> Moment {
        Moment(milliseconds: Int64((Date().timeIntervalSince1970 * 1000).rounded(.down)))
    }
}
