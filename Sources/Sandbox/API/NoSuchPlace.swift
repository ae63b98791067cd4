import Hummingbird

/// Answers what nobody else does, and says where to look.
struct NoSuchPlace: RouterMiddleware {
    func handle(
        _ request: Request,
        context: BasicRequestContext,
        next: (Request, BasicRequestContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as HTTPError where error.status == .notFound {
            let place = "\(request.method.rawValue) \(request.uri.path)"
            let answer: JSON = ["error": .string("there is no \(place) here: GET /sandbox tells what there is")]
            return Response(sandbox: .notFound, answer)
        }
    }
}
