extension HTTPHeaders {
    /// The one `Content-Length`, or nil where there is none (RFC 9112 section 6.3).
    func contentLength() throws(HTTPError) -> Int64? {
        let count = occurrences("Content-Length")
        guard count > 0 else { return nil }
        guard count == 1 else { throw .ambiguousLength }
        guard let length = withValue("Content-Length", { HTTPSyntax.decimal($0) }) ?? nil else {
            throw .malformedContentLength
        }
        return length
    }

    /// That the one transfer coding is `chunked` and no `Content-Length` contradicts it (RFC 9112 section 6.1).
    func checkChunked() throws(HTTPError) {
        guard occurrences("Content-Length") == 0, occurrences("Transfer-Encoding") == 1 else { throw .ambiguousLength }
        let isChunked = withValue("Transfer-Encoding") { HTTPSyntax.equalsIgnoringCase($0, "chunked") }
        guard isChunked == true else { throw .unsupportedTransferCoding }
    }
}
