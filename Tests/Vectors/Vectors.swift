/// All vectors of the pure modules.
public enum Vectors {
    public static func run(_ checker: Checker) {
        BytesVectors.run(checker)
        JSONVectors.run(checker)
        NumberVectors.run(checker)
        HTTPVectors.run(checker)
        MQTTVectors.run(checker)
        SubscriptionVectors.run(checker)
    }
}
