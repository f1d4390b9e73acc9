import Testing

@testable import Linux

@Suite struct InterfacesTests {
    @Test("TLS-03: addresses that the kernel replaces every day are told by their flag")
    func temporary() {
        let table = """
            fd000000000000000000000000000002 04 40 00 82     eth0
            20010db8000000001234567890abcdef 04 40 00 01     eth0
            00000000000000000000000000000001 01 80 10 80       lo
            20010db80000000056789abcdef01234 04 40 00 21     eth0
            cut 04
            """
        #expect(
            Interfaces.temporaryAddresses(Array(table.utf8))
                == ["20010db8000000001234567890abcdef", "20010db80000000056789abcdef01234"])
        #expect(Interfaces.temporaryAddresses([]).isEmpty)
    }
}
