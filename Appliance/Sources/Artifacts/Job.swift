/// One artifact for one architecture.
public struct Job {
    public let artifact: any Artifact
    public let architecture: Architecture

    public init(_ artifact: any Artifact, _ architecture: Architecture) {
        self.artifact = artifact
        self.architecture = architecture
    }

    /// All that has to be made for some artifacts, each before what it is a part of, and each once.
    ///
    /// - Parameters:
    ///   - names: of artifacts; without any, all of them.
    ///   - architectures: without any, all of them.
    ///   - isStarted: with what the test suites that start them use.
    public static func all(_ names: [String], for architectures: [Architecture], isStarted: Bool = false) -> [Job] {
        var jobs: [Job] = []
        func add(_ job: Job) {
            guard !jobs.contains(where: { $0.isSame(as: job) }) else { return }
            job.artifact.parts(for: job.architecture).forEach(add)
            jobs.append(job)
        }
        for artifact in allArtifacts where names.isEmpty || names.contains(artifact.name) {
            for architecture in artifact.architectures
            where architectures.isEmpty || architectures.contains(architecture) {
                add(Job(artifact, architecture))
                if isStarted { artifact.companions(for: architecture).forEach(add) }
            }
        }
        return jobs
    }

    private func isSame(as other: Job) -> Bool {
        artifact.name == other.artifact.name && architecture == other.architecture
    }
}
