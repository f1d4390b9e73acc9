package functions;

import com.amazonaws.greengrass.common.GreengrassLogger;
import com.amazonaws.services.lambda.runtime.Context;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;

/** Functions of a group, that talk to devices and to each other. */
public class Relay {
    /** Publishes what it receives, with the topic it came from. */
    public void echo(Payload event, Context context) {
        System.out.println("said on standard output");
        System.err.println("said on standard error");
        context.getLogger().log("said to the context's logger");
        new GreengrassLogger().debug("said at debug");
        new GreengrassLogger().warn("said at warn");
        String subject = context.getClientContext().getCustom().get("subject");
        Publisher.publish(System.getenv("TARGET_TOPIC"), (subject + " " + event.getCelsius()).getBytes());
    }

    /** Invokes the function of INVOKEE_ARN and publishes what came of it. */
    public void invoke(Map<String, String> event) throws Exception {
        event.put("arn", System.getenv("INVOKEE_ARN"));
        Publisher.publish("answer", String.valueOf(new Publisher().invoke(event, null)).getBytes());
    }

    /** Publishes how large its heap may become, and where it is. */
    public void heap() {
        String answer = Runtime.getRuntime().maxMemory() + " " + System.getProperty("user.dir");
        Publisher.publish(System.getenv("TARGET_TOPIC"), answer.getBytes());
    }

    /** Answers bytes with bytes. */
    public static void bytes(InputStream input, OutputStream output, Context context) throws IOException {
        int sum = 0;
        for (int next = input.read(); next >= 0; next = input.read()) {
            sum += next;
        }
        output.write(("sum " + sum).getBytes());
    }
}
