#include "internal.h"

// MARK: UTF-8

// The length of the well-formed sequence at the start (RFC 3629), 0 where there is none.
static size_t sequence(const unsigned char *bytes, size_t count) {
    unsigned char first = bytes[0];
    if (first < 0x80) return 1;
    if (first < 0xC2 || first > 0xF4) return 0;
    size_t length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    if (length > count) return 0;
    // The second byte excludes overlong forms, surrogates and what lies beyond U+10FFFF.
    unsigned char low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
    unsigned char high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
    if (bytes[1] < low || bytes[1] > high) return 0;
    for (size_t index = 2; index < length; index++) {
        if (bytes[index] < 0x80 || bytes[index] > 0xBF) return 0;
    }
    return length;
}

bool ggi_is_utf8(const char *bytes, size_t count) {
    for (size_t index = 0; index < count;) {
        size_t length = sequence((const unsigned char *)bytes + index, count - index);
        if (length == 0) return false;
        index += length;
    }
    return true;
}

// MARK: JSON

void ggi_append_json(struct ggi_buffer *buffer, const char *bytes, size_t count) {
    static const char hexadecimal[] = "0123456789abcdef";
    ggi_append_text(buffer, "\"");
    for (size_t index = 0; index < count;) {
        unsigned char byte = (unsigned char)bytes[index];
        size_t length = sequence((const unsigned char *)bytes + index, count - index);
        if (length == 0) {
            ggi_append_text(buffer, "\xEF\xBF\xBD");
            length = 1;
        } else if (byte == '"' || byte == '\\') {
            char escaped[2] = {'\\', (char)byte};
            ggi_append(buffer, escaped, 2);
        } else if (byte < 0x20) {
            char escaped[6] = {'\\', 'u', '0', '0', hexadecimal[byte >> 4], hexadecimal[byte & 15]};
            ggi_append(buffer, escaped, 6);
        } else {
            ggi_append(buffer, bytes + index, length);
        }
        index += length;
    }
    ggi_append_text(buffer, "\"");
}

static bool is_blank(char byte) { return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r'; }

// Behind the string that begins at `start`; `count` where it does not end.
static size_t behind_string(const char *json, size_t count, size_t start) {
    for (size_t index = start + 1; index < count; index++) {
        if (json[index] == '\\') index++;
        else if (json[index] == '"') return index + 1;
    }
    return count;
}

static bool is_string(const char *json, size_t start, size_t end, const char *text) {
    size_t length = strlen(text);
    return end - start == length + 2 && memcmp(json + start + 1, text, length) == 0;
}

bool ggi_has_keys(const char *json, size_t count, const char *first, const char *second) {
    bool has_first = false, has_second = false;
    size_t depth = 0;
    for (size_t index = 0; index < count;) {
        char byte = json[index];
        if (byte != '"') {
            if (byte == '{' || byte == '[') depth++;
            else if ((byte == '}' || byte == ']') && depth > 0) depth--;
            else if (depth == 0 && !is_blank(byte)) return false;
            if (depth == 1 && byte == '[') return false;
            index++;
            continue;
        }
        if (depth == 0) return false;
        size_t end = behind_string(json, count, index);
        size_t next = end;
        while (next < count && is_blank(json[next])) next++;
        if (depth == 1 && next < count && json[next] == ':') {
            has_first = has_first || is_string(json, index, end, first);
            has_second = has_second || is_string(json, index, end, second);
        }
        index = end;
    }
    return has_first && has_second;
}

// MARK: base64 (RFC 4648 section 4)

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void ggi_append_base64(struct ggi_buffer *buffer, const char *text, size_t count) {
    const unsigned char *bytes = (const unsigned char *)text;
    for (size_t index = 0; index < count; index += 3) {
        size_t left = count - index;
        unsigned group = (unsigned)bytes[index] << 16;
        if (left > 1) group |= (unsigned)bytes[index + 1] << 8;
        if (left > 2) group |= bytes[index + 2];
        char characters[4] = {
            alphabet[group >> 18 & 63], alphabet[group >> 12 & 63], left > 1 ? alphabet[group >> 6 & 63] : '=',
            left > 2 ? alphabet[group & 63] : '='};
        ggi_append(buffer, characters, 4);
    }
}

static int value_of(char character) {
    if (character >= 'A' && character <= 'Z') return character - 'A';
    if (character >= 'a' && character <= 'z') return character - 'a' + 26;
    if (character >= '0' && character <= '9') return character - '0' + 52;
    return character == '+' ? 62 : character == '/' ? 63 : -1;
}

bool ggi_append_decoded(struct ggi_buffer *buffer, const char *text, size_t count) {
    size_t end = count;
    while (end > 0 && count - end < 2 && text[end - 1] == '=') end--;
    if (end % 4 == 1 || (end != count && count % 4 != 0)) return false;
    if (!ggi_buffer_reserve(buffer, end / 4 * 3 + 3)) return false;
    unsigned bits = 0, held = 0;
    for (size_t index = 0; index < end; index++) {
        int six = value_of(text[index]);
        if (six < 0) return false;
        bits = (bits << 6 | (unsigned)six) & 0xFFFF;
        held += 6;
        if (held >= 8) {
            held -= 8;
            buffer->bytes[buffer->count++] = (char)(bits >> held & 0xFF);
        }
    }
    return true;
}
