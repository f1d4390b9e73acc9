package com.amazonaws.services.lambda.runtime;

/** A handler of values. */
public interface RequestHandler<I, O> {
    O handleRequest(I input, Context context);
}
