package functions;

import java.util.Map;

/** Ends and fails as its event says. */
public class Ends {
    static {
        System.out.println("said on standard output");
        System.err.println("said on standard error");
    }

    public String handle(Map<String, String> event) throws Exception {
        switch (event.get("do")) {
            case "throw":
                throw new IllegalStateException("thrown: grüße");
            case "error":
                throw new AssertionError("an error");
            case "overflow":
                return handle(event);
            case "cause":
                throw new Exception("outside", new RuntimeException("inside"));
            case "exit":
                System.exit(7);
                return null;
            case "hang":
                Thread.sleep(60_000);
                return null;
            default:
                return "well";
        }
    }

    /** Its static initialiser fails. */
    public static class Broken {
        static final int VALUE = Integer.parseInt("no number");

        public void handle() {
        }
    }

    /** Cannot be made. */
    public static class Private {
        public Private(String parameter) {
        }

        public void handle() {
        }
    }

    /** Publishes on its own. */
    public static class Pinned {
        static {
            Thread thread = new Thread(() -> {
                for (int n = 1; n <= 5; n++) {
                    Publisher.publish("timer", String.valueOf(n).getBytes());
                }
            });
            thread.start();
        }

        public void handle() {
        }
    }
}
