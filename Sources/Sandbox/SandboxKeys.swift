/// The keys of the sandbox's own accounts. They are public: they prove nothing outside a sandbox.
package enum SandboxKeys {
    package static let projectID: Int64 = 240
    package static let shopID: Int64 = 1673
    /// ecommpay's project secret, and the shop's password.
    package static let secret = "sandbox-secret-known-to-everybody"

    /// The key that verifies the shop's callbacks: base64 of DER, as the gateway's back office shows it.
    package static let publicKey = """
        MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAuvCLchNMSmwOMu+n09ArtSkJ2H3pQV0oMit5bYlzMBwNM6jRnoJJjReg\
        /3Dadvfp8Zq0wolngT4y4Bgj3Q9RgJ4sJ+D/QzKLrdqyQqnH6fmijZQuMKrxap/1hAKACMVEUqKrGz+rtT6hcqVQCgIzOncDiUks\
        1vAO4KWcRPoQ4axi6Dua23p9C8jyqb4QaEx5+mlSJMaezkAEbuRDizFeBoTJW1BWdIrOdDsJfEcXwepqFkk35K+fj7DxDO8FnCDR\
        okUcxKhcD8TKhiR0nvI4+OUpu1IZc/ZhyVCc6guyizSZ90KiMAghLq0EGGlb3CciZq3vsHGaYm/Z+wemIgCbCwIDAQAB
        """

    /// The key that signs the shop's callbacks: base64 of DER (PKCS#8).
    static let privateKey = """
        MIIEvAIBADANBgkqhkiG9w0BAQEFAASCBKYwggSiAgEAAoIBAQC68ItyE0xKbA4y76fT0Cu1KQnYfelBXSgyK3ltiXMwHA0zqNGe\
        gkmNF6D/cNp29+nxmrTCiWeBPjLgGCPdD1GAniwn4P9DMout2rJCqcfp+aKNlC4wqvFqn/WEAoAIxURSoqsbP6u1PqFypVAKAjM6\
        dwOJSSzW8A7gpZxE+hDhrGLoO5rben0LyPKpvhBoTHn6aVIkxp7OQARu5EOLMV4GhMlbUFZ0is50Owl8RxfB6moWSTfkr5+PsPEM\
        7wWcINGiRRzEqFwPxMqGJHSe8jj45Sm7Uhlz9mHJUJzqC7KLNJn3QqIwCCEurQQYaVvcJyJmre+wcZpib9n7B6YiAJsLAgMBAAEC\
        ggEAUWWb0jgE6ALUy+j+MoRaA6+y0clBX2yoq++yF7fZqAEO3oeLfnFMhVrch10kQtj/zGuIeYxKvUPP8zOPqhmZa19z6olVnHTN\
        zQ2EwPIcUgyYcv0qf5ZvN/YeeTR9e1Qpw7GAv4Shx3FV6w2AJFuA4twfdg+erpgoYji6Km6YGyquA3d+2NlLrKi1ooFMP35NOVH8\
        z6UU2mkHAHO50FFmoZOHI47PYsUUgZf+RodUPVmSaLkeWQexaI6pWOGSJa1jfskT1DXA7qtXKBi9vP/GsCXxoCXPBUfZH0gOf9+L\
        6c8eFK8lbafNDXU2KGyFtCZH1cBML5ISvyK2iaTcbXUEwQKBgQDcA2gEa9bNfJ3hvm+PGuZXs+mKrxTS7xaBxQ3Y/GkNvGpK0fvS\
        ItaDEnM4g2GIuaEF+MgiR7OzTj70+2uQXeva0XwUw/y+jrY+g9ieiP6ygr2Do/fP/FmS7uKId3ZVvuYUiCnO131YvntW1JGVvqNW\
        K8guAPt369eOJ2Th3MTQZwKBgQDZhD9viMHcJWnFiGsm8CXuGkvoK/iFLw9fstsh9ogW/bjPbaVNZtYISjMvEx0npJ6C4jD/ofQm\
        YuOT74pkdK8IXIzdiipiisdxftD8t72qWMKCp4qqr778APWZgggD75cCRyWCfavqeznl1xa7ampbFgHNBq0pIH6yDvVRfbPpvQKB\
        gCj2kWVRVrsHmrWvKUIxtfVaT/88PdpQHZanw75EsKKYFAo+Mm6bgekBhGZfP8efGDXubgTD6NdXmC0wqoREmGczXbDYFLS+CXx2\
        O9y4kQNXiEV8P+V/jIXo6FCUPXoVgu0LtQ0H3hSp0nkGNtz0k6C1oh2+nRNk28th1kyfOB29AoGARd8RcYaAn3L1MxrLMMrbpEyW\
        LZJSVpXzXk5ZzeMffCMshpU2EFMEVc1f+7MsHlvm/ywhiTxA7UO+zvqXfgVtZEY2icOkMdtajb6q60MqjdnNQaMIDCRAOTslqZX3\
        dSw1Wen4xp4P51aGFqqtBq78Ux4SngWTAi8KA7CCZRb4ABECgYAGG18NS7+jF+ikdU2PaiKHMKeP88G8F/SolXahrVRqCP2RwI8z\
        gq7D5VXRGT/NL1fJgnG+tBFP2O7FlfrptWfbccmUJsfzD0WxDiE45klmfkiKBpjsx33pl0EOo6hVTM4ELQQ6/a1YB++Y07ruITlV\
        ySszensgg7bEKxaJufsLxw==
        """
}
