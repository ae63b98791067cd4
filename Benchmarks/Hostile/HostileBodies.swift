import Foundation
import Gateways

/// Bodies without a right signature that cost whoever checks it as much as four kilobytes can: so deep, under such long keys,
/// and with so many values that some 1 MiB would be signed of each.
enum HostileBodies {
    private static let levels = 60
    private static let values = 1500

    static func body(_ number: Int) -> [UInt8] {
        let code = digest(of: Array("\(number)".utf8)) + digest(of: Array("-\(number)".utf8))
        let signature = Data(code).base64EncodedString()
        let zeros = Array(repeating: "0", count: values).joined(separator: ",")
        let opening = String(repeating: #"{"abcdefghij":"#, count: levels)
        let text =
            #"{"project_id":240,"signature":"\#(signature)","payment":"#
            + opening + "[\(zeros)]" + String(repeating: "}", count: levels + 1)
        return Array(text.utf8)
    }
}
