import Foundation
import Gateways

/// Bodies with a wrong signature that cost as much to check as four kilobytes can: so deep, with such long keys and so
/// many values that the signed text of each would be about 1 MiB.
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
