import CLinux
import Vectors

// Runs the vectors where no test runner does: a line for each failure, one with the counts, status 1 on failure.
private func run() -> Int32 {
    let checker = Checker { print("failed: " + $0) }
    Vectors.run(checker)
    print("selftest: \(checker.passed) passed, \(checker.failed) failed, Int has \(Int.bitWidth) bits")
    return checker.failed == 0 && checker.passed > 0 ? 0 : 1
}

exit(run())
