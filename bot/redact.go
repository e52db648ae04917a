package bot

import (
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
var errorWords = words(`
	a after again against all already an and any are as at available back bad be been before begin between block bot broken busy by
	call called calls can canceled cancelled cannot certificate changed characters client close closed code column commit connect
	connected connection constraint context control could crashed data database deadline decode denied deadlock dial did directory
	disk dns does done down draw duplicate eof empty encode end ended error event exceeded exist exists expected expired expires failed
	failure fatal file find first for forbidden foreign found from full gateway get goes gone good group has have header host http https hung id
	ids if in index input integrity internal introduction invalid io is it json key kind know known last later length limit limited
	line locked lookup lost made make malformed many match memory message method missing more must name near network never new nil no
	nobody not null number of offline on one only open opened or organisation other out output over own owner page panic parse
	password path peer pending permission permitted pipe policy pool post protocol query range rate read reached reading refused
	relation repeat request requests reset response retry revoked rolled room row running runtime said same schema scope send
	sending server service session set short side socket space speaks spool sql sqlstate state status still stop stopped store stored stroke such
	sync syntax table take tcp temporarily terminated text than that the there this time timed timeout tls to token too transaction
	tried tries type unable unauthorized unavailable unexpected unique unknown unreachable until use used user value version violates
	wait waiting wants was when which while who with without workspace write writer writing wrong`)

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
