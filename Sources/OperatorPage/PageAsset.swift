import Hummingbird
import NIOCore

/// The style sheet and the script.
enum PageAsset: CaseIterable {
    case style
    case script

    var path: String {
        switch self {
        case .style: "/style.css"
        case .script: "/page.js"
        }
    }

    private var bytes: [UInt8] {
        switch self {
        case .style: PackageResources.style_css
        case .script: PackageResources.page_js
        }
    }

    private var type: String {
        switch self {
        case .style: "text/css; charset=utf-8"
        case .script: "text/javascript; charset=utf-8"
        }
    }

    /// Stands in the URLs, so that a browser may keep what it has for good: FNV-1a of both files.
    static let version: String = {
        let hash = allCases.flatMap(\.bytes).reduce(14_695_981_039_346_656_037 as UInt64) { hash, byte in
            (hash ^ UInt64(byte)).multipliedReportingOverflow(by: 1_099_511_628_211).partialValue
        }
        return String(hash, radix: 16)
    }()

    func response(to request: Request) -> Response {
        let isCurrent = FormFields(query: request.uri.query)["v"] == Self.version
        var headers = PageResponse.headers
        headers[.contentType] = type
        headers[.cacheControl] = isCurrent ? "public, max-age=31536000, immutable" : "no-cache"
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}
