package functions;

/** A function as the cloud has them, its type in a superclass's parameter. */
public class Cloud extends CloudBase<Payload> {
    @Override
    String describe(Payload input) {
        return "got " + input.getMessage();
    }
}
