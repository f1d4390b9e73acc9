package com.amazonaws.greengrass.runtime.json;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads JSON (RFC 8259) into LinkedHashMap, ArrayList, String, Integer, Long, BigInteger, Double, Boolean and null, the
 * types that Jackson gives an {@code Object}.
 */
public final class JsonReader {
    private static final int DEEPEST = 512;

    private final String text;
    private int position;

    private JsonReader(String text) {
        this.text = text;
    }

    /** The value that a text stands for. */
    public static Object read(String text) throws JsonException {
        JsonReader reader = new JsonReader(text);
        reader.blanks();
        Object value = reader.value(0);
        reader.blanks();
        if (reader.position < text.length()) {
            throw reader.unexpected("the end");
        }
        return value;
    }

    private Object value(int depth) throws JsonException {
        if (depth > DEEPEST) {
            throw new JsonException("the JSON is nested more than " + DEEPEST + " deep");
        }
        switch (peek()) {
            case '{':
                return object(depth);
            case '[':
                return array(depth);
            case '"':
                return string();
            case 't':
                return word("true", Boolean.TRUE);
            case 'f':
                return word("false", Boolean.FALSE);
            case 'n':
                return word("null", null);
            default:
                return number();
        }
    }

    private Map<String, Object> object(int depth) throws JsonException {
        Map<String, Object> members = new LinkedHashMap<>();
        position++;
        blanks();
        if (peek() == '}') {
            position++;
            return members;
        }
        for (;;) {
            blanks();
            if (peek() != '"') {
                throw unexpected("a name in quotes");
            }
            String name = string();
            blanks();
            expect(':');
            blanks();
            members.put(name, value(depth + 1));
            blanks();
            if (peek() == '}') {
                position++;
                return members;
            }
            expect(',');
        }
    }

    private List<Object> array(int depth) throws JsonException {
        List<Object> elements = new ArrayList<>();
        position++;
        blanks();
        if (peek() == ']') {
            position++;
            return elements;
        }
        for (;;) {
            blanks();
            elements.add(value(depth + 1));
            blanks();
            if (peek() == ']') {
                position++;
                return elements;
            }
            expect(',');
        }
    }

    private String string() throws JsonException {
        int start = ++position;
        while (position < text.length()) {
            char next = text.charAt(position);
            if (next == '"') {
                return text.substring(start, position++);
            }
            if (next == '\\' || next < 0x20) {
                return escaped(start);
            }
            position++;
        }
        throw unexpected("the end of a string");
    }

    private String escaped(int start) throws JsonException {
        StringBuilder string = new StringBuilder().append(text, start, position);
        while (position < text.length()) {
            char next = text.charAt(position++);
            if (next == '"') {
                return string.toString();
            }
            if (next < 0x20) {
                position--;
                throw unexpected("no control character in a string");
            }
            string.append(next == '\\' ? escape() : next);
        }
        throw unexpected("the end of a string");
    }

    private char escape() throws JsonException {
        int kind = peek();
        int index = "\"\\/bfnrt".indexOf(kind);
        if (index >= 0) {
            position++;
            return "\"\\/\b\f\n\r\t".charAt(index);
        }
        if (kind == 'u' && position + 5 <= text.length()) {
            String digits = text.substring(position + 1, position + 5);
            if (digits.matches("[0-9a-fA-F]{4}")) {
                position += 5;
                return (char) Integer.parseInt(digits, 16);
            }
        }
        throw unexpected("an escape");
    }

    private Object number() throws JsonException {
        int start = position;
        boolean isWhole = true;
        if (peek() == '-') {
            position++;
        }
        if (peek() == '0') {
            position++;
        } else {
            digits();
        }
        if (peek() == '.') {
            isWhole = false;
            position++;
            digits();
        }
        if (peek() == 'e' || peek() == 'E') {
            isWhole = false;
            position++;
            if (peek() == '+' || peek() == '-') {
                position++;
            }
            digits();
        }
        String number = text.substring(start, position);
        if (!isWhole) {
            return Double.valueOf(number);
        }
        if (number.length() < 10) {
            return Integer.valueOf(number);
        }
        BigInteger big = number.length() < 1000 ? new BigInteger(number) : new BigDecimal(number).toBigInteger();
        if (big.bitLength() < 32) {
            return big.intValue();
        }
        return big.bitLength() < 64 ? (Object) big.longValue() : big;
    }

    private void digits() throws JsonException {
        int start = position;
        while (peek() >= '0' && peek() <= '9') {
            position++;
        }
        if (position == start) {
            throw unexpected(start == 0 || text.charAt(start - 1) < '.' ? "a value" : "a digit");
        }
    }

    private Object word(String word, Object value) throws JsonException {
        if (!text.startsWith(word, position)) {
            throw unexpected("a value");
        }
        position += word.length();
        return value;
    }

    private void expect(char wanted) throws JsonException {
        if (peek() != wanted) {
            throw unexpected("\"" + wanted + "\"");
        }
        position++;
    }

    private void blanks() {
        while (position < text.length() && " \t\r\n".indexOf(text.charAt(position)) >= 0) {
            position++;
        }
    }

    private int peek() {
        return position < text.length() ? text.charAt(position) : -1;
    }

    private JsonException unexpected(String wanted) {
        String found = position < text.length() ? "\"" + text.charAt(position) + "\"" : "the end";
        return new JsonException("found " + found + " at character " + position + ", expected " + wanted);
    }
}
