import Foundation
package import Payments

extension Timestamp {
    /// The system's clock: read here and nowhere else; everything below is given the time.
    @Sendable package static func now() -> Timestamp {
        // Cannot overflow: the kernel's clock ends in the year 2262.
        Timestamp(milliseconds: Int64((Date().timeIntervalSince1970 * 1000).rounded(.down)))
    }
}
