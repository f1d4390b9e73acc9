package functions;

import com.amazonaws.services.lambda.runtime.Context;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A handler in every form that the guide allows. */
public class Forms {
    private int calls;

    public Object any(Object event, Context context) {
        return (event == null ? "null" : event.getClass().getSimpleName()) + " " + event;
    }

    public String text(String event) {
        return event + "!";
    }

    public static int number(int event) {
        return event + 1;
    }

    public Payload bean(Payload event, Context context) {
        event.setCount(event.getCount() == null ? ++calls : event.getCount() + 1);
        return event;
    }

    public List<Payload> beans(List<Payload> events) {
        for (Payload event : events) {
            event.setMessage(event.getMessage() + "!");
        }
        return events;
    }

    public Map<String, Object> context(Context context) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("arn", context.getInvokedFunctionArn());
        shown.put("id", context.getAwsRequestId());
        shown.put("name", context.getFunctionName());
        shown.put("version", context.getFunctionVersion());
        shown.put("custom", context.getClientContext().getCustom());
        shown.put("env", context.getClientContext().getEnvironment());
        shown.put("title", context.getClientContext().getClient() == null
            ? null : context.getClientContext().getClient().getAppTitle());
        shown.put("identity", context.getIdentity());
        shown.put("remaining", context.getRemainingTimeInMillis());
        context.getLogger().log("said to the context's logger");
        return shown;
    }

    public void nothing() {
    }

    public String overloaded() {
        return "none";
    }

    public String overloaded(Context context) {
        return "context";
    }

    public String overloaded(Object event, Context context) {
        return "both";
    }

    public void overloaded(InputStream input, OutputStream output, Context context) throws IOException {
        output.write("three".getBytes());
    }

    public void overloaded(InputStream input, OutputStream output) throws IOException {
        output.write("two".getBytes());
    }

    public void echo(InputStream input, OutputStream output) throws IOException {
        for (int next = input.read(); next >= 0; next = input.read()) {
            output.write(next ^ 0xFF);
        }
    }

    public void silent(InputStream input) {
    }

    public void wrong(String one, String two, String three) {
    }

    public Object loop() {
        Map<String, Object> loop = new LinkedHashMap<>();
        loop.put("self", loop);
        return loop;
    }
}
