import DaemonTestSupport
import Foundation
import ReadAPI
import Testing

/// `openapi.json` is made from the table of endpoints and from what the views say of themselves.
@Suite(.timeLimit(.minutes(1))) struct OpenAPITests {
    @Test func `it describes each endpoint with its parameters`() async throws {
        try await RunningDaemon.run { daemon in
            let document = try await AdminAnswer(daemon, "/openapi.json").members
            #expect(document["openapi"] as? String == "3.1.0")
            let paths = try #require(document["paths"] as? [String: [String: Any]])
            #expect(Set(paths.keys) == Set(Endpoint.all.map(\.path)))
            for endpoint in Endpoint.all {
                let operation = try #require(paths[endpoint.path]?["get"] as? [String: Any])
                let parameters = operation["parameters"] as? [[String: Any]] ?? []
                let named = parameters.filter { $0["in"] as? String == "query" }.compactMap { $0["name"] as? String }
                #expect(named == endpoint.parameters.map(\.name))
            }
            #expect(Set(Endpoint.all.map(\.name)) == Set(Endpoint.Name.allCases))
        }
    }

    @Test func `it describes each column of each row, by the type that it has`() async throws {
        try await RunningDaemon.run { daemon in
            try await daemon.receive("EP-1", "success")
            try await daemon.receive("EP-2", "teleported")
            let document = try await AdminAnswer(daemon, "/openapi.json").members
            let components = document["components"] as? [String: Any]
            let schemas = try #require(components?["schemas"] as? [String: [String: Any]])
            for endpoint in Endpoint.all {
                let path = endpoint.path.replacing("{account}", with: "ecp").replacing("{payment_id}", with: "EP-2")
                let query = endpoint.name == .orders ? "?reference=EP-1" : ""
                let answer = try await AdminAnswer(daemon, path + query)
                for (view, rows) in try Self.rows(answer, of: endpoint) {
                    let columns = try #require(schemas[view]?["properties"] as? [String: [String: Any]], "\(view)")
                    #expect(!columns.isEmpty, "\(view)")
                    for (column, value) in rows.flatMap({ $0 }) {
                        let schema = try #require(columns[column], "\(view).\(column)")
                        #expect(Self.types(schema).contains(Self.type(of: value)), "\(view).\(column)")
                        #expect((schema["description"] as? String)?.isEmpty == false)
                    }
                }
            }
        }
    }

    private static func rows(
        _ answer: AdminAnswer,
        of endpoint: Endpoint
    ) throws -> [(view: String, rows: [[String: Any]])] {
        switch endpoint.answer {
        case .pages(let view), .feed(let view), .list(let view): [(view, try answer.rows(endpoint.name.rawValue))]
        case .details(let view, let lists):
            try [(view, [answer.members["payment"] as? [String: Any] ?? [:]])] + lists.map { ($0, try answer.rows($0)) }
        }
    }

    private static func types(_ schema: [String: Any]) -> [String] {
        (schema["type"] as? String).map { [$0] } ?? schema["type"] as? [String] ?? []
    }

    private static func type(of value: Any) -> String {
        if value is NSNull { return "null" }
        return value is NSNumber ? "integer" : "string"
    }
}
