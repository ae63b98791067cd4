import Ledger

/// `openapi.json`: the table of endpoints, and the views as the ledger itself describes them.
struct OpenAPI {
    private let version: String
    private let docs: [ViewRow]

    /// - Parameter docs: the rows of `schema_docs`.
    init(version: String, docs: [ViewRow]) {
        self.version = version
        self.docs = docs
    }

    var document: JSON {
        let paths = Endpoint.all.map { endpoint in
            (name: endpoint.path, value: JSON.object([(name: "get", value: operation(endpoint))]))
        }
        return .object([
            (name: "openapi", value: .text("3.1.0")),
            (
                name: "info",
                value: .object([
                    (name: "title", value: .text("Paystate")),
                    (name: "version", value: .text(version)),
                    (
                        name: "description",
                        value: .text("What Paystate knows about payments: rows of its views. It is only read here.")
                    ),
                ])
            ),
            (name: "paths", value: .object(paths)),
            (name: "components", value: .object([(name: "schemas", value: .object(schemas))])),
        ])
    }

    // MARK: Endpoints

    private func operation(_ endpoint: Endpoint) -> JSON {
        .object([
            (name: "operationId", value: .text(endpoint.name.rawValue)),
            (name: "summary", value: .text(endpoint.summary)),
            (name: "parameters", value: .array(pathParameters(endpoint) + endpoint.parameters.map(parameter))),
            (name: "responses", value: responses(endpoint)),
        ])
    }

    private func pathParameters(_ endpoint: Endpoint) -> [JSON] {
        endpoint.path.split(separator: "/").filter { $0.hasPrefix("{") }.map { part in
            .object([
                (name: "name", value: .text(String(part.dropFirst().dropLast()))),
                (name: "in", value: .text("path")),
                (name: "required", value: .flag(true)),
                (name: "schema", value: .object([(name: "type", value: .text("string"))])),
            ])
        }
    }

    private func parameter(_ parameter: Parameter) -> JSON {
        .object([
            (name: "name", value: .text(parameter.name)),
            (name: "in", value: .text("query")),
            (name: "required", value: .flag(parameter.isRequired)),
            (name: "description", value: .text(parameter.meaning + " It is " + parameter.wanted + ".")),
            (name: "schema", value: .object(schema(parameter))),
        ])
    }

    private func schema(_ parameter: Parameter) -> [(name: String, value: JSON)] {
        let type = { (type: String) in (name: "type", value: JSON.text(type)) }
        let standard = parameter.standard
        switch parameter.kind {
        case .text(let limit):
            return [
                type("string"), (name: "minLength", value: .integer(1)),
                (name: "maxLength", value: .integer(Int64(limit))),
                (name: "pattern", value: .text(#"^[^\u0000]*$"#)),
            ]
        case .word(let words): return [type("string"), (name: "enum", value: .texts(words))]
        case .flag: return [type("integer"), (name: "enum", value: .array([.integer(0), .integer(1)]))]
        case .time: return [type("string"), (name: "examples", value: .texts(["2026-11-22T10:00:01.250Z"]))]
        case .number(let range):
            return [
                type("integer"), (name: "minimum", value: .integer(range.lowerBound)),
                (name: "maximum", value: .integer(range.upperBound)),
            ] + (standard.map { [(name: "default", value: JSON.integer($0))] } ?? [])
        case .duration:
            return [type("string"), (name: "pattern", value: .text("^(([0-9]|[1-5][0-9]|60)s|[0-9]{1,4}ms)$"))]
                + (standard.map { [(name: "default", value: JSON.text("\($0)s"))] } ?? [])
        case .place:
            return [type("string"), (name: "pattern", value: .text("^c?(0|[1-9][0-9]{0,17})[.](0|[1-9][0-9]{0,17})$"))]
        }
    }

    private func responses(_ endpoint: Endpoint) -> JSON {
        let errors = [
            ("400", "A parameter is unknown, missing, given twice or unusable."),
            ("404", "There is no such account, or no such payment."),
            ("405", "Another method than GET."),
            ("503", "The read took longer than 2 s, too many requests wait, or the ledger cannot be read: try later."),
        ]
        let error = JSON.object([(name: "$ref", value: .text("#/components/schemas/error"))])
        let success = (name: "200", value: response("The rows.", answer(endpoint)))
        return .object([success] + errors.map { (name: $0.0, value: response($0.1, error)) })
    }

    private func response(_ description: String, _ schema: JSON) -> JSON {
        .object([
            (name: "description", value: .text(description)),
            (
                name: "content",
                value: .object([
                    (name: "application/json", value: .object([(name: "schema", value: schema)]))
                ])
            ),
        ])
    }

    private func answer(_ endpoint: Endpoint) -> JSON {
        let list = endpoint.name.rawValue
        let text = JSON.object([(name: "type", value: .texts(["string", "null"]))])
        switch endpoint.answer {
        case .pages(let view):
            return object([
                (name: list, value: rows(view)), (name: "next", value: text), (name: "searched_back_to", value: text),
            ])
        case .feed(let view):
            let number = JSON.object([(name: "type", value: .text("integer"))])
            return object([(name: list, value: rows(view)), (name: "next", value: number)])
        case .list(let view): return object([(name: list, value: rows(view))])
        case .details(let view, let lists):
            return object([(name: list, value: row(view))] + lists.map { (name: $0, value: rows($0)) })
        }
    }

    private func object(_ properties: [(name: String, value: JSON)]) -> JSON {
        .object([
            (name: "type", value: .text("object")),
            (name: "required", value: .texts(properties.map(\.name))),
            (name: "properties", value: .object(properties)),
        ])
    }

    private func row(_ view: String) -> JSON {
        .object([(name: "$ref", value: .text("#/components/schemas/\(view)"))])
    }

    private func rows(_ view: String) -> JSON {
        .object([(name: "type", value: .text("array")), (name: "items", value: row(view))])
    }

    // MARK: Views

    private var schemas: [(name: String, value: JSON)] {
        let views = Set(Endpoint.all.flatMap(\.answer.views)).sorted()
        let error = object([(name: "error", value: .object([(name: "type", value: .text("string"))]))])
        return [(name: "error", value: error)] + views.map { (name: $0, value: schema(of: $0)) }
    }

    private func schema(of view: String) -> JSON {
        let described = docs.filter { $0.text("object") == view && !ColumnType.left.contains($0.text("column")) }
        let about = described.first { $0.text("column").isEmpty }?.text("description") ?? ""
        let columns = described.filter { !$0.text("column").isEmpty }.map { row in
            let column = row.text("column")
            let schema = ColumnType.schema(column, of: view, description: row.text("description"))
            return (name: column, value: schema)
        }
        return .object([
            (name: "type", value: .text("object")),
            (name: "description", value: .text(about)),
            (name: "properties", value: .object(columns)),
        ])
    }
}
