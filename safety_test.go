package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"ginnel/bot"
	"ginnel/storage/storagetest"
)

// A world is a conversation of which one thing is to be found out by those who must not.
type world struct {
	*conversation
	steps []step
}

// A step is what somebody says in a world, or time that passes in it.
type step struct {
	who, text string
	wait      time.Duration
}

// seen plays the steps and returns all that was said to anybody but those who know anyway, with the minute, or in a room.
func (w world) seen(known ...string) (all []string) {
	for _, s := range w.steps {
		if s.wait > 0 {
			w.until(w.now.Add(s.wait))
			continue
		}
		w.say(s.who, "", true, s.text)
		w.settle()
	}
	for _, s := range w.said {
		if len(s.post.Where.People) == 1 && slices.Contains(known, string(s.post.Where.People[0])) {
			continue
		}
		all = append(all, fmt.Sprintf("%s to %v#%s: %s", s.at.Format("2 January 15:04"), s.post.Where.People, s.post.Where.Room, s.post.Reply.Plain()))
	}
	return all
}

// sameSeen fails when two worlds do not look the same to those who must not tell them apart.
func sameSeen(t *testing.T, what string, a, b []string) {
	t.Helper()
	for i := range max(len(a), len(b)) {
		x, y := "nothing", "nothing"
		if i < len(a) {
			x = a[i]
		}
		if i < len(b) {
			y = b[i]
		}
		if x != y {
			t.Fatalf("%s shows:\n%s\n\nand otherwise:\n%s", what, x, y)
		}
	}
}

// TestNobodyLearnsWhoSaidNo plays sixty days in which three accounts of one person ask the same group, which answers in one
// way or another or not at all. Nobody else can tell which it was, neither from words nor from who is named first.
func TestNobodyLearnsWhoSaidNo(t *testing.T) {
	const groups = `name,postcode,offers,needs,speaks
Tally Trust,QX2,annual accounts,,Tom
Sums Society,QX2,annual accounts,,Sam
Cafe One,QX3,a tool library,annual accounts,Ada
Cafe Two,QX3,catering,annual accounts,Bea
Cafe Three,QX3,a hall,annual accounts,Cleo
`
	ways := map[string][]string{
		"silence": nil,
		"no":      {"no to Cafe %s"},
		"not now": {"not now to Cafe %s"},
		"block":   {"not them, Cafe %s"},
		"no room": {"we are full", "no to Cafe %s", "we have room again"},
		"erased":  {"forget me for good"},
	}
	storagetest.Each(t, func(t *testing.T, url string) {
		seen := map[string][]string{}
		for _, way := range []string{"silence", "no", "not now", "block", "no room", "erased"} {
			k := newConversation(t, storagetest.Another(t, url))
			k.given("organisations:", strings.Split(groups, "\n"))
			k.given("another contact: Una for Tally Trust", nil)
			w := world{conversation: k}
			for i, who := range []string{"Ada", "Bea", "Cleo"} {
				w.steps = append(w.steps, step{who: who, text: "who can help with annual accounts?"}, step{who: who, text: "ask Tally Trust about annual accounts"}, step{wait: time.Hour})
				for _, text := range ways[way] {
					if strings.Contains(text, "%s") {
						text = fmt.Sprintf(text, []string{"One", "Two", "Three"}[i])
					}
					w.steps = append(w.steps, step{who: "Tom", text: text})
				}
				if ways[way] == nil {
					w.steps = append(w.steps, step{who: "Tom", text: "help"}) // so that time goes the same way
				}
				w.steps = append(w.steps, step{wait: 24 * time.Hour})
			}
			for range 8 {
				w.steps = append(w.steps, step{wait: 7 * 24 * time.Hour})
				for _, who := range []string{"Ada", "Bea", "Cleo", "Sam"} {
					w.steps = append(w.steps, step{who: who, text: "who can help with annual accounts?"})
				}
			}
			seen[way] = w.seen("Tom", "Una")
			if answered, err := k.db.Answered(t.Context(), k.now); err != nil || answered[1] != (bot.Answered{Asked: 3}) {
				t.Errorf("%s is on record as %+v, %v", way, answered, err)
			}
		}
		if !slices.ContainsFunc(seen["no"], func(s string) bool { return strings.Contains(s, "othing came of it") }) {
			t.Error("nobody hears that nothing came of it")
		}
		for way, all := range seen {
			sameSeen(t, way, all, seen["silence"])
		}
	})
}

// TestNobodyFindsARefuge plays two months in worlds that differ only in the districts of two groups that must not be found, one
// from a list and one that joined. All that anybody else reads is the same to the letter: whoever is told nothing by name, place, distance,
// rank, digest, round or delay learns nothing.
func TestNobodyFindsARefuge(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, url string) {
		play := func(haven, house string) []string {
			k := newConversation(t, storagetest.Another(t, url))
			places := []string{"outcode,town,latitude,longitude,region"}
			groups := []string{
				"name,postcode,activities,offers,needs,speaks", "Safe Haven," + haven + ",A refuge for women,awareness training; a quiet room,a van,",
				"Harbour House,,A refuge for women,awareness training; listening,annual accounts; a van,Ruth",
			}
			for i := 1; i <= 9; i++ {
				places = append(places, fmt.Sprintf("QX%d,Town%d,%.2f,-1.90,Harthshire", i, i, 53.5+0.1*float64(i)))
				groups = append(groups,
					fmt.Sprintf("Group %c,QX%d,,awareness training; annual accounts,a quiet room; listening,Anna%c", 'A'+i, i, 'a'+i),
					fmt.Sprintf("Club %c,QX%d,,a van,awareness training,Carl%c", 'A'+i, i, 'a'+i))
			}
			k.given("places:", places)
			k.given("organisations:", groups)
			k.say("Ruth", "", true, "our postcode is "+house+" 1AA")
			k.settle()
			w := world{conversation: k, steps: []step{{who: "Cora", text: "coordinator plum harbour kettle"}}}
			add := func(who string, texts ...string) {
				for _, text := range texts {
					w.steps = append(w.steps, step{who: who, text: text})
				}
			}
			for i := 1; i <= 9; i++ {
				who := fmt.Sprint("Mallory ", string(rune('A'+i)))
				for _, name := range []string{"Safe Haven", "Harbour House", "Save Haven", "Harbour House CIO"} {
					add(who, fmt.Sprintf("we are %s, QX%d", name, i), fmt.Sprintf("list us as “%s”, “QX%d”", name, i), fmt.Sprintf("tell me about %s", name))
				}
				add(who, fmt.Sprintf("who can help with awareness training in QX%d?", i), fmt.Sprintf("who can help with listening in Town%d?", i), "my data")
				anna := fmt.Sprintf("Anna%c", 'a'+i)
				add(anna, "who can help with a quiet room?", "who can help with listening?", "ask Harbour House about listening", "ask Safe Haven about a quiet room",
					fmt.Sprintf("our postcode is QX%d 1AA", 1+i%9), "suggestions?", "who else needs a van?", fmt.Sprintf("list us as “Safe Haven %c”, “QX%d”", 'A'+i, i))
				add(fmt.Sprintf("Carl%c", 'a'+i), "who can help with awareness training?", "weekly digest in private")
			}
			add("Cora", "digest here", "digest preview", "claims")
			add("Ruth", "who can help with a van?", "who can help with annual accounts?", "ask Club B about a van")
			for range 8 {
				w.steps = append(w.steps, step{wait: 7 * 24 * time.Hour})
				add("Annab", "who can help with listening?", "what's new?")
			}
			return w.seen("Ruth")
		}
		first := play("QX1", "QX2")
		if len(first) < 200 || !slices.ContainsFunc(first, func(s string) bool { return strings.Contains(s, "Harbour House offers") }) {
			t.Errorf("only %d things were said", len(first))
		}
		sameSeen(t, "another district", play("QX7", "QX9"), first)
	})
}

// TestNobodyGuessesNames: after ten names within an hour no more is told of names, a coordinator hears of it once, and an hour later the
// same person is answered again.
func TestNobodyGuessesNames(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, url string) {
		k := newConversation(t, url)
		k.say("Cora", "", true, "coordinator plum harbour kettle")
		k.settle()
		try := func(n int, how string) string {
			k.say("Mallory", "", true, fmt.Sprintf(how, fmt.Sprint("Refuge ", string(rune('A'+n)), " of Harthwaite")))
			return k.settle()
		}
		for n := range 14 {
			heard := try(n, []string{"we are %s, QX1", "list us as “%s”"}[n%2])
			if over := strings.Contains(heard, "10 names of groups within an hour"); over != (n >= 10) {
				t.Fatalf("name %d is answered: %s", n+1, heard)
			}
			if told := strings.Contains(heard, "to Cora> Mallory told me"); told != (n == 10) && n >= 10 {
				t.Errorf("at name %d the coordinator hears: %s", n+1, heard)
			}
		}
		k.until(k.now.Add(61 * time.Minute))
		if heard := try(20, "we are %s, QX1"); !strings.Contains(heard, "I understood") {
			t.Errorf("an hour later: %s", heard)
		}
	})
}

// TestNobodyFillsTheRegisterAlone: one person lists ten groups, and a coordinator any number.
func TestNobodyFillsTheRegisterAlone(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, url string) {
		k := newConversation(t, url)
		words := strings.Fields("Anvil Bridge Candle Dragon Engine Falcon Garden Hammer Island Jigsaw Kettle Ladder")
		listed := func(who string) (n int) {
			for _, word := range words {
				k.until(k.now.Add(time.Hour))
				k.say(who, "", true, fmt.Sprintf("list us as “%s's %s Club”", who, word))
				if strings.Contains(k.settle(), "is listed.") {
					n++
				}
			}
			return n
		}
		if n := listed("Mallory"); n != 10 {
			t.Errorf("one person lists %d groups", n)
		}
		k.say("Cora", "", true, "coordinator plum harbour kettle")
		k.settle()
		if n := listed("Cora"); n != len(words) {
			t.Errorf("a coordinator lists %d groups", n)
		}
	})
}

// TestNobodyIsAnsweredWithoutEnd: who says more than two hundred things in ten minutes is told so once, and then is told nothing for a while.
func TestNobodyIsAnsweredWithoutEnd(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, url string) {
		k := newConversation(t, url)
		answers := 0
		for range 230 {
			k.say("Mallory", "", true, "privacy")
			if k.settle() != "" {
				answers++
			}
		}
		if answers != 201 || !strings.Contains(k.said[len(k.said)-1].post.Reply.Plain(), "give me ten minutes") {
			t.Errorf("%d answers, the last of which is %s", answers, k.said[len(k.said)-1].post.Reply.Plain())
		}
		k.until(k.now.Add(10 * time.Minute))
		k.say("Mallory", "", true, "privacy")
		if k.settle() == "" {
			t.Error("it is never answered again")
		}
	})
}

// TestNobodyClaimsAnothersGroup: who claims a group of a list, a refuge above all, is shown what strangers are and gets nothing that is
// meant for it until a coordinator says yes; what was claimed wrongly is put back as it was, and to leave puts nothing else in its place.
func TestNobodyClaimsAnothersGroup(t *testing.T) {
	const groups = `name,postcode,activities,web,offers,needs,speaks
Safe Haven,QX4 4CC,A refuge for women,https://haven.example,awareness training; a quiet room,a van,
Old Mill Minibuses,QX5 1DD,Community transport,https://oldmill.example,minibuses,drivers,
Tally Trust,QX2 1AA,,,annual accounts,awareness training; minibuses,Tom
`
	storagetest.Each(t, func(t *testing.T, url string) {
		for _, name := range []string{"Safe Haven", "Old Mill Minibuses"} {
			play := func(claims string) (*conversation, []string) {
				k := newConversation(t, storagetest.Another(t, url))
				k.given("organisations:", strings.Split(groups, "\n"))
				w := world{conversation: k}
				add := func(who string, texts ...string) {
					for _, text := range texts {
						w.steps = append(w.steps, step{who: who, text: text})
					}
				}
				add("Mallory", claims)
				for range 3 {
					add("Tom", "who can help with awareness training?", "who can help with minibuses?", "ask "+name+" about awareness training", "introduce "+name+" and Tally Trust about tea")
					add("Mallory", "what do we offer?", "tell me about "+name, "who can help with a quiet room?", "our postcode is QX9", "our address can be shown", "gone minibuses", "what's new?")
					w.steps = append(w.steps, step{wait: 8 * 24 * time.Hour})
				}
				seen := w.seen()
				return k, slices.DeleteFunc(seen, func(s string) bool {
					return strings.Contains(s, "Nobody looks after this network") || strings.Contains(s, "I am not sure ")
				})
			}
			_, stranger := play("claims, if you please")
			k, claimant := play("list us as “" + name + "”")
			sameSeen(t, "a claim", claimant, stranger)

			before, err := k.db.OrganisationsNamed(t.Context(), name)
			if err != nil || len(before) != 1 || before[0].Joined {
				t.Fatalf("before: %+v, %v", before, err)
			}
			if name == "Safe Haven" && !before[0].Sensitive {
				t.Error("it is not sensitive")
			}
			for _, end := range []string{"unlist " + name, "forget me for good"} {
				for _, text := range []string{"list us as “" + name + "”"} {
					k.say("Mallory", "", true, text)
					k.settle()
				}
				k.say("Cora", "", true, "coordinator plum harbour kettle")
				k.settle()
				all, err := k.db.Claims(t.Context())
				if err != nil || len(all) != 1 {
					t.Fatalf("%d claims, %v", len(all), err)
				}
				k.say("Cora", "", true, fmt.Sprint("confirm claim ", all[0].ID))
				k.settle()
				for _, text := range []string{"our address can be shown", "our postcode is QX4 9AA", "about us: rude songs", "we can offer rude songs", "gone awareness training", "gone minibuses", "reach us by mallory@evil.example"} {
					k.say("Mallory", "", true, text)
					k.settle()
				}
				if o, err := k.db.Organisation(t.Context(), before[0].ID); err != nil || !o.Joined || o.About != "rude songs" {
					t.Fatalf("confirmed, it is %+v, %v", o, err)
				}
				if strings.HasPrefix(end, "unlist") {
					k.say("Cora", "", true, end)
					k.settle()
					k.say("Cora", "", true, "1")
				} else {
					k.say("Mallory", "", true, end)
				}
				k.settle()
				after, err := k.db.Organisation(t.Context(), before[0].ID)
				after.Changed = before[0].Changed
				if err != nil || after != before[0] {
					t.Errorf("after %q it is %+v, and was %+v, %v", end, after, before[0], err)
				}
				k.say("Tom", "", true, "tell me about "+name)
				if heard := k.settle(); strings.Contains(heard, "rude songs") || !strings.Contains(heard, "from the register") {
					t.Errorf("after %q others read: %s", end, heard)
				}
				k.say("Mallory", "", true, "what do we offer?")
				if heard := k.settle(); !strings.Contains(heard, "I do not know yet which group you speak for") {
					t.Errorf("after %q she reads: %s", end, heard)
				}
			}
		}
	})
}

// TestNobodyPassesForAnother plays the tables of names through the chat: a name that could be taken for a listed group's, or for the bot's,
// lists nothing before a coordinator says so, and names that groups do have are listed at once.
func TestNobodyPassesForAnother(t *testing.T) {
	rows := func(name string) (all [][]string) {
		text, err := os.ReadFile("bot/names/testdata/" + name)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			if line = strings.TrimRight(line, "\n"); line != "" && !strings.HasPrefix(line, "#") {
				all = append(all, strings.Split(line, "\t"))
			}
		}
		return all
	}
	storagetest.Each(t, func(t *testing.T, url string) {
		k := newConversation(t, url)
		listed := map[string]bool{}
		list := func(who, name string) string {
			k.until(k.now.Add(time.Hour))
			k.say(who, "", true, "list us as “"+name+"”, “QX1”")
			return k.settle()
		}
		for i, row := range rows("names.txt") {
			listed[row[0]] = true
			if heard := list(fmt.Sprint("Person ", i), row[0]); !strings.Contains(heard, "is listed.") {
				t.Errorf("%q is not listed: %s", row[0], heard)
			}
		}
		for i, row := range append(rows("impersonations.tsv"), rows("containing.tsv")...) {
			if own := row[0]; own != "Ginnel" && !listed[own] {
				listed[own] = true
				if heard := list("Owner of "+own, own); !strings.Contains(heard, "is listed.") {
					t.Errorf("%q is not listed: %s", own, heard)
				}
			}
			if heard := list(fmt.Sprint("Mallory ", i), row[1]); strings.Contains(heard, "is listed.") {
				t.Errorf("%q passes for %q: %s", row[1], row[0], heard)
			}
		}
		for i, row := range rows("pretences.tsv") {
			if heard := list(fmt.Sprint("Trudy ", i), row[1]); row[0] != "none" && strings.Contains(heard, "is listed.") {
				t.Errorf("%q is listed: %s", row[1], heard)
			}
		}
		// A group that is listed takes no such name either.
		if heard := list("Eve", "Stoats"); !strings.Contains(heard, "is listed.") {
			t.Fatal(heard)
		}
		for _, name := range []string{"Count Me In Harthwaite", "Samaritans", "Stoats - call 0900 123 123", "Network Coordinator", "Ginnel Support"} {
			k.say("Eve", "", true, "our new name is “"+name+"”")
			if heard := k.settle(); strings.Contains(heard, "is called") {
				t.Errorf("a group may be called %q from now on: %s", name, heard)
			}
		}
	})
}
