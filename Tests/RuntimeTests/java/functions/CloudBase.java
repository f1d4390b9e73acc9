package functions;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;

/** What a team's functions share: the type of the event is a parameter. */
public abstract class CloudBase<I> implements RequestHandler<I, String> {
    @Override
    public String handleRequest(I input, Context context) {
        return describe(input);
    }

    abstract String describe(I input);
}
