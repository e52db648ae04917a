package language

import (
	"regexp"
	"strings"

	"ginnel/bot"
)

// Some of what is said here is for people, not for a register: somebody in danger, or somebody who can be found by what
// is told of them. It is better to say so once too often than to publish it.

// dangers are said of somebody in danger now. What is offered or asked to prevent it, such as a course, is no danger.
var dangers = regexp.MustCompile(`\b(suicid\w*|kill(ing)? (myself|himself|herself|themselves|themself)|end(ing)? (it all|my life|his life|her life|their life)|` +
	`(want|wants|wanting) to die|self[- ]?harm\w*|(hurt|hurting|cutting|harming) (myself|himself|herself|themselves|themself)|` +
	`(is|being|getting|gets|got) (beaten|hit|abused|raped|threatened|stalked|groomed|trafficked)|(hits|beats|threatens|abuses|attacked) (me|her|him|them|us)|` +
	`afraid for (my|her|his|their) (life|safety)|not safe at home|better off dead|can'?t (go on|cope|take it) any ?more|(nobody|no one) would miss me|` +
	`(don'?t|do not) want to (live|be here any ?more)|no (point|reason) (in )?living|with a (knife|gun)|going to (kill|hurt|attack))\b`)

// prevents are words of what is done about danger in general.
var prevents = regexp.MustCompile(`\b(training|trainers?|courses?|workshops?|awareness|polic(y|ies)|speakers?|talks?|leaflets|prevention|sessions?|posters?)\b`)

// Danger tells whether text speaks of somebody in danger. It knows plain English words and misses much.
func Danger(text string) bool {
	folded := strings.ReplaceAll(strings.ToLower(bot.OneLine(text)), "’", "'")
	return dangers.MatchString(folded) && !prevents.MatchString(folded)
}

// findable is what tells who somebody is, or where: a title with a name, a telephone number, a house in a street.
var findable = regexp.MustCompile(`\b(Mr|Mrs|Miss|Ms)\.? [A-Z]\p{L}+|(\+44|\b0)[ -]?\d([ -]?\d){8,9}\b|` +
	`\b\d{1,4}[a-z]? ([A-Z]\p{L}+ ){1,3}(Street|St|Road|Rd|Lane|Avenue|Ave|Close|Drive|Terrace|Crescent|Court|Place|Way|Row|Gardens|Grove)\b|` +
	`\b[\w.+-]+@[\w-]+\.[\w.]+\b`)

// Findable tells whether text tells how somebody is found or called who has not been asked. It misses much.
func Findable(text string) bool { return findable.MatchString(bot.OneLine(text)) }

// nameless is how people say that their name is not to be told.
var nameless = regexp.MustCompile(`(?i)[,;]?\s*\b(without (our|my|saying our|giving our|telling our) names?|without saying who (we are|i am)|anonymously|in confidence|confidentially)\b[,;]?`)

// CutNameless takes out of what somebody asks for that their name is not to be told; asked is false when they did not say so.
func CutNameless(text string) (rest string, asked bool) {
	if !nameless.MatchString(text) {
		return text, false
	}
	return strings.Trim(bot.OneLine(nameless.ReplaceAllString(text, " ")), " ,;?"), true
}
