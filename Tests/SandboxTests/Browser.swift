import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// A buyer's browser that does not follow redirects.
enum Browser {
    struct Page {
        let status: Int
        let location: String?
        let text: String
    }

    /// - Parameter form: is posted; `nil` means GET.
    static func open(_ url: String, form: String? = nil) async throws -> Page {
        let client = HTTPClient(
            eventLoopGroupProvider: .singleton,
            configuration: HTTPClient.Configuration(redirectConfiguration: .disallow)
        )
        do {
            let page = try await page(url, form, client)
            try await client.shutdown()
            return page
        } catch {
            try await client.shutdown()
            throw error
        }
    }

    private static func page(_ url: String, _ form: String?, _ client: HTTPClient) async throws -> Page {
        var request = HTTPClientRequest(url: url)
        if let form {
            request.method = .POST
            request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
            request.body = .bytes(ByteBuffer(string: form))
        }
        let response = try await client.execute(request, timeout: .seconds(5))
        let body = try await response.body.collect(upTo: 1 << 20)
        return Page(
            status: Int(response.status.code),
            location: response.headers.first(name: "Location"),
            text: String(buffer: body)
        )
    }
}
