package storage_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"ginnel/bot"
	"ginnel/storage"
	"ginnel/storage/storagetest"
)

// say claims and says a post, which must be the next.
func say(t *testing.T, db *storage.DB, key string, id bot.MessageID) bot.Claimed {
	t.Helper()
	c, ok, _, err := db.ClaimPost(t.Context(), start, "me", start.Add(time.Minute), "net", nil)
	check(t, err)
	if !ok || c.Key != key {
		t.Fatalf("claimed %q, want %s", c.Key, key)
	}
	check(t, db.SentPost(t.Context(), key, "me", id, start))
	return c
}

// state is the state of posts, as Counts tells it.
func states(t *testing.T, db *storage.DB) (all []string) {
	t.Helper()
	for name, n := range must[map[string]int64](t)(db.Counts(t.Context())) {
		for range n {
			if state, ok := strings.CutPrefix(name, "outbox/"); ok {
				all = append(all, state)
			}
		}
	}
	slices.Sort(all)
	return all
}

// TestAReplacedPost: one that waits is never said; one that is being sent is not tried again; nothing overtakes it; and the message
// leads to what changed it last.
func TestAReplacedPost(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, url string) {
		db, ctx := open(t, url), t.Context()
		instead := func(key, of string) bot.Post {
			p := post(key, "hall")
			p.Instead, p.Urgency = of, bot.AtOnce
			return p
		}
		check(t, db.PutPosts(ctx, start, post("a", "hall"), instead("a2", "a")))
		say(t, db, "a2", "m1")
		if got := states(t, db); !slices.Equal(got, []string{"sent", "skipped"}) {
			t.Errorf("posts are %v", got)
		}

		check(t, db.PutPosts(ctx, start, post("b", "hall")))
		if got := claim(t, db, start); got != "b" {
			t.Fatalf("claimed %s", got)
		}
		check(t, db.PutPosts(ctx, start, instead("b2", "b")))
		if got := claim(t, db, start); got != "wake 10:01:00" {
			t.Errorf("claimed %s while what it replaces is being sent", got)
		}
		check(t, db.PutBackPost(ctx, "b", "me", bot.PutBack{Due: start, Tries: 1}, start))
		say(t, db, "b2", "m2")

		check(t, db.PutPosts(ctx, start, post("c", "hall")))
		say(t, db, "c", "m3")
		check(t, db.PutPosts(ctx, start, instead("c2", "c")))
		say(t, db, "c2", "m3")
		if key, ok, err := db.SaidAs(ctx, "net", "m3"); key != "c2" || !ok || err != nil {
			t.Errorf("the message shows %s, %t, %v", key, ok, err)
		}
		if key, ok, err := db.SaidAs(ctx, "elsewhere", "m3"); ok || err != nil {
			t.Errorf("on another network the message shows %s, %v", key, err)
		}
	})
}

// TestWhatMayHaveBeenSaidIsKnownBeforeItIsReplaced: of an unknown post it is to be found out whether it was said.
func TestWhatMayHaveBeenSaidIsKnownBeforeItIsReplaced(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, url string) {
		db, ctx := open(t, url), t.Context()
		check(t, db.PutPosts(ctx, start, post("a", "hall")))
		claim(t, db, start)
		check(t, db.PutBackPost(ctx, "a", "me", bot.PutBack{Due: start, Tries: 1, Unknown: true, Tried: start}, start))
		p := post("b", "hall")
		p.Instead = "a"
		check(t, db.PutPosts(ctx, start, p))
		c, ok, _, err := db.ClaimPost(ctx, start, "me", start.Add(time.Minute), "net", nil)
		check(t, err)
		if !ok || c.Key != "a" || !c.Unknown || !c.Stopped {
			t.Errorf("claimed %+v", c)
		}
	})
}

// TestAPageIsKeptOnce: of somebody's home page the last post is kept, and none of its words.
func TestAPageIsKeptOnce(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, url string) {
		db, ctx := open(t, url), t.Context()
		page := func(key string, who bot.Speaker) bot.Post {
			where := bot.Private(who)
			where.Home = true
			return bot.Post{Key: key, Where: where, Draw: "page", Reply: bot.Lines(bot.Text("secret"))}
		}
		check(t, db.PutPosts(ctx, start, page("1", amina), page("2", amina), page("3", tom), bot.Post{Key: "chat", Where: bot.Private(amina)}))
		if got := states(t, db); len(got) != 3 {
			t.Errorf("posts are %v", got)
		}
		if c := say(t, db, "2", "said"); c.Reply != nil {
			t.Errorf("it holds the words %q", c.Reply.Plain())
		}
		say(t, db, "3", "said")
		say(t, db, "chat", "m")
		for _, key := range []string{"4", "5", "6"} {
			check(t, db.PutPosts(ctx, start, page(key, amina)))
			say(t, db, key, "said")
		}
		if got := states(t, db); !slices.Equal(got, []string{"sent", "sent", "sent"}) {
			t.Errorf("posts are %v", got)
		}
	})
}

// TestChoicesInARoomForSeveral: what was posted in a room that was opened is answered there, by each of those in it.
func TestChoicesInARoomForSeveral(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, url string) {
		db, ctx := open(t, url), t.Context()
		meet := func(key string) bot.Post {
			p := post(key, "")
			p.For, p.Where.People, p.Where.Gather = "", []bot.UserID{amina.ID, tom.ID}, "meet/1"
			return p
		}
		offered := func() (all []string) {
			for _, who := range []bot.Speaker{amina, tom, {Network: "net", ID: "maryam"}} {
				for _, o := range must[[]bot.Offered](t)(db.Offered(ctx, bot.Address{Network: "net", Room: "opened"}, who, start)) {
					all = append(all, string(who.ID)+" "+o.Key)
				}
			}
			return all
		}
		check(t, db.PutPosts(ctx, start, meet("first")))
		c, _, _, err := db.ClaimPost(ctx, start, "me", start.Add(time.Minute), "net", nil)
		check(t, err)
		if got := offered(); got != nil || c.Where.Room != "" {
			t.Errorf("before it is opened, %q is offered in %q", got, c.Where.Room)
		}
		check(t, db.PutGatherRoom(ctx, "net", "meet/1", "opened"))
		c.Where.Room = "opened"
		check(t, db.OfferPost(ctx, c.Post, start))
		check(t, db.SentPost(ctx, "first", "me", "m", start))
		if got := offered(); !slices.Equal(got, []string{"amina first", "tom first"}) {
			t.Errorf("offered %q", got)
		}
		check(t, db.PutPosts(ctx, start, meet("second")))
		if c := say(t, db, "second", "m2"); c.Where.Room != "opened" {
			t.Errorf("the room of the second is %q", c.Where.Room)
		}
		if got := offered(); !slices.Equal(got, []string{"amina second", "amina first", "tom second", "tom first"}) {
			t.Errorf("offered %q", got)
		}
	})
}

// TestWhatIsSkippedWhileItIsSent is not tried again, and what is too late is told to whoever wants to know.
func TestWhatIsSkippedWhileItIsSent(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, url string) {
		db, ctx := open(t, url), t.Context()
		about := post("about", "hall")
		about.About = []string{bot.AboutOrganisation(7)}
		late := post("late", "shed")
		late.NotAfter, late.GivenUp = start.Add(-time.Second), "x.undone"
		check(t, db.PutPosts(ctx, start, about, late))
		if got := claim(t, db, start); got != "about" {
			t.Fatalf("claimed %s", got)
		}
		if n := must[int](t)(db.SkipPosts(ctx, bot.AboutOrganisation(7), start)); n != 0 {
			t.Errorf("%d that waited were skipped", n)
		}
		if !must[bool](t)(db.PostMayBeRead(ctx, "about")) || must[bool](t)(db.PostMayBeRead(ctx, "late")) {
			t.Error("what is being sent may be read, and what waits may not")
		}
		check(t, db.PutBackPost(ctx, "about", "me", bot.PutBack{Due: start, Tries: 1}, start))
		if got := claim(t, db, start); got != "none" {
			t.Errorf("claimed %s", got)
		}
		if got := states(t, db); !slices.Equal(got, []string{"expired", "skipped"}) {
			t.Errorf("posts are %v", got)
		}
		w, ok, _, err := db.NextMessage(ctx, start)
		check(t, err)
		if m := w.Message; !ok || m.Kind != bot.Failed || m.For != "x.undone" || m.Text != "late" {
			t.Errorf("of what was too late is told %+v", m)
		}
	})
}

func TestLanesThatRestArePassedOver(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, url string) {
		db, ctx := open(t, url), t.Context()
		check(t, db.PutPosts(ctx, start, post("a", "hall"), post("b", "shed")))
		resting := []string{post("", "hall").Where.Lane(), "no such lane"}
		c, ok, _, err := db.ClaimPost(ctx, start, "me", start.Add(time.Minute), "net", resting)
		check(t, err)
		if !ok || c.Key != "b" {
			t.Errorf("claimed %q", c.Key)
		}
		if c, ok, _, err = db.ClaimPost(ctx, start, "me", start.Add(time.Minute), "net", resting); ok || err != nil {
			t.Errorf("claimed %q, %v", c.Key, err)
		}
	})
}

// TestKeptApart: what adapters keep, and the tables that their libraries keep, are nobody else's.
func TestKeptApart(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, url string) {
		db, ctx := open(t, url), t.Context()
		check(t, db.Settings("settings").Put(ctx, "zone", "ours"))
		theirs := db.Keep("settings") // a network may be called so
		check(t, theirs.Put(ctx, "zone", "theirs"))
		check(t, theirs.Delete(ctx, "zone"))
		check(t, theirs.Delete(ctx, "zone"))
		if ours, gone := must[string](t)(db.Settings("settings").Get(ctx, "zone")), must[string](t)(theirs.Get(ctx, "zone")); ours != "ours" || gone != "" {
			t.Errorf("we keep %q, they keep %q", ours, gone)
		}
		must[bool](t)(db.PutMessage(ctx, message("slow", "hall"), start))
		free := busy(t, db, message("slow", "hall").Key())
		pool, dialect, err := db.SQL(ctx, "crypto")
		check(t, err)
		if dialect != "sqlite" && dialect != "postgres" {
			t.Errorf("it speaks %q", dialect)
		}
		// While ours is being written.
		for _, query := range []string{`create table mine (x text)`, `insert into mine values ('y')`, `drop table mine`} {
			if _, err := pool.ExecContext(ctx, query); err != nil {
				t.Errorf("%s: %v", query, err)
			}
		}
		free()
		for _, name := range []string{"", "../x", "A", "a b"} {
			if _, _, err := db.SQL(ctx, name); err == nil {
				t.Errorf("%q is a name", name)
			}
		}
	})
}

// TestWhatIsOverIsAboutNobody: however a post ends, whom and what it was about is not kept; of one that waits it is.
func TestWhatIsOverIsAboutNobody(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, url string) {
		db, ctx := open(t, url), t.Context()
		raw, _ := tables(t, url)
		group := add(t, db, "Repair Café", tom)
		claimed := func(key string) { // which must be the next
			t.Helper()
			if got := claim(t, db, start); got != key {
				t.Fatalf("claimed %s, want %s", got, key)
			}
		}
		for way, end := range map[string]func(p bot.Post){
			"sent":     func(p bot.Post) { say(t, db, p.Key, bot.MessageID("m-"+p.Key)) },
			"given up": func(p bot.Post) { claimed(p.Key); check(t, db.FinishPost(ctx, p.Key, "me", bot.PostDead, start)) },
			"too late": func(bot.Post) { claim(t, db, start) },
			"skipped":  func(bot.Post) { must[int](t)(db.SkipPosts(ctx, "it", start)) },
			"stopped while it was sent": func(p bot.Post) {
				claimed(p.Key)
				must[int](t)(db.SkipPosts(ctx, "it", start))
				check(t, db.PutBackPost(ctx, p.Key, "me", bot.PutBack{Due: start, Tries: 1}, start))
			},
			"replaced": func(p bot.Post) {
				instead := post(p.Key+"/instead", "hall")
				instead.Instead = p.Key
				check(t, db.PutPosts(ctx, start, instead))
				say(t, db, instead.Key, bot.MessageID("m-"+instead.Key))
			},
			"of whom is forgotten":        func(bot.Post) { must[[]string](t)(db.Forget(ctx, amina, start)) },
			"of what is no longer theirs": func(bot.Post) { check(t, db.Unclaim(ctx, group, start)) },
		} {
			p := post("over/"+way, "hall")
			p.About, p.Urgency = []string{"it", bot.AboutPerson(amina), bot.AboutOrganisation(group)}, bot.AtOnce
			if way == "too late" {
				p.NotAfter = start.Add(-time.Minute)
			}
			waits := post("waits/"+way, "shed")
			waits.About, waits.NotBefore = []string{"something else"}, start.Add(time.Hour)
			check(t, db.PutPosts(ctx, start, p, waits))
			end(p)
			for about, want := range map[string]int{"p.done > 0": 0, "p.key = 'over/" + way + "'": 0, "p.key = 'waits/" + way + "'": 1} {
				var n int
				check(t, raw.QueryRow(`select count(*) from post_about a join post p on p.seq = a.post where `+about).Scan(&n))
				if n != want {
					t.Errorf("%s: of %s %d things are kept that it is about, want %d", way, about, n, want)
				}
			}
		}
	})
}
