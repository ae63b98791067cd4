import OperatorPage
import Testing

/// What of a body the page shows.
@Suite struct BodyTextTests {
    /// Bodies as the gateways send them, with what must not be seen unless it is asked for.
    static let bodies: [(body: String, personal: [String], open: [String])] = [
        (
            #"""
            {"project_id":240,"payment":{"id":"EP-1","status":"success"},
             "account":{"number":"555555******4444","token":"tok-1","card_holder":"A HOLDER","type":"visa"},
             "customer":{"id":"c-77","email":"a@example.com","phone":"375290000000"},"recurring":{"id":4242}}
            """#,
            ["555555******4444", "tok-1", "A HOLDER", "c-77", "a@example.com", "375290000000", "4242"],
            ["EP-1", "success", "visa", "240"]
        ),
        (
            #"""
            {"transaction":{"uid":"1-2","status":"successful",
             "credit_card":{"holder":"B HOLDER","stamp":"st4mp","last_4":"1111","token":"tok-2","brand":"visa"},
             "billing_address":{"first_name":"Bella","address":"1 Main Street","city":"Minsk","country":"BY"},
             "customer":{"ip":"10.1.2.3","email":"b@example.com"},
             "additional_data":{"deep":[{"cardHolder":"C HOLDER","phone":"900"}]}}}
            """#,
            [
                "B HOLDER", "st4mp", "1111", "tok-2", "Bella", "1 Main Street", "Minsk", "10.1.2.3", "b@example.com",
                "C HOLDER", "900",
            ],
            ["1-2", "successful", "visa"]
        ),
        (#"{"note":"write to d@example.com"}"#, ["d@example.com"], ["note"]),
        (#"{"note":"call +375 (29) 000-00-00","rate":"+5.25"}"#, ["375"], ["+5.25"]),
        (#"{"e@example.com":{"state":"paid"}}"#, ["e@example.com"], ["paid"]),
        (
            #"""
            {"phone_number":"p1","phones":["p2"],"customer_name":"n1","card_holder_name":"n2","bank_account_number":"i1",
             "tokens":["t1"],"card_id":"t2","rebillId":"t3","client_ip":"a1","address1":"a2","zip_code":"a3","dob":"d1",
             "account":{"type":"visa"},"order_number":"o1","state":"s1"}
            """#,
            ["p1", "p2", "n1", "n2", "i1", "t1", "t2", "t3", "a1", "a2", "a3", "d1"],
            ["visa", "o1", "s1"]
        ),
        (#"[[{"anything":"d@example.com"}]]"#, ["d@example.com"], []),
    ]

    @Test(arguments: BodyTextTests.bodies.indices)
    func `personal data is masked wherever it stands, and shown when it is asked for`(_ index: Int) {
        let (body, personal, open) = Self.bodies[index]
        let masked = BodyText(showsPersonal: false).text(of: Array(body.utf8))
        let shown = BodyText(showsPersonal: true).text(of: Array(body.utf8))
        for text in personal {
            #expect(!masked.contains(text), "\(text)")
            #expect(shown.contains(text), "\(text)")
        }
        for text in open { #expect(masked.contains(text), "\(text)") }
    }

    @Test func `a body is indented, its numbers as they were written`() {
        let text = BodyText(showsPersonal: false).text(of: Array(#"{"a":{"b":1.50,"c":[]},"d":[null,true]}"#.utf8))
        #expect(
            text == """
                {
                  "a": {
                    "b": 1.50,
                    "c": []
                  },
                  "d": [
                    null,
                    true
                  ]
                }
                """
        )
    }

    @Test func `what is no JSON is not shown by mistake`() {
        let body = Array("holder=A HOLDER".utf8)
        #expect(!BodyText(showsPersonal: false).text(of: body).contains("HOLDER"))
        #expect(BodyText(showsPersonal: true).text(of: body) == "holder=A HOLDER")
    }

    @Test func `a long word is cut, with its length`() {
        let body = Array(#"{"status":"\#(String(repeating: "x", count: 65_536))"}"#.utf8)
        let text = BodyText(showsPersonal: false).text(of: body)
        #expect(text.contains("… (65536 characters)"))
        #expect(text.utf8.count < 3000)
    }
}
