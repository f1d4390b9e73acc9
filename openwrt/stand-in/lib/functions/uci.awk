# Reads a file of UCI (/etc/config/NAME) and prints calls of shell functions: section TYPE NAME, option and list NAME
# VALUE, all quoted; bad LINE for what is no UCI.
function quoted(text) {
    gsub(/'/, "'\\''", text)
    return "'" text "'"
}
# Splits a line into words[1..count]; -1 where a quotation does not end.
function split_line(line, words,    count, i, c, quote, word, inside) {
    count = 0; quote = ""; word = ""; inside = 0
    for (i = 1; i <= length(line); i++) {
        c = substr(line, i, 1)
        if (quote != "") {
            if (c == quote) quote = ""
            else if (c == "\\" && quote == "\"") word = word substr(line, ++i, 1)
            else word = word c
        } else if (c == "'" || c == "\"") { quote = c; inside = 1 }
        else if (c == " " || c == "\t") { if (inside) { words[++count] = word; word = ""; inside = 0 } }
        else if (c == "#" && !inside) break
        else { word = word c; inside = 1 }
    }
    if (quote != "") return -1
    if (inside) words[++count] = word
    return count
}
{
    count = split_line($0, words)
    if (count == 0) next
    if (words[1] == "package") next
    if (words[1] == "config" && count >= 2 && count <= 3) {
        sections++
        print "uci_section " quoted(words[2]) " " quoted(count == 3 ? words[3] : "cfg" sections)
    } else if ((words[1] == "option" || words[1] == "list") && count == 3 && sections > 0)
        print "uci_" words[1] " " quoted(words[2]) " " quoted(words[3])
    else print "uci_bad " quoted(FILENAME ", line " FNR)
}
