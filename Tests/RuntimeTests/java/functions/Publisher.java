package functions;

import com.amazonaws.greengrass.common.EnvVars;
import com.amazonaws.greengrass.common.FunctionArnFields;
import com.amazonaws.greengrass.common.GreengrassLogger;
import com.amazonaws.greengrass.common.InvalidArnException;
import com.amazonaws.greengrass.common.LogLevel;
import com.amazonaws.greengrass.ipcsdk.DefaultIPCClient;
import com.amazonaws.greengrass.ipcsdk.IPCClient;
import com.amazonaws.greengrass.ipcsdk.IPCException;
import com.amazonaws.greengrass.ipcsdk.WorkResult;
import com.amazonaws.services.lambda.runtime.Context;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** Makes the calls into the core's classes that the public SDK makes, in its two generations. */
public class Publisher {
    private static final GreengrassLogger LOGGER = new GreengrassLogger();

    static String publish(String topic, byte[] payload) {
        String context = "{\"custom\": {\"source\": \"" + EnvVars.MY_FUNCTION_ARN + "\", \"subject\": \"" + topic + "\"}}";
        try {
            return new DefaultIPCClient().postWork(
                EnvVars.ROUTER_FUNCTION_ARN, "Event", payload, Base64.getEncoder().encodeToString(context.getBytes()));
        } catch (IPCException error) {
            return "failed: " + error.getMessage();
        }
    }

    public List<Object> invoke(Map<String, String> event, Context context) throws IPCException, InvalidArnException {
        FunctionArnFields fields = FunctionArnFields.fromString(event.get("arn"));
        LOGGER.debug("Invoking " + fields.getName() + " " + fields.getQualifier());
        LOGGER.log("a warning".getBytes(), LogLevel.WARN);
        IPCClient client = new DefaultIPCClient("localhost", 8000);
        String id = client.postWork(event.get("arn"), "RequestResponse", event.get("payload").getBytes(), null);
        WorkResult result = client.getWorkResult(event.get("arn"), id);
        List<Object> answer = new ArrayList<>();
        answer.add(result.getFunctionErr());
        answer.add(result.getStatusCode());
        answer.add(new String(result.getPayload()));
        return answer;
    }

    public String publish(Map<String, String> event) {
        return publish(event.get("topic"), event.get("payload").getBytes());
    }

    /** From several threads at once. */
    public int many() throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int n = 0; n < 40; n++) {
            Thread thread = new Thread(() -> publish("many", new byte[0]));
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        return threads.size();
    }

    public String arns() throws InvalidArnException {
        FunctionArnFields router = FunctionArnFields.fromString(EnvVars.ROUTER_FUNCTION_ARN);
        FunctionArnFields secrets = FunctionArnFields.fromString(EnvVars.SECRETS_MANAGER_FUNCTION_ARN);
        String bad;
        try {
            bad = FunctionArnFields.fromString("nonsense").toArnString();
        } catch (InvalidArnException error) {
            bad = "refused";
        }
        return router.getQualifier() + " " + secrets.getQualifier() + " " + bad;
    }
}
