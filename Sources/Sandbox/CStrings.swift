import CLinux

/// Strings as C wants them, made before the fork.
final class CStrings {
    let base: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    let count: Int

    var constants: UnsafePointer<UnsafePointer<CChar>?> {
        UnsafeRawPointer(base).assumingMemoryBound(to: UnsafePointer<CChar>?.self)
    }

    subscript(index: Int) -> UnsafePointer<CChar>? { UnsafePointer(base[index]) }

    var pointers: UnsafeMutableBufferPointer<UnsafeMutablePointer<CChar>?> {
        UnsafeMutableBufferPointer(start: base, count: count)
    }

    init(_ texts: [String]) {
        count = texts.count
        base = .allocate(capacity: count + 1)
        for index in 0..<count {
            base[index] = texts[index].withCString { strdup($0) }
        }
        base[count] = nil
    }

    deinit {
        for index in 0..<count { free(base[index]) }
        base.deallocate()
    }
}
