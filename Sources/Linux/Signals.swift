import CLinux

/// Signals as readable events (signalfd(2)).
public enum Signals {
    public static let hangUp: Int32 = SIGHUP
    public static let interrupt: Int32 = SIGINT
    public static let terminate: Int32 = SIGTERM
    public static let kill: Int32 = SIGKILL
    public static let child: Int32 = SIGCHLD

    /// Blocks the signals and gives a non-blocking descriptor that reports them.
    public static func descriptor(_ numbers: [Int32]) throws(SystemError) -> Int32 {
        var set = sigset_t()
        sigemptyset(&set)
        for number in numbers { sigaddset(&set, number) }
        guard sigprocmask(SIG_BLOCK, &set, nil) == 0 else { throw SystemError("block signals") }
        let fd = signalfd(-1, &set, O_NONBLOCK | O_CLOEXEC)
        guard fd >= 0 else { throw SystemError("open a signal descriptor") }
        return fd
    }

    /// The next reported signal, or nil when there is none now.
    public static func next(_ descriptor: Int32) -> Int32? {
        var information = signalfd_siginfo()
        let size = MemoryLayout<signalfd_siginfo>.size
        guard CLinux.read(descriptor, &information, size) == size else { return nil }
        return Int32(bitPattern: information.ssi_signo)
    }

    /// Waits for a reported signal; for commands only. Nil when none came within that time.
    public static func wait(_ descriptor: Int32, milliseconds: Int32) -> Int32? {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&entry, 1, milliseconds) > 0 ? next(descriptor) : nil
    }

    /// Writing to a closed socket or pipe is an error number, not the end of the process.
    public static func ignoreBrokenPipes() {
        clinux_ignore_signal(SIGPIPE)
    }

    /// `SIGKILL` for 9, for messages.
    public static func name(_ number: Int32) -> String {
        switch number {
        case SIGHUP: "SIGHUP"
        case SIGINT: "SIGINT"
        case SIGQUIT: "SIGQUIT"
        case SIGILL: "SIGILL"
        case SIGABRT: "SIGABRT"
        case SIGBUS: "SIGBUS"
        case SIGFPE: "SIGFPE"
        case SIGKILL: "SIGKILL"
        case SIGSEGV: "SIGSEGV"
        case SIGPIPE: "SIGPIPE"
        case SIGALRM: "SIGALRM"
        case SIGTERM: "SIGTERM"
        case SIGXCPU: "SIGXCPU"
        case SIGSYS: "SIGSYS"
        default: "signal \(number)"
        }
    }
}
