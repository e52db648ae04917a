package main

import (
	"context"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ginnel/bot"
	"ginnel/storage/storagetest"
)

const introductionGroups = `name,postcode,offers,needs,speaks
Repair Café,QX3,a tool library,annual accounts,Amina
Tally Trust,QX2,annual accounts,a tool library,Tom
Kitchen,QX1,catering,annual accounts,Priya on elsewhere
Hall One,QX1,a hall with a kitchen,catering,Maryam
`

// How each group is reached, which nobody is to know too early. Names of people are told when a room is opened.
var introductionSecrets = map[bot.OrganisationID][]string{1: {"secret-1", "Amina"}, 2: {"secret-2", "Tom"}, 3: {"secret-3", "Priya"}, 4: {"secret-4", "Maryam"}}

// A deed is one step of a script that can be played again.
type deed struct {
	who    string
	text   string
	wait   time.Duration
	reopen bool
	hidden bool // a refusal of Tom's, which Amina must not tell from silence
}

// TestIntroductions plays random scripts of asking, agreeing, refusing, withdrawing, forgetting, waiting, restarting and of
// clocks that jump. Nobody is introduced without two standing yeses; nothing of a person is told too early; and what Amina
// reads when Tom refuses is, word for word and minute for minute, what she reads when he says nothing. That holds too when he later asks
// for her group himself: it is the same act of his in both worlds, and lifts whatever he said before, a block too.
func TestIntroductions(t *testing.T) {
	// One number for both engines, of which the library takes a fifth for -short.
	withFlag(t, "rapid.checks", "5")
	withFlag(t, "rapid.nofailfile", "true")
	storagetest.Each(t, func(t *testing.T, url string) {
		want := 25
		if strings.HasPrefix(url, "postgres") {
			want = 5
		}
		want = howLong(want, 90)
		scripts, steps, made := 0, 0, 0
		k := newConversation(t, url)
		// What is counted below is worth something only if those who say yes are introduced at all.
		if n := k.enact(t, []deed{{who: "Amina", text: "ask Tally Trust about annual accounts"}, {who: "Tom", text: "yes to Repair Café"}, {wait: 24 * time.Hour}}, false); n != 1 {
			t.Fatalf("two who say yes make %d introductions", n)
		}
		play := func(rt *rapid.T) {
			script := drawScript(rt)
			scripts++
			steps += 2 * len(script)
			var read [2][]string
			for world := range 2 {
				k := newConversation(t, storagetest.Another(t, url))
				n := k.enact(rt, script, world == 1)
				made += n
				for _, s := range k.said {
					if s.reads("Amina") {
						read[world] = append(read[world], s.at.Format(time.DateTime)+" "+s.post.Reply.Plain())
					}
				}
				if err := k.db.Close(); err != nil {
					rt.Fatal(err)
				}
			}
			for n := range min(len(read[0]), len(read[1])) {
				if read[0][n] != read[1][n] {
					rt.Fatalf("after a refusal she reads\n%s\nand after silence\n%s\nof %+v", read[0][n], read[1][n], script)
				}
			}
			if len(read[0]) != len(read[1]) {
				rt.Fatalf("after a refusal she reads %d messages, after silence %d, of %+v", len(read[0]), len(read[1]), script)
			}
		}
		for scripts < want {
			rapid.Check(t, play)
		}
		t.Logf("%d steps, %d introductions", steps, made)
		const enough = 1000 // of few steps none may introduce anybody
		if made == 0 && steps > enough {
			t.Error("nobody was introduced")
		}
	})
}

func (s saying) reads(name string) bool {
	for _, p := range s.post.Where.People {
		if string(p) == name {
			return true
		}
	}
	return false
}

var (
	introductionNames  = []string{"Repair Café", "Tally Trust", "Kitchen", "Hall One"}
	introductionPeople = []string{"Amina", "Tom", "Priya on elsewhere", "Maryam"}
)

func drawScript(rt *rapid.T) (script []deed) {
	blocked, agreed, forgot := false, false, map[int]bool{}
	for range rapid.IntRange(10, 40).Draw(rt, "steps") {
		who := rapid.SampledFrom([]int{0, 0, 0, 1, 1, 2, 3}).Draw(rt, "who")
		if forgot[who] {
			continue
		}
		other := rapid.SampledFrom([]int{0, 0, 1, 1, 1, 2, 3}).Draw(rt, "whom")
		name := introductionNames[other]
		d := deed{who: introductionPeople[who]}
		about := rapid.SampledFrom([]string{"annual accounts", "a day out"}).Draw(rt, "about")
		switch kind := rapid.SampledFrom([]string{
			"ask", "ask", "ask", "nameless", "all", "suggest", "yes", "yes", "yes", "yes", "no", "no", "block", "known", "withdraw", "look", "find", "forget", "sorted",
			"wait", "wait", "wait", "back", "reopen",
		}).Draw(rt, "what"); kind {
		case "ask":
			d.text = "ask " + name + " about " + about
		case "nameless":
			d.text = "send to " + name + " without our name about " + about
		case "all":
			d.text = "ask all of #2 #3 #4 about " + about
		case "suggest":
			d.text = "introduce " + introductionNames[rapid.IntRange(0, 3).Draw(rt, "one")] + " and " + name + " about " + about
		case "yes":
			d.text = "yes to " + name
			if who == 1 && other == 0 && blocked {
				continue
			}
		case "no", "block":
			d.text = rapid.SampledFrom([]string{"no to ", "not now to "}).Draw(rt, "no") + name
			if kind == "block" {
				d.text = "block " + name
			}
			if who == 1 && other == 0 {
				if agreed { // to take a yes back is something else than silence
					continue
				}
				d.hidden = true
				blocked = blocked || kind == "block"
			}
		case "known":
			d.text = "we already know " + name
		case "withdraw":
			if who == 1 { // to withdraw what in the other world was not said says something else
				continue
			}
			d.text = "withdraw from " + name
		case "look":
			d.text = rapid.SampledFrom([]string{"what's happening?", "my data"}).Draw(rt, "look")
		case "find":
			d.text = "who can help with " + about + "?"
		case "forget":
			if who == 1 || rapid.IntRange(0, 3).Draw(rt, "surely") > 0 {
				continue
			}
			d.text, forgot[who] = "forget me for good", true
		case "sorted":
			d.text = "sorted"
		case "wait":
			d = deed{wait: time.Duration(rapid.IntRange(1, 9*24).Draw(rt, "hours")) * time.Hour}
		case "back":
			d = deed{wait: -time.Duration(rapid.IntRange(1, 48).Draw(rt, "hours")) * time.Hour}
		case "reopen":
			d = deed{reopen: true}
		}
		if who == 1 && strings.Contains(d.text, introductionNames[0]) && !d.hidden {
			agreed = true
		}
		script = append(script, d)
	}
	return append(script, deed{wait: 30 * 24 * time.Hour})
}

var proposalNumber = regexp.MustCompile(`^made/(\d+)`)

// enact plays a script, without what is hidden in it if silent, and checks whatever comes of it. It returns how many were introduced.
func (k *conversation) enact(rt rapid.TB, script []deed, silent bool) int {
	ctx := context.Background()
	k.given("organisations:", strings.Split(introductionGroups, "\n"))
	organisation := map[string]bot.OrganisationID{}
	for n, p := range introductionPeople {
		name, _, _ := strings.Cut(p, " ")
		organisation[name] = bot.OrganisationID(n + 1)
		k.say(p, "", true, "reach us by "+introductionSecrets[bot.OrganisationID(n+1)][0])
		k.settle()
	}
	yes := map[bot.IntroductionID]map[bot.OrganisationID]bool{} // as everybody said it last
	known := map[[2]bot.OrganisationID]bool{}                   // who may know of whom
	watch := func(d deed) {
		all, err := k.db.IntroductionsSince(ctx, time.Time{})
		if err != nil {
			rt.Fatal(err)
		}
		name, _, _ := strings.Cut(d.who, " ")
		speaker := organisation[name]
		for _, i := range all {
			said, met := yes[i.ID], false
			if said == nil {
				said = map[bot.OrganisationID]bool{}
				yes[i.ID] = said
				if strings.HasPrefix(d.text, "ask ") || strings.HasPrefix(d.text, "send ") || strings.HasPrefix(d.text, "introduce ") {
					said[speaker] = true // whoever asks, says yes
				}
				met = true
			}
			side := i.Party(speaker)
			if side >= 0 && !met {
				theirs := introductionNames[i.Parties[1-side].Organisation-1]
				about := strings.Contains(d.text, theirs) || i.Nameless && side == 1
				asks := strings.HasPrefix(d.text, "ask ") || strings.HasPrefix(d.text, "send ") || strings.HasPrefix(d.text, "introduce ")
				switch {
				case asks && (about || strings.HasPrefix(d.text, "ask all")) && i.Parties[side].Assent == bot.Yes:
					said[speaker] = true // to ask is to say yes to what is open between the two
				case strings.HasPrefix(d.text, "yes to") && about && i.Parties[side].Assent == bot.Yes:
					said[speaker] = true
				case strings.HasPrefix(d.text, "forget"), about && (strings.HasPrefix(d.text, "no") || strings.HasPrefix(d.text, "block") || strings.HasPrefix(d.text, "withdraw")):
					if i.State != bot.IntroductionMade {
						said[speaker] = false
					}
				}
			}
			if i.State == bot.IntroductionMade {
				a, b := i.Parties[0].Organisation, i.Parties[1].Organisation
				if !said[a] || !said[b] {
					rt.Fatalf("%d and %d were introduced, who said %v; after %+v", a, b, said, d)
				}
				known[[2]bot.OrganisationID{a, b}], known[[2]bot.OrganisationID{b, a}] = true, true
			}
		}
	}
	seen := 0
	tell := func(d deed) {
		watch(d)
		for ; seen < len(k.said); seen++ {
			s := k.said[seen]
			if strings.HasPrefix(s.post.Key, "reply/") {
				continue // what somebody said of themselves is read back
			}
			text := s.post.Reply.Plain()
			for _, p := range s.post.Where.People {
				reader := organisation[string(p)]
				for org, secrets := range introductionSecrets {
					for n, secret := range secrets {
						// Whoever suggests an introduction is named, and so is a colleague.
						if org == reader || !strings.Contains(text, secret) || n == 1 && strings.Contains(text, secret+" of ") {
							continue
						}
						if !known[[2]bot.OrganisationID{reader, org}] {
							rt.Fatalf("%s reads %q of %d: %s", p, secret, org, text)
						}
					}
				}
			}
			if m := proposalNumber.FindStringSubmatch(s.post.Key); m != nil {
				n, _ := strconv.ParseInt(m[1], 10, 64)
				i, err := k.db.Introduction(ctx, bot.IntroductionID(n))
				if err != nil || i.State != bot.IntroductionMade {
					rt.Fatalf("%s is said, and the introduction is %s, %v", s.post.Key, i.State, err)
				}
			}
		}
	}
	for _, d := range script {
		switch {
		case d.hidden && silent:
			k.now = k.now.Add(time.Second)
			k.count++
			continue
		case d.reopen:
			url := k.url
			if err := k.db.Close(); err != nil {
				rt.Fatal(err)
			}
			k.open(url)
		case d.wait < 0:
			k.now = k.now.Add(d.wait)
		case d.wait > 0:
			k.until(k.now.Add(d.wait))
		default:
			k.say(d.who, "", true, d.text)
			k.settle()
		}
		tell(d)
	}
	made := 0
	for _, said := range known {
		if said {
			made++
		}
	}
	return made / 2
}

// TestWithdrawnTooLate: across two networks the one side may have read how the other is reached while the news waits for a
// network that is down. Then nothing can be taken back, and the other side hears of it too.
func TestWithdrawnTooLate(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, url string) {
		k := newConversation(t, url)
		k.given("organisations:", []string{"name,postcode,offers,needs,speaks", "Repair Café,QX3,a tool library,,Amina", "Tally Trust,QX2,annual accounts,,Tom on elsewhere"})
		say := func(who, text string) string {
			k.say(who, "", true, text)
			return k.settle()
		}
		say("Amina", "reach us by amina@repair.example")
		say("Tom on elsewhere", "reach us by tom@tally.example")
		say("Amina", "ask Tally Trust about our accounts")
		k.down = true
		if heard := say("Tom on elsewhere", "yes to Repair Café"); !strings.Contains(heard, "tom@tally.example") {
			t.Fatalf("Amina does not hear how Tally Trust is reached: %q", heard)
		}
		say("Tom on elsewhere", "we changed our mind about Repair Café")
		k.down = false
		heard := k.until(k.now.Add(2 * time.Hour))
		for _, want := range []string{"amina@repair.example", "cannot be taken back"} {
			if !strings.Contains(heard, want) {
				t.Errorf("of what one side has read already the other hears %q, and no %q", heard, want)
			}
		}
		all, err := k.db.IntroductionsSince(context.Background(), time.Time{})
		if err != nil || len(all) != 1 || all[0].State != bot.IntroductionMade {
			t.Errorf("it is %+v, %v", all, err)
		}
	})
}

// TestWhoAsksForWhomTheyBlockedLiftsIt: to ask is the way back from a block. Both are introduced then, whoever asked first; and a block
// of the other side stands.
func TestWhoAsksForWhomTheyBlockedLiftsIt(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, url string) {
		for name, script := range map[string][]string{
			"they asked before":    {"Amina: ask Tally Trust about annual accounts", "Tom: block Repair Café", "Tom: ask Repair Café about annual accounts"},
			"they asked meanwhile": {"Tom: block Repair Café", "Amina: ask Tally Trust about annual accounts", "Tom: ask Repair Café about annual accounts"},
			"they agree":           {"Tom: block Repair Café", "Tom: ask Repair Café about a tool library", "Amina: yes to Tally Trust"},
			"without a name":       {"Tom: block Repair Café", "Tom: send to Repair Café without our name about a tool library", "Amina: 1"},
			"both blocked":         {"Amina: block Tally Trust", "Tom: block Repair Café", "Tom: ask Repair Café about a tool library", "Amina: yes to Tally Trust"},
		} {
			k := newConversation(t, storagetest.Another(t, url))
			k.given("organisations:", strings.Split(introductionGroups, "\n"))
			heard := ""
			for _, line := range script {
				who, text, _ := strings.Cut(line, ": ")
				k.say(who, "", true, text)
				heard += k.settle()
			}
			if told, blocked := strings.Contains(heard, "you both said yes"), name == "both blocked"; told == blocked {
				t.Errorf("%s: they are told that they are introduced: %t; %s", name, told, heard)
			}
			if lifted := strings.Count(heard, "counts no longer"); lifted != 1 {
				t.Errorf("%s: Tom is told %d times that it counts no longer", name, lifted)
			}
		}
	})
}
