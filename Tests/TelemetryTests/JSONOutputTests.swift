import Foundation
import Telemetry
import Testing

/// The output of `--json` and the admin listener, which must be safe for a terminal.
@Suite struct JSONOutputTests {
    /// Characters that a terminal obeys, does not show, or lets change the direction of writing.
    private static let unsafe: [ClosedRange<UInt32>] = [
        0x1B...0x1B, 0x7F...0x9F, 0xAD...0xAD, 0x061C...0x061C, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069,
        0xFEFF...0xFEFF, 0xE0041...0xE0041,
    ]

    @Test func `nothing in it steers a terminal, and every text comes back`() throws {
        for scalar in Self.unsafe.joined().compactMap(Unicode.Scalar.init(_:)) {
            let text = "a\(Character(scalar))b"
            let json = try JSONOutput.text(of: [text: text])
            #expect(json.unicodeScalars.allSatisfy { 0x20...0x7E ~= $0.value }, "U+\(String(scalar.value, radix: 16))")
            let read = try JSONDecoder().decode([String: String].self, from: Data(json.utf8))
            #expect(read.first?.key.unicodeScalars.elementsEqual(text.unicodeScalars) == true)
            #expect(read.first?.value.unicodeScalars.elementsEqual(text.unicodeScalars) == true)
        }
    }

    @Test func `what shows as what it is stays so`() throws {
        let text = #"Ünïcode «Заказ» 注文 €5 "quoted" back\slash /"#
        #expect(try JSONOutput.text(of: [text]) == #"["Ünïcode «Заказ» 注文 €5 \"quoted\" back\\slash /"]"#)
    }
}
