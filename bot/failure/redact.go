package failure

import (
	_ "embed"
	"regexp"
	"strings"
)

var (
	// Whatever is quoted may be what somebody said.
	quotedPart = regexp.MustCompile(`"[^"]*"|“[^”]*”|'[^']*'|` + "`[^`]*`")
	// Codes of networks and servers (channel_not_found, M_FORBIDDEN), and numbers as short as those of HTTP.
	errorCode = regexp.MustCompile(`^(?:[a-z]{1,20}(?:_[a-z]{1,20}){1,5}|[A-Z]{1,20}(?:_[A-Z]{1,20}){1,5}|[0-9]{1,3})$`)
	anyWord   = regexp.MustCompile(`[\pL\pM\pN]+`)
)

// The words in which programs, networks and databases complain, and our own. No name of a person or a group is among them.
//
//go:embed words.txt
var wordList string

var errorWords = words(wordList)

func words(list string) map[string]bool {
	known := map[string]bool{}
	for _, w := range strings.Fields(list) {
		known[w] = true
	}
	return known
}

// Redact is what a log may say of err: the words in which programs complain, codes and short numbers. Whatever else stands
// in it may be a token, an address, a name or what somebody said, and is left out as “…”; so is every word of private.
func Redact(err error, private ...string) string {
	if err == nil {
		return ""
	}
	secret := map[string]bool{}
	for _, p := range private {
		for _, w := range anyWord.FindAllString(p, -1) {
			secret[strings.ToLower(w)] = true
		}
	}
	const (
		endOfWord = ".,:;()[]{}!?"
		maxWords  = 40
	)
	var out []string
	for _, w := range strings.Fields(quotedPart.ReplaceAllString(err.Error(), " … ")) {
		bare := strings.Trim(w, endOfWord)
		lower := strings.ToLower(bare)
		if bare != "" && bare != "…" && (!errorWords[lower] && !errorCode.MatchString(bare) || secret[lower]) {
			w = "…" + w[len(strings.TrimRight(w, endOfWord)):]
		}
		if w == "…" && len(out) > 0 && out[len(out)-1] == "…" {
			continue
		}
		if len(out) == maxWords {
			break
		}
		out = append(out, w)
	}
	return strings.Join(out, " ")
}
