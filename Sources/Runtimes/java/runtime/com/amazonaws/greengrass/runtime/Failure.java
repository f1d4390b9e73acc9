package com.amazonaws.greengrass.runtime;

import com.amazonaws.greengrass.runtime.json.Json;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Exceptions as text for logs and as the body of a handled error. */
final class Failure {
    /** An endless recursion has a thousand, which say no more. */
    private static final int MOST_FRAMES = 64;
    private static final String OWN = Failure.class.getPackage().getName() + ".";

    private Failure() {
    }

    /** {@code errorMessage}, {@code errorType} and {@code stackTrace}. */
    static byte[] body(Throwable error) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("errorMessage", message(error));
        members.put("errorType", error.getClass().getName());
        List<String> frames = new ArrayList<>();
        for (StackTraceElement frame : error.getStackTrace()) {
            frames.add(frame.toString());
        }
        members.put("stackTrace", frames);
        return Json.writePlain(members);
    }

    /** Only {@code errorMessage}. */
    static byte[] body(String message) {
        return Json.writePlain(Collections.singletonMap("errorMessage", message));
    }

    static String message(Throwable error) {
        try {
            String message = error.getMessage();
            return message == null ? error.getClass().getName() : message;
        } catch (RuntimeException another) {
            return error.getClass().getName() + ", whose message fails with " + another.getClass().getName();
        }
    }

    /** Takes the frames away that are below the handler's. */
    static void trim(Throwable error) {
        Throwable current = error;
        for (int depth = 0; current != null && depth < 100; depth++) {
            StackTraceElement[] frames = current.getStackTrace();
            int end = frames.length;
            for (int index = 0; index < frames.length; index++) {
                if (frames[index].getClassName().startsWith(OWN)) {
                    end = index;
                    break;
                }
            }
            while (end > 0 && frames[end - 1].getClassName().contains(".reflect.")) {
                end--;
            }
            if (end > 0) {
                current.setStackTrace(Arrays.copyOf(frames, Math.min(end, MOST_FRAMES)));
            }
            current = current.getCause();
        }
    }

    static String stack(Throwable error) {
        StringWriter text = new StringWriter();
        try {
            error.printStackTrace(new PrintWriter(text, true));
        } catch (RuntimeException another) {
            return message(error);
        }
        return text.toString().trim();
    }
}
