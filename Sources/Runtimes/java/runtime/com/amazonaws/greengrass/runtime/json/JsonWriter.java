package com.amazonaws.greengrass.runtime.json;

import java.lang.reflect.Array;
import java.util.Base64;
import java.util.Calendar;
import java.util.Date;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;

/** Writes values as JSON: what {@link JsonReader} reads, arrays, enums, and objects by their getters and public fields. */
public final class JsonWriter {
    private static final char[] DIGITS = "0123456789abcdef".toCharArray();

    private final StringBuilder text = new StringBuilder();
    private final IdentityHashMap<Object, Boolean> open = new IdentityHashMap<>();

    private JsonWriter() {
    }

    public static String write(Object value) throws JsonException {
        JsonWriter writer = new JsonWriter();
        writer.value(value);
        return writer.text.toString();
    }

    private void value(Object value) throws JsonException {
        if (value == null) {
            text.append("null");
        } else if (value instanceof CharSequence || value instanceof Character || value instanceof Enum) {
            string(value instanceof Enum ? ((Enum<?>) value).name() : value.toString());
        } else if (value instanceof Double || value instanceof Float) {
            double number = ((Number) value).doubleValue();
            text.append(Double.isNaN(number) || Double.isInfinite(number) ? "\"" + value + "\"" : value.toString());
        } else if (value instanceof Number || value instanceof Boolean) {
            text.append(value);
        } else if (value instanceof byte[]) {
            string(Base64.getEncoder().encodeToString((byte[]) value));
        } else if (value instanceof Date) {
            text.append(((Date) value).getTime());
        } else if (value instanceof Calendar) {
            text.append(((Calendar) value).getTimeInMillis());
        } else if (value instanceof Optional) {
            value(((Optional<?>) value).orElse(null));
        } else {
            compound(value);
        }
    }

    private void compound(Object value) throws JsonException {
        if (open.put(value, true) != null) {
            throw new JsonException("an object of " + value.getClass().getName() + " contains itself");
        }
        if (value instanceof Map) {
            char separator = '{';
            for (Map.Entry<?, ?> entry : ((Map<?, ?>) value).entrySet()) {
                separator = member(separator, String.valueOf(entry.getKey()), entry.getValue());
            }
            text.append(separator == '{' ? "{}" : "}");
        } else if (value instanceof Iterable) {
            char separator = '[';
            for (Object element : (Iterable<?>) value) {
                text.append(separator);
                value(element);
                separator = ',';
            }
            text.append(separator == '[' ? "[]" : "]");
        } else if (value.getClass().isArray()) {
            int count = Array.getLength(value);
            text.append('[');
            for (int index = 0; index < count; index++) {
                if (index > 0) {
                    text.append(',');
                }
                value(Array.get(value, index));
            }
            text.append(']');
        } else {
            char separator = '{';
            for (Map.Entry<String, Bean.Getter> entry : Bean.of(value.getClass()).getters.entrySet()) {
                separator = member(separator, entry.getKey(), entry.getValue().get(value));
            }
            text.append(separator == '{' ? "{}" : "}");
        }
        open.remove(value);
    }

    private char member(char separator, String name, Object value) throws JsonException {
        text.append(separator);
        string(name);
        text.append(':');
        value(value);
        return ',';
    }

    private void string(String string) {
        text.append('"');
        for (int index = 0; index < string.length(); index++) {
            char next = string.charAt(index);
            int escape = "\"\\\b\f\n\r\t".indexOf(next);
            if (escape >= 0) {
                text.append('\\').append("\"\\bfnrt".charAt(escape));
            } else if (next < 0x20 || Character.isSurrogate(next) && !isPaired(string, index)) {
                text.append("\\u");
                for (int shift = 12; shift >= 0; shift -= 4) {
                    text.append(DIGITS[next >> shift & 15]);
                }
            } else {
                text.append(next);
            }
        }
        text.append('"');
    }

    private static boolean isPaired(String string, int index) {
        return Character.isHighSurrogate(string.charAt(index))
            ? index + 1 < string.length() && Character.isLowSurrogate(string.charAt(index + 1))
            : index > 0 && Character.isHighSurrogate(string.charAt(index - 1));
    }
}
