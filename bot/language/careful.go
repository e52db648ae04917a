package language

import (
	"regexp"
	"strings"

	"ginnel/bot"
)

// nameless is how people say that their name is not to be told.
var nameless = regexp.MustCompile(`(?i)[,;]?\s*\b(without (our|my|saying our|giving our|telling our) names?|without saying who (we are|i am)|anonymously|in confidence|confidentially)\b[,;]?`)

// CutNameless takes out of what somebody asks for that their name is not to be told; asked is false when they did not say so.
func CutNameless(text string) (rest string, asked bool) {
	if !nameless.MatchString(text) {
		return text, false
	}
	return strings.Trim(bot.OneLine(nameless.ReplaceAllString(text, " ")), " ,;?"), true
}
