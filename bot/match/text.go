package match

import (
	"strings"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/english"
	"github.com/clipperhouse/uax29/v2/words"

	"ginnel/bot/spelling"
)

// A token is a word of a text, where it stood and as it is compared.
type token struct {
	start, end int
	word       string // folded
}

// tokens splits s at the word boundaries of Unicode (UAX #29) and folds each word: case, accents and curly
// apostrophes do not count. What has no letter and no digit is left out. Of words joined by a hyphen the
// joined form comes too, so that book-keeping and bookkeeping meet.
func tokens(s string, take func(token)) {
	it := words.FromString(s)
	var last token
	for it.Next() {
		v := it.Value()
		if strings.IndexFunc(v, spelling.InWord) < 0 {
			if v != "-" && v != "‐" && v != "‑" {
				last = token{}
			}
			continue
		}
		t := token{it.Start(), it.End(), spelling.Fold(v)}
		take(t)
		if last.word != "" && t.start > last.end {
			take(token{last.start, t.end, last.word + t.word})
		}
		last = t
	}
}

// maxWordLength is how many bytes of a word are compared: nobody means the rest.
const maxWordLength = 64

// stem is the Snowball English stem of a folded word, or one of its own where that would be another meaning's.
func stem(word string) string {
	if s, ok := ownStems[word]; ok {
		return s
	}
	if len(word) > maxWordLength {
		word = strings.ToValidUTF8(word[:maxWordLength], "")
	}
	env := snowballstem.NewEnv(word)
	english.Stem(env)
	return env.Current()
}

// ownStems are words that Snowball takes for quite other ones: to it the treasurer keeps treasures, publicity is
// whatever is public, and who has projects has a projector. The words of a line are alike, and like no others.
var ownStems = alikeOnly(`
accessible accessibility accessibly
activist activists activism
animation animations animated animator animators
authors author
audition auditions auditioned
boxing
celebrant celebrants
classics
collector collectors
commissioning
commoner commoners commons
congregational congregationalist congregationalists congregationalism
convents convent
cooperative cooperatives
dependant dependants dependent dependents
designat designate designated designates designation
designed
dying
economics economist economists
educator educators
electrical electricals electrically
entertainer entertainers
environs
excellent excellence
explorer explorers
fabricate fabricated fabricating fabrication fabricator fabricators
facilitator facilitators facilitation
forester foresters
fostering
generator generators
glasses
governance
guided
hospitaliti hospitality
humanist humanism
humanities
incomer incomers
institution institutions institutional
interns intern internship internships
interpretation interpretations interpretive
journalist journalism
mariner mariners
marines
marketing
medics medic
methodist methodism
mindful mindfulness
mobiliti mobility
natural naturally
networking
organis organize organized organizes organizing organizer organizers
orienteering
parking
pastoral
pensioner pensioners
performer performers
physics physicist physicists
polishing polished
poorly
presenter presenters
procession processions processional
projector projectors
protestant protestants protestantism
publiciti publicity
recorders recorder
residents resident
securiti security
signing
socials
spiritualist spiritualism
travellers traveller
treasure treasures
universal universally universe
wellness
`)

// alikeOnly reads lines of words, the first of which stands for all.
func alikeOnly(lines string) map[string]string {
	all := map[string]string{}
	for line := range strings.Lines(lines) {
		for _, w := range strings.Fields(line) {
			all[w] = strings.Fields(line)[0]
		}
	}
	return all
}

// stopWords carry nothing of what is wanted: the grammar of English, and the manners of asking in a chat.
var stopWords = set(`
a about above after again all also am an and any anybody anyone anything are around as at be because been
before being below between both but by can cannot could did do does doing down during each else few for from
further get gets getting give gives go going good got had has have having he her here hers him his how i if in
into is it its itself just kind know knows let like likely local looking made make makes me might more most
much my near nearby need needed needs no nor not nothing now of off on one only or other our ours out over own
per please possible possibly really same see she should so some somebody somehow someone something sort such
take takes than thank thanks that the their theirs them then there these they thing things this those through
to too towards under until up upon us use used using very want wanted wants was we well were what when where
which while who whom whose why will with within without would yes yet you your yours
hi hello hey morning afternoon evening everyone everybody folks sorry wonder wondering happen happens chance
anywhere ask asking find finding found tell help helps helping helped offer offers offering able ability
group groups organisation organisations organization organizations charity charities area town place
don't doesn't didn't can't couldn't wouldn't we're we've we'd i'm i've i'd it's that's there's who's what's
`)

// weakWords say little alone, however rare they are in a small register.
var weakWords = set(`
borrow lend loan hire rent spare
put bring come keep hold try step start join soon later early last next another
small little big large new old young good great nice best free cheap cheaper people person man woman men women members
volunteer volunteers work working run running time times day days week weeks weekend weekends weekday weekdays month
months year years today tomorrow tonight monday tuesday wednesday thursday friday saturday sunday mondays tuesdays
wednesdays thursdays fridays saturdays sundays community communities local set sets bit lot lots few couple kind
one two three four five six seven eight nine ten dozen hour hours
`)

// weakness is what a weak word counts of what it would.
const weakness = 0.35

func set(list string) map[string]bool {
	all := map[string]bool{}
	for _, w := range strings.Fields(list) {
		all[w] = true
	}
	return all
}
