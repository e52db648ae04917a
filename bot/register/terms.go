package register

import (
	"regexp"
	"strings"

	"ginnel/bot"
)

// ReadTerms reads what an offer costs out of its words; Unsaid when they do not say, or say several things
// (“free for charities, £20 an hour for others”).
func ReadTerms(text string) bot.Terms {
	text = strings.ReplaceAll(strings.Join(strings.Fields(strings.ToLower(text)), " "), "’", "'")
	found := map[bot.Terms]bool{}
	for _, s := range spoken {
		left := s.words.ReplaceAllString(text, "$1…")
		if left != text {
			found[s.terms] = true
		}
		text = left
	}
	switch {
	case found[bot.Free] && found[bot.Charged]:
		return bot.Unsaid
	case found[bot.AtCost]:
		return bot.AtCost
	case found[bot.Charged]:
		return bot.Charged
	case found[bot.Free]:
		return bot.Free
	}
	return bot.Unsaid
}

const (
	someTime = `(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?|(?:mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun)\b|` +
		`week(?:day|end)?s?|mornings?|afternoons?|evenings?|nights?|days?|daytimes?|months?|hours?|minutes|term[- ]?time|` +
		`january|february|march|april|may|june|july|august|september|october|november|december|spring|summer|autumn|winter|` +
		`lunch(?:time)?s?|noon|midday|christmas|easter|half[- ]term|(?:school )?holidays|today|tomorrow|tonight|moment|` +
		`[0-9]{1,2}(?:[:.][0-9]{2})? ?(?:am|pm|o'clock)?)`
	someMoney = `(?:[£€] ?[0-9][0-9,.]*[km]?|[0-9][0-9,.]* ?(?:pounds?|quid|pence|euros?|gbp)|[0-9]{1,2}p)`
)

// spoken are the ways to speak of terms, to be looked for in this order: what one has found is out of the
// sight of those after it. Unsaid are words like those of a price that speak of something else.
var spoken = []struct {
	terms bot.Terms
	words *regexp.Regexp
}{
	{bot.Unsaid, anyOf(
		`costs? of living`, `no (?:extra|additional|further|hidden|other) (?:charge|cost|fee)s?`,
		`(?:grants?|funds?|funding|awards?|bursary|bursaries|loans?|worth|budgets?|turnovers?|incomes?|up to)\b[^£€]{0,60}`+someMoney,
	)},
	{bot.Free, anyOf(
		`free[- ]of[- ](?:any |all )?(?:charge|cost|fee)s?`, `for free`, `for nothing`, `(?:rent|cost|fee|charge)[- ]free`,
		`(?:no|without|without any|zero) (?:charge|cost|fee|payment)s?(?: charged)?`, `pro[- ]bono`, `gratis`,
		`(?:not|never|won't|don't|doesn't|nothing is|nothing) (?:be |make a |make any )?charged?`,
		`at our (?:own )?(?:cost|expense)`,
		`free to (?:use|borrow|hire|rent|join|attend|take|collect|keep|all|any|anyone|everyone|every|local|members|charities|`+
			`groups|small|community|voluntary|other|others|our|residents|those|people|families|schools|you|a good home|good homes?)`,
	)},
	{bot.Unsaid, anyOf(
		`(?:feel|sets?|break|breaks|breaking|sugar|gluten|dairy|nut|wheat|lactose|smoke|drug|alcohol|barrier|stress|pain|`+
			`violence|hands|duty|plastic) free`, `[\pL]+-free`,
		`free (?:on|at|in|until|till|before|after|during|between|over|for|most|every|all|any|this|next) (?:[\pL]+ ){0,2}?`+someTime,
		`free (?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?|weekdays|weekends|mornings|afternoons|evenings|nights|today|tomorrow|`+
			`tonight|time|dates|slots|periods|(?:right |just )?now)`,
		`free (?:to|from|up|of|and easy)`,
		`free[- ](?:range|trade|church|churches|school|schools|speech|spirit|spirits|spirited|style|standing|will|fall|press|`+
			`verse|running|weights?|thinkers?|thinking|(?:car )?parking|car park|wi-?fi|wi fi|internet)`,
		`in charge`, `charge (?:of|points?|stations?|cables?)`, `charged with`, `(?:criminal|police|fully|battery|phone) charge[sd]?`,
		`(?:tuition|school|legal|court|bank|university|nursery|visa|membership) fees?`,
		`paid (?:staff|employment|employees?|jobs?|leave|holidays?|work|workers?|members?|off|up)`, `(?:get|gets|getting|got) paid`,
	)},
	{bot.AtCost, anyOf(
		`at (?:the )?cost(?: price)?`, `cost price`, `(?:for|just|only) (?:just )?(?:the )?(?:cost|price)s? of`, `costs? only`,
		`(?:for|just|only|plus) (?:(?:our|your|their|the|any) )?(?:(?:travel|travelling|petrol|out[- ]of[- ]pocket) )?expenses`,
		`(?:for|just|only) (?:our|their|the) (?:own )?(?:costs|materials|ingredients|petrol|fuel|diesel)`,
		`expenses (?:only|paid|covered)`, `(?:petrol|fuel|travel) money`, `cover(?:s|ing)? (?:our |the |my |their |its )?(?:own )?costs?`,
		`(?:only|just) (?:costs|materials|ingredients|petrol|fuel|diesel)`, `(?:materials|ingredients|petrol|fuel) (?:only|cost|costs)`,
	)},
	{bot.Charged, anyOf(
		someMoney+` ?(?:/|(?:an?|per|each|every|ph|pp|p/h|p/p|or more|upwards)\b)`, `(?:for|at|costs?|charge|only|just) (?:about |around |only |just )?`+someMoney,
		`chargeable`, `charged`, `(?:we|will|would|may|must|a|an|small|modest|nominal|minimal|low|hire|reasonable|service|reduced|hourly|daily) charges?`,
		`charges? (?:apply|applies|from|vary|per)`, `(?:a|an|small|modest|nominal|minimal|hire|reasonable|reduced|low|our|usual) fees?`,
		`fees? (?:apply|applies|from|vary)`, `(?:hourly|day|daily|reasonable|usual|standard|reduced|low|commercial|competitive|our|hire|charity) rates?`,
		`paid[- ]for`, `(?:a|be|is|are|as) paid`, `paid services?`, `for sale`, `at a (?:\pL+ )?cost`, `(?:not|isn't|aren't|never) free`,
	)},
	{bot.Charged, regexp.MustCompile(`(^|[,;:(.–…-] ?)(?:(?:paid|charge|fee)\b|` + someMoney + `(?:$|[,;)]))|\bpaid ?(?:$|[,;).])`)},
	{bot.Free, anyOf(`free`)},
}

// anyOf finds whole words, and in its one group what stands before them.
func anyOf(patterns ...string) *regexp.Regexp {
	return regexp.MustCompile(`(^|[^\pL\pN])(?:` + strings.Join(patterns, "|") + `)\b`)
}
