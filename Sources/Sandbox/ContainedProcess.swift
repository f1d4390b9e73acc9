/// A program that runs in a container.
public struct ContainedProcess {
    /// The first process of the container: signals go to it, which passes them on to the program's process group, and
    /// when it is killed, everything in the container is.
    public let initProcess: Int32
    /// The program itself, as seen from here.
    public let program: Int32
    /// Tells how the program ended.
    var report: Int32
    var group: ControlGroup
}
