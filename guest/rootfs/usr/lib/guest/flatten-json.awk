# Flattens a JSON document: one line "/path/to/member<TAB>value" for each string, number, true, false or null.
# Strings are unescaped as far as \" \\ \/ and white space go; enough for keys, names and ids.

function skip() { while (substr(text, at, 1) ~ /[ \t\r\n]/) at++ }

function string(    c, result) {
  for (at++; (c = substr(text, at, 1)) != "\"" && at <= length(text); at++) {
    if (c == "\\") {
      c = substr(text, ++at, 1)
      if (c ~ /[nrt]/) c = " "
    }
    result = result c
  }
  at++
  sub(/ +$/, "", result)
  return result
}

function members(path, last,    key, number) {
  at++
  for (skip(); substr(text, at, 1) != last && at <= length(text); skip()) {
    if (last == "}") { key = string(); skip(); at++ } else key = number++
    value(path "/" key)
    skip()
    if (substr(text, at, 1) == ",") at++
  }
  at++
}

function value(path,    c, start) {
  skip()
  c = substr(text, at, 1)
  if (c == "{") members(path, "}")
  else if (c == "[") members(path, "]")
  else if (c == "\"") print path "\t" string()
  else {
    for (start = at; substr(text, at, 1) ~ /[-+.0-9A-Za-z]/; at++);
    print path "\t" substr(text, start, at - start)
    if (at == start) at++
  }
}

{ text = text $0 "\n" }
END { at = 1; value("") }
