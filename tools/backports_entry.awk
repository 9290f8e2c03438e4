# Finds the apt source of the release's main suite and prints it again for the backports suite.
#
#   awk -v codename=bookworm -f backports_entry.awk FILE...
#
# Reads one-line files (*.list) and deb822 files (*.sources) as sources.list(5) describes them, skips
# disabled entries and keeps every option (Signed-By, Trusted, Architectures, ...), so that mirrors,
# proxies and private keys keep working. Prints the first line or stanza that fits, in the style it
# was found in, preceded by "style list" or "style sources"; prints nothing if none fits.

function is_main_suite(suite) {
  return suite == codename || suite == "stable" || suite == "oldstable"
}

# Whether the list, parted by blanks, holds the word.
function has_word(list, word,    parts, count, i) {
  count = split(list, parts, /[ \t]+/)
  for (i = 1; i <= count; i++) {
    if (parts[i] == word) return 1
  }
  return 0
}

function has_main_suite(list,    parts, count, i) {
  count = split(list, parts, /[ \t]+/)
  for (i = 1; i <= count; i++) {
    if (is_main_suite(parts[i])) return 1
  }
  return 0
}

function one_line(line,    options, parts, count, i) {
  sub(/#.*/, "", line)
  if (line !~ /^[ \t]*deb[ \t]/) return
  sub(/^[ \t]*deb[ \t]+/, "", line)
  options = ""
  if (line ~ /^\[/) {
    options = substr(line, 1, index(line, "]")) " "
    line = substr(line, index(line, "]") + 1)
  }
  sub(/^[ \t]+/, "", line)
  count = split(line, parts, /[ \t]+/)
  if (!is_main_suite(parts[2])) return
  for (i = 3; i <= count; i++) {
    if (parts[i] != "main") continue
    print "style list"
    print "deb " options parts[1] " " codename "-backports main"
    found = 1
    exit
  }
}

function stanza_ends() {
  if (has_word(types, "deb") && has_main_suite(suites) && has_word(components, "main") && !disabled) {
    print "style sources"
    print "Types: deb"
    print "Suites: " codename "-backports"
    print "Components: main"
    printf "%s", kept
    found = 1
    exit
  }
  types = suites = components = kept = field = ""
  disabled = 0
}

function stanza_line(line,    value) {
  if (line ~ /^#/) return
  if (line ~ /^[ \t]*$/) {
    stanza_ends()
    return
  }
  # A line that starts with a blank continues the field above it.
  value = line
  if (line !~ /^[ \t]/) {
    field = tolower(substr(line, 1, index(line, ":") - 1))
    value = substr(line, index(line, ":") + 1)
  }
  if (field == "types") types = types " " value
  else if (field == "suites") suites = suites " " value
  else if (field == "components") components = components " " value
  else if (field == "enabled") disabled = tolower(value) ~ /no|false|without|off|disable/
  else if (field !~ /^(x-|description$)/) kept = kept line "\n"
}

FNR == 1 && previous_is_deb822 { stanza_ends() }
FNR == 1 { previous_is_deb822 = FILENAME ~ /\.sources$/ }
previous_is_deb822 { stanza_line($0) }
!previous_is_deb822 { one_line($0) }
END { if (previous_is_deb822 && !found) stanza_ends() }
