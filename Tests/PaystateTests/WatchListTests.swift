import Daemon
import Foundation
import Ledger
import Payments
import TestSupport
import Testing
import paystate

/// The CSV files of `watch --from`.
@Suite struct WatchListTests {
    @Test(arguments: [
        ("a,b,c", ["a", "b", "c"]), ("", [""]), (",", ["", ""]), (#""a","b""#, ["a", "b"]),
        (#""a,b",c"#, ["a,b", "c"]), (#""say ""yes""",x"#, [#"say "yes""#, "x"]), ("\"\"", [""]),
        (" a , b", [" a ", " b"]), ("ü,«x»", ["ü", "«x»"]),
    ])
    func `a line is fields with commas between, in quotes where need be`(_ line: String, _ fields: [String]) throws {
        #expect(try CSVLine(line.utf8).fields == fields)
    }

    @Test(arguments: [
        (#""a"#, CSVLine.Problem.unclosedQuote), (#"a,"b"#, .unclosedQuote), (#"a"b,c"#, .quoteWithinField),
        (#""a"b,c"#, .textAfterQuote), (#""a" ,c"#, .textAfterQuote),
    ])
    func `a quote that is out of place is found`(_ line: String, _ problem: CSVLine.Problem) {
        #expect(throws: problem) { try CSVLine(line.utf8) }
    }

    @Test func `what is not UTF-8 is refused`() {
        #expect(throws: CSVLine.Problem.notUTF8) { try CSVLine([0x61, 0xFF]) }
    }

    @Test(arguments: ["a\nb\n", "a\r\nb\r\n", "\u{FEFF}a\r\nb", "a\nb"])
    func `lines end with LF or CRLF, and a byte order mark is none of them`(_ text: String) throws {
        #expect(try Self.lines(Data(text.utf8)) == ["a", "b"])
    }

    @Test func `lines are counted, also empty ones and those across two reads`() throws {
        let long = String(repeating: "x", count: 65_530)
        #expect(try Self.lines(Data("\(long)\n\n\(long)\nend".utf8)) == [long, "", long, "end"])
    }

    @Test func `a line without an end is cut`() throws {
        let lines = try Self.lines(Data(repeating: 0x78, count: 1_000_000))
        #expect(lines.map(\.utf8.count) == [65_536])
    }

    @Test func `a row is what the API is told`() throws {
        let header = "payment_id, amount_minor,currency,account,reference"
        let list = try WatchList(header: Array(header.utf8), account: nil)
        #expect(
            try list.request(of: Array(#"EP-1,5200,EUR,ecp,"a, b""#.utf8))
                == InstructionRequest(
                    account: "ecp",
                    name: .paymentID("EP-1"),
                    command: .watch(Expectation(reference: "a, b", amount: 5200, currency: "EUR"))
                )
        )
        #expect(
            try list.request(of: Array("EP-2,,,ecp,".utf8))
                == InstructionRequest(account: "ecp", name: .paymentID("EP-2"), command: .watch(Expectation()))
        )
    }

    @Test func `a row without an account is the option's`() throws {
        let list = try WatchList(header: Array("token,account".utf8), account: "ecb")
        #expect(try list.request(of: Array("t,".utf8)).account == "ecb")
        #expect(try list.request(of: Array("t,other".utf8)).account == "other")
    }

    @Test(arguments: [
        ("payment_id,amount_minor", "fields: EP-1", "the row has 1 field, the header has 2"),
        ("payment_id,amount_minor", "EP-1,52.00", "amount_minor must be a whole number"),
        ("payment_id,currency", "EP-1,eur", "currency must be the three capital letters"),
        ("payment_id,token", "EP-1,t", "name several things"), ("payment_id,token", ",", "no name is given"),
        ("payment_id,currency", #""EP-1,EUR"#, "a quote is not closed"),
    ])
    func `a bad row is told what is wrong with it`(_ header: String, _ row: String, _ complaint: String) throws {
        let list = try WatchList(header: Array(header.utf8), account: "ecp")
        let error = #expect(throws: WatchList.BadRow.self) { try list.request(of: Array(row.utf8)) }
        #expect("\(try #require(error))".contains(complaint), "\(String(describing: error))")
    }

    @Test func `a row that is not UTF-8 is told so`() throws {
        let list = try WatchList(header: Array("payment_id".utf8), account: "ecp")
        let error = #expect(throws: WatchList.BadRow.self) { try list.request(of: [0x61, 0xFF]) }
        #expect("\(try #require(error))".hasPrefix("the row is not UTF-8"))
    }

    @Test(arguments: [
        ("payment_id,amount", WatchList.Problem.unknownColumn("amount")), ("", .unknownColumn("")),
        ("token,token", .repeatedColumn("token")), ("account,reference", .noName), ("token", .noAccount),
        ("subscription_id,account", .unknownColumn("subscription_id")),
    ])
    func `a header that means nothing is refused as a whole`(_ header: String, _ problem: WatchList.Problem) {
        #expect(throws: problem) { try WatchList(header: Array(header.utf8), account: nil) }
    }

    /// All lines of a file with this content.
    private static func lines(_ content: Data) throws -> [String] {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        try content.write(to: folder.file("lines"))
        var lines = FileLines(of: try FileHandle(forReadingFrom: folder.file("lines")))
        var all: [String] = []
        while let line = try lines.next() {
            all.append(String(decoding: line, as: UTF8.self))
            #expect(lines.number == all.count)
            #expect(all.count > 1 || lines.bytesTaken == (content.firstIndex(of: 0x0A) ?? content.count - 1) + 1)
        }
        #expect(lines.bytesTaken == content.count)
        return all
    }
}
