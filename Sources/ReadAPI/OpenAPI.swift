import Ledger
import LosslessJSON

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
        [
            "openapi": "3.1.0",
            "info": [
                "title": "Paystate",
                "version": .string(version),
                "description": "What Paystate knows about payments: rows of its views. It is only read here.",
            ],
            "paths": .object(Endpoint.all.map { JSON.Member($0.path, ["get": operation($0)]) }),
            "components": ["schemas": .object(schemas)],
        ]
    }

    // MARK: Endpoints

    private func operation(_ endpoint: Endpoint) -> JSON {
        [
            "operationId": .string(endpoint.name.rawValue),
            "summary": .string(endpoint.summary),
            "parameters": .array(pathParameters(endpoint) + endpoint.parameters.map(parameter)),
            "responses": responses(endpoint),
        ]
    }

    private func pathParameters(_ endpoint: Endpoint) -> [JSON] {
        endpoint.path.split(separator: "/").filter { $0.hasPrefix("{") }.map { part in
            [
                "name": .string(String(part.dropFirst().dropLast())),
                "in": "path",
                "required": true,
                "schema": ["type": "string"],
            ]
        }
    }

    private func parameter(_ parameter: Parameter) -> JSON {
        [
            "name": .string(parameter.name),
            "in": "query",
            "required": .bool(parameter.isRequired),
            "description": .string(parameter.meaning + " It is " + parameter.wanted + "."),
            "schema": schema(parameter),
        ]
    }

    private func schema(_ parameter: Parameter) -> JSON {
        switch parameter.kind {
        case .text(let limit):
            ["type": "string", "minLength": 1, "maxLength": .integer(limit), "pattern": #"^[^\u0000]*$"#]
        case .word(let words): ["type": "string", "enum": .strings(words)]
        case .flag: ["type": "integer", "enum": [0, 1]]
        case .time: ["type": "string", "examples": ["2026-11-22T10:00:01.250Z"]]
        case .number(let range):
            (["type": "integer", "minimum": .integer(range.lowerBound), "maximum": .integer(range.upperBound)] as JSON)
                .with(default: parameter.standard.map { .integer($0) })
        case .duration:
            (["type": "string", "pattern": "^(([0-9]|[1-5][0-9]|60)s|[0-9]{1,4}ms)$"] as JSON)
                .with(default: parameter.standard.map { .string("\($0)s") })
        case .place: ["type": "string", "pattern": "^c?(0|[1-9][0-9]{0,17})[.](0|[1-9][0-9]{0,17})$"]
        }
    }

    private func responses(_ endpoint: Endpoint) -> JSON {
        let error: JSON = ["$ref": "#/components/schemas/error"]
        return [
            "200": response("The rows.", answer(endpoint)),
            "400": response("A parameter is unknown, missing, given twice or unusable.", error),
            "404": response("There is no such account, or no such payment.", error),
            "405": response("Another method than GET.", error),
            "503": response(
                "The read took longer than 2 s, too many requests wait, or the ledger cannot be read: try later.",
                error
            ),
        ]
    }

    private func response(_ description: String, _ schema: JSON) -> JSON {
        ["description": .string(description), "content": ["application/json": ["schema": schema]]]
    }

    private func answer(_ endpoint: Endpoint) -> JSON {
        let list = endpoint.name.rawValue
        let text: JSON = ["type": ["string", "null"]]
        switch endpoint.answer {
        case .pages(let view):
            return object([.init(list, rows(view)), .init("next", text), .init("searched_back_to", text)])
        case .feed(let view): return object([.init(list, rows(view)), .init("next", ["type": "integer"])])
        case .list(let view): return object([.init(list, rows(view))])
        case .details(let view, let lists):
            return object([.init(list, row(view))] + lists.map { .init($0, rows($0)) })
        }
    }

    private func object(_ properties: [JSON.Member]) -> JSON {
        ["type": "object", "required": .strings(properties.map(\.key)), "properties": .object(properties)]
    }

    private func row(_ view: String) -> JSON { ["$ref": .string("#/components/schemas/\(view)")] }

    private func rows(_ view: String) -> JSON { ["type": "array", "items": row(view)] }

    // MARK: Views

    private var schemas: [JSON.Member] {
        let views = Set(Endpoint.all.flatMap(\.answer.views)).sorted()
        let error = JSON.Member("error", object([.init("error", ["type": "string"])]))
        return [error] + views.map { .init($0, schema(of: $0)) }
    }

    private func schema(of view: String) -> JSON {
        let described = docs.filter { $0.text("object") == view && !ColumnType.left.contains($0.text("column")) }
        let about = described.first { $0.text("column").isEmpty }?.text("description") ?? ""
        let columns = described.filter { !$0.text("column").isEmpty }.map { row in
            let column = row.text("column")
            return JSON.Member(column, ColumnType.schema(column, of: view, description: row.text("description")))
        }
        return ["type": "object", "description": .string(about), "properties": .object(columns)]
    }
}

extension JSON {
    fileprivate func with(default value: JSON?) -> JSON {
        value.map { with(["default": $0]) } ?? self
    }
}
