package bot

import (
	"regexp"
	"strings"
)

var (
	quotedPart = regexp.MustCompile(`"[^"]*"|“[^”]*”|'[^']*'|` + "`[^`]*`")
	// Codes of networks (channel_not_found, M_FORBIDDEN), plain small words, and numbers as short as those of HTTP.
	tellsNobody = regexp.MustCompile(`^(?:[a-z]{1,20}|[a-z]{1,20}(?:_[a-z]{1,20}){1,5}|[A-Z]{1,20}(?:_[A-Z]{1,20}){1,5}|[0-9]{1,3}|HTTP|TLS|EOF|DNS|SQL|SQLSTATE|ID)$`)
	plainWord   = regexp.MustCompile(`[\pL\pM\pN]+`)
	endOfWord   = ".,:;()[]{}!?…"
)

// Redact is what a log may say of err: its plain words, codes and short numbers. Whatever else stands in it may be a
// token, an address, a name or what somebody said, and so may every word of private; each is left out as “…”.
func Redact(err error, private ...string) string {
	if err == nil {
		return ""
	}
	secret := map[string]bool{}
	for _, p := range private {
		for _, w := range plainWord.FindAllString(p, -1) {
			secret[strings.ToLower(w)] = true
		}
	}
	const most = 40 // words
	var out []string
	for _, w := range strings.Fields(quotedPart.ReplaceAllString(err.Error(), " … ")) {
		bare := strings.Trim(w, endOfWord)
		if bare != "" && (!tellsNobody.MatchString(bare) || secret[strings.ToLower(bare)]) {
			w = "…" + w[len(strings.TrimRight(w, endOfWord)):]
		}
		if w == "…" && len(out) > 0 && out[len(out)-1] == "…" {
			continue
		}
		if len(out) == most {
			break
		}
		out = append(out, w)
	}
	return strings.Join(out, " ")
}
