/// The inputs that fuzzing starts from: small and well formed, each with something special.
enum Seeds {
    static let json = [
        "null", "true", "false", "0", "-12.5e+3", "\"\"", "[]", "{}", " [ ] ", "[[[[]]]]", "[1,\"1\",null,true,{}]",
        #"{"a":{"b":[1,2,{"c":"d"}]},"":0}"#,
        #"["\"\\\/\b\f\n\r\t","\u00e9\u20AC\ud83d\ude00","é€😀"]"#,
        #"[0,-0,1.10,1e400,123456789012345678901234567890,-0.000001E-7]"#,
        "{\n    \"pretty\": [\n        1,\n        2\n    ],\r\n\t\"printed\": true\n}\n",
        "{\((0..<40).map { "\"key \($0)\":\($0)" }.joined(separator: ","))}",
        String(repeating: "[", count: 60) + String(repeating: "]", count: 60),
    ]

    /// The callbacks without a signature, which is added again after the damage.
    static let unsigned = callbacks.map { $0.replacing(#","signature":"c2lnbmF0dXJl""#, with: "") }

    /// Callbacks in the gateways' form; the values are made up.
    static let callbacks = [
        #"""
        {"project_id":240,"payment":{"id":"order-1","type":"purchase","status":"success","date":"2024-03-10T12:26:17+0000",
        "method":"card","sum":{"amount":5200,"currency":"EUR"},"description":"Näme; \"quoted\" \u2116 1"},
        "account":{"number":"424242******4242","type":"visa","card_holder":"A B","expiry_month":"01","expiry_year":"2030"},
        "customer":{"id":"c-1","ip_address":"192.0.2.1"},"operation":{"id":5028800010128225,"type":"sale","status":"success",
        "date":"2024-03-10T12:26:17+0000","created_date":"2024-03-10T12:26:10+0000","request_id":"0a1b-00005029",
        "sum_initial":{"amount":5200,"currency":"EUR"},"sum_converted":{"amount":5650,"currency":"USD"},"code":"0",
        "message":"Success","provider":{"id":414,"payment_id":"16101","endpoint_id":414}},"signature":"c2lnbmF0dXJl"}
        """#,
        #"""
        {"project_id":"240","payment":{"id":"order-2","status":"error"},"errors":[{"code":"3061","message":"not found",
        "field":null}],"operations":[{"id":1,"type":"refund","status":"decline","sum":{"amount":"100","currency":"JPY"}}],
        "general":{"signature":"c2lnbmF0dXJl"}}
        """#,
        #"""
        {"transaction":{"uid":"4107-310b0da80b","type":"payment","status":"successful","amount":5200,"currency":"EUR",
        "tracking_id":"order-3","test":true,"created_at":"2024-03-10T12:26:10.123Z","updated_at":"2024-03-10T12:26:17.456Z",
        "manually_corrected_at":null,"parent_uid":null,"code":"S.0000","message":"Successfully processed",
        "credit_card":{"holder":"A B","last_4":"4242","token":"t"},"additional_data":{"receipt_text":["Спасибо"]}}}
        """#,
        #"""
        {"token":"0123456789abcdef","finished":true,"expired":false,"status":"failed","order":{"amount":5200,"currency":"EUR",
        "tracking_id":"order-4"},"gateway_response":{"payment":{"uid":"4107-1","status":"failed"}}}
        """#,
        #"""
        {"id":"sbs_0123","state":"active","event":"renewed.subscription","plan":{"id":"pln_1","title":"Monthly"},
        "last_transaction":{"uid":"4107-2","status":"successful"}}
        """#,
    ]
}
