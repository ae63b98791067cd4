import Glibc

/// PostgreSQL's client library, opened at run time: an installation on SQLite neither needs nor maps it.
///
/// Each member is a function of `libpq-fe.h`, by its name without the `PQ`, with the prototype that the header gives it.
/// The library has been `libpq.so.5` since 2006; what is used here is there since PostgreSQL 14.
struct LibPQ: Sendable {
    /// `PGconn *` and `PGresult *`.
    typealias Pointer = UnsafeMutableRawPointer
    typealias Text = UnsafePointer<CChar>
    typealias MutableText = UnsafeMutablePointer<CChar>
    typealias Texts = UnsafePointer<UnsafePointer<CChar>?>
    typealias Numbers = UnsafePointer<CInt>
    typealias NoticeReceiver = @convention(c) (_ argument: Pointer?, _ result: Pointer?) -> Void

    // MARK: Connecting

    let connectdbParams: @convention(c) (_ keywords: Texts, _ values: Texts, _ expandsName: CInt) -> Pointer?
    let status: @convention(c) (Pointer) -> CInt
    let finish: @convention(c) (Pointer) -> Void
    let socket: @convention(c) (Pointer) -> CInt
    let errorMessage: @convention(c) (Pointer) -> Text?
    let serverVersion: @convention(c) (Pointer) -> CInt
    let parameterStatus: @convention(c) (Pointer, _ name: Text) -> Text?
    let setnonblocking: @convention(c) (Pointer, CInt) -> CInt
    let setNoticeReceiver: @convention(c) (Pointer, NoticeReceiver, Pointer?) -> NoticeReceiver?

    // MARK: Sending

    let enterPipelineMode: @convention(c) (Pointer) -> CInt
    let exitPipelineMode: @convention(c) (Pointer) -> CInt
    let pipelineSync: @convention(c) (Pointer) -> CInt
    let sendQuery: @convention(c) (Pointer, _ sql: Text) -> CInt
    let sendQueryParams:
        @convention(c) (
            Pointer, _ sql: Text, _ count: CInt, _ types: UnsafePointer<CUnsignedInt>?, _ values: Texts?,
            _ lengths: Numbers?, _ formats: Numbers?, _ format: CInt
        ) -> CInt
    let sendPrepare:
        @convention(c) (
            Pointer, _ name: Text, _ sql: Text, _ count: CInt, _ types: UnsafePointer<CUnsignedInt>?
        ) -> CInt
    let sendQueryPrepared:
        @convention(c) (
            Pointer, _ name: Text, _ count: CInt, _ values: Texts?, _ lengths: Numbers?, _ formats: Numbers?,
            _ format: CInt
        ) -> CInt
    let putCopyData: @convention(c) (Pointer, Text, _ length: CInt) -> CInt
    let putCopyEnd: @convention(c) (Pointer, _ error: Text?) -> CInt
    let flush: @convention(c) (Pointer) -> CInt

    // MARK: Receiving

    let consumeInput: @convention(c) (Pointer) -> CInt
    let isBusy: @convention(c) (Pointer) -> CInt
    let getResult: @convention(c) (Pointer) -> Pointer?
    let notifies: @convention(c) (Pointer) -> Pointer?
    let freemem: @convention(c) (Pointer?) -> Void

    // MARK: Results

    let resultStatus: @convention(c) (Pointer?) -> CInt
    let resultErrorField: @convention(c) (Pointer?, _ field: CInt) -> Text?
    let cmdStatus: @convention(c) (Pointer) -> Text?
    let ntuples: @convention(c) (Pointer) -> CInt
    let nfields: @convention(c) (Pointer) -> CInt
    let fname: @convention(c) (Pointer, _ field: CInt) -> Text?
    let ftype: @convention(c) (Pointer, _ field: CInt) -> CUnsignedInt
    let getvalue: @convention(c) (Pointer, _ row: CInt, _ field: CInt) -> MutableText?
    let getlength: @convention(c) (Pointer, _ row: CInt, _ field: CInt) -> CInt
    let getisnull: @convention(c) (Pointer, _ row: CInt, _ field: CInt) -> CInt
    let clear: @convention(c) (Pointer?) -> Void

    let libVersion: @convention(c) () -> CInt

    /// What ``notifies`` points to: the first members of `PGnotify`.
    struct Notification {
        let channel: MutableText
        let processID: CInt
        let payload: MutableText
    }

    /// The library, opened once for the process: it is never closed again.
    static let shared = Result<LibPQ, LibPQMissing> { () throws(LibPQMissing) in try LibPQ(named: "libpq.so.5") }

    /// - Throws: if the library is not installed, or lacks a function.
    init(named name: String) throws(LibPQMissing) {
        guard let library = dlopen(name, RTLD_NOW | RTLD_LOCAL) else {
            throw LibPQMissing(reason: dlerror().map { String(cString: $0) } ?? "\(name) cannot be opened")
        }
        func find<Function>(_ name: String) throws(LibPQMissing) -> Function {
            guard let symbol = dlsym(library, "PQ" + name) else {
                throw LibPQMissing(reason: "\(name) is missing in it: libpq of PostgreSQL 14 or newer is needed")
            }
            return unsafeBitCast(symbol, to: Function.self)
        }
        connectdbParams = try find("connectdbParams")
        status = try find("status")
        finish = try find("finish")
        socket = try find("socket")
        errorMessage = try find("errorMessage")
        serverVersion = try find("serverVersion")
        parameterStatus = try find("parameterStatus")
        setnonblocking = try find("setnonblocking")
        setNoticeReceiver = try find("setNoticeReceiver")
        enterPipelineMode = try find("enterPipelineMode")
        exitPipelineMode = try find("exitPipelineMode")
        pipelineSync = try find("pipelineSync")
        sendQuery = try find("sendQuery")
        sendQueryParams = try find("sendQueryParams")
        sendPrepare = try find("sendPrepare")
        sendQueryPrepared = try find("sendQueryPrepared")
        putCopyData = try find("putCopyData")
        putCopyEnd = try find("putCopyEnd")
        flush = try find("flush")
        consumeInput = try find("consumeInput")
        isBusy = try find("isBusy")
        getResult = try find("getResult")
        notifies = try find("notifies")
        freemem = try find("freemem")
        resultStatus = try find("resultStatus")
        resultErrorField = try find("resultErrorField")
        cmdStatus = try find("cmdStatus")
        ntuples = try find("ntuples")
        nfields = try find("nfields")
        fname = try find("fname")
        ftype = try find("ftype")
        getvalue = try find("getvalue")
        getlength = try find("getlength")
        getisnull = try find("getisnull")
        clear = try find("clear")
        libVersion = try find("libVersion")
    }
}

/// The client library cannot be used.
struct LibPQMissing: Error {
    let reason: String
}
