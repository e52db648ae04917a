package match

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"ginnel/bot/blossom"
)

func roundTown(t *testing.T) (*Index, []Member) {
	t.Helper()
	ix := NewIndex(nil, Sector())
	docs := []Document{
		{ID: 1, Name: "Repair Café", Offers: []Offer{{ID: 11, Text: "a tool library"}}, Joined: true},
		{ID: 2, Name: "Tally Trust", Offers: []Offer{{ID: 21, Text: "help with annual accounts"}}, Joined: true},
		{ID: 3, Name: "Chess Club", Offers: []Offer{{ID: 31, Text: "six chess sets"}}, Joined: true},
		{ID: 4, Name: "Carers Corner", About: "We support young carers and their families, and run a food bank", Joined: true},
		{ID: 5, Name: "Elsewhere", About: "Rest and talk for young carers, a choir and a food bank", Joined: true},
		{ID: 6, Name: "Nothing Yet", Joined: true},
	}
	offers := map[int64][]Need{}
	for _, d := range docs {
		for _, o := range d.Offers {
			offers[d.ID] = append(offers[d.ID], Need{o.ID, o.Text})
		}
	}
	for n := range 40 {
		docs = append(docs, Document{ID: int64(100 + n), Name: "Other " + strconv.Itoa(n)})
	}
	ix.Update(docs, nil)
	members := []Member{
		{ID: 1, Needs: []Need{{101, "someone to examine our accounts"}}, Ready: 0.5, Missed: 1},
		{ID: 2, Needs: []Need{{201, "a set of tools to borrow"}}, Ready: 0.5, Missed: 1},
		{ID: 3, Needs: []Need{{301, "help with accounts"}}, Ready: 0.5, Missed: 1},
		{ID: 4, Ready: 0.5, Missed: 1},
		{ID: 5, Ready: 0.5, Missed: 1},
		{ID: 6, Ready: 0.5, Missed: 1},
	}
	for i := range members {
		members[i].Offers = offers[members[i].ID]
	}
	return ix, members
}

func nobodyBarred(int64, int64) bool { return false }

func TestRound(t *testing.T) {
	ix, members := roundTown(t)
	now := time.Unix(1.8e9, 0)
	got := ix.Round(members, nobodyBarred, 1, now)
	var kinds []string
	for _, p := range got.Pairs {
		kinds = append(kinds, strconv.FormatInt(p.A, 10)+"+"+strconv.FormatInt(p.B, 10)+" "+string(p.Reason.Kind))
	}
	if want := []string{"1+2 helps both", "4+5 same field"}; !slices.Equal(kinds, want) {
		t.Errorf("chosen %v, want %v", kinds, want)
	}
	if r := got.Pairs[0].Reason; r.NeedA != 101 || r.OfferB != 21 || r.NeedB != 201 || r.OfferA != 11 {
		t.Errorf("the reason is %+v", r)
	}
	if r := got.Pairs[1].Reason; !slices.Contains(r.Words, "young carers") {
		t.Errorf("the reason is %+v", r)
	}
	if want := []LeftOut{{3, OddOne}, {6, NoReason}}; !slices.Equal(got.Left, want) {
		t.Errorf("left out %v, want %v", got.Left, want)
	}
	slices.Reverse(members)
	if again := ix.Round(members, nobodyBarred, 1, now); !reflect.DeepEqual(got, again) {
		t.Errorf("in another order it is another round: %v", again)
	}
	barred := ix.Round(members, func(a, b int64) bool { return a == 1 && b == 2 || a == 4 }, 1, now)
	if len(barred.Pairs) != 1 || barred.Pairs[0].Reason.Kind != HelpsOne && barred.Pairs[0].Reason.Kind != SameNeed {
		t.Errorf("with those barred: %+v", barred.Pairs)
	}
	if !slices.Contains(barred.Left, LeftOut{4, AllBarred}) {
		t.Errorf("with those barred left out: %v", barred.Left)
	}
}

// roundCharities makes a network of every step-th real charity. Each offers what its own words say, and needs what the
// words of another say.
func roundCharities(t testing.TB, step int) (*Index, []Member, map[int64]bool) {
	t.Helper()
	f, err := os.Open(filepath.Join(shared, "charities.csv"))
	if os.IsNotExist(err) {
		t.Skip("the real data to measure on is not beside the project (../shared/data)")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	column := map[string]int{}
	for i, h := range rows[0] {
		column[h] = i
	}
	own := func(row []string) []string {
		return strings.FieldsFunc(row[column["activities"]], func(r rune) bool { return strings.ContainsRune(".;:,", r) })
	}
	var docs []Document
	var members []Member
	small := map[int64]bool{}
	rows = rows[1:]
	const far = 1009 // a prime, so that needs come from all over the register
	for n := 0; n < len(rows); n += step {
		row, other := rows[n], rows[(n+far)%len(rows)]
		id := int64(n + 1)
		d := Document{ID: id, Name: row[column["name"]], About: row[column["activities"]], Joined: true}
		d.Outcode, _, _ = strings.Cut(row[column["postcode"]], " ")
		// As many of each as groups name that are asked.
		for k, text := range own(row) {
			if k < 3 {
				d.Offers = append(d.Offers, Offer{ID: 10*id + int64(k), Text: text})
			}
		}
		m := Member{ID: id, Ready: 0.5, Missed: 1}
		for _, o := range d.Offers {
			m.Offers = append(m.Offers, Need{o.ID, o.Text})
		}
		for k, text := range own(other) {
			if k < 3 {
				m.Needs = append(m.Needs, Need{10*id + int64(k), text})
			}
		}
		income, err := strconv.ParseFloat(row[column["income"]], 64)
		small[id] = err != nil || income < 100_000
		docs, members = append(docs, d), append(members, m)
	}
	ix := NewIndex(nil, Sector())
	ix.Update(docs, nil)
	return ix, members, small
}

// TestRoundsOfCharities plays 26 weeks in which everybody asks for one a week.
func TestRoundsOfCharities(t *testing.T) {
	step, weeks := 6, 8
	if os.Getenv("GINNEL_SOAK") != "" {
		step, weeks = 1, 26
	} else if raceDetector || testing.Short() {
		weeks = 3
	}
	ix, members, small := roundCharities(t, step)
	now := time.Unix(1.8e9, 0)
	began := time.Now()
	play := func(fair bool) (value int64, got map[int64]int, pairs, smalls int) {
		met := map[[2]int64]bool{}
		got = map[int64]int{}
		for week := range weeks {
			at := slices.Clone(members)
			for i := range at {
				at[i].Introduced = got[at[i].ID]
				if week > 0 {
					at[i].Missed = 0
				}
			}
			chosen := ix.Round(at, func(a, b int64) bool { return met[[2]int64{a, b}] }, uint64(week), now)
			if !fair {
				chosen.Pairs = greedy(ix, at, func(a, b int64) bool { return met[[2]int64{a, b}] }, now)
			} else if share := float64(2*len(chosen.Pairs)) / float64(chosen.Worthy); share < 0.99 {
				t.Errorf("week %d: %.3f of those are matched for whom there is somebody", week, share)
			}
			for _, p := range chosen.Pairs {
				if met[[2]int64{p.A, p.B}] {
					t.Fatalf("week %d: %d and %d meet again", week, p.A, p.B)
				}
				met[[2]int64{p.A, p.B}] = true
				value += p.Value
				got[p.A]++
				got[p.B]++
				pairs++
				if small[p.A] && small[p.B] {
					smalls++
				}
			}
		}
		return value, got, pairs, smalls
	}
	value, got, pairs, smalls := play(true)
	t.Logf("%d members, %d weeks: %.1f s a round", len(members), weeks, time.Since(began).Seconds()/float64(weeks))
	best, _, _, _ := play(false)
	var counts []int
	smallMembers := 0
	for _, m := range members {
		counts = append(counts, got[m.ID])
		if small[m.ID] {
			smallMembers++
		}
	}
	slices.Sort(counts)
	// Nobody can be served whom nothing joins to anybody.
	const few = 8
	partners := worthyPartners(ix, members, now)
	var met []int // how often those met somebody who could
	for _, m := range members {
		if partners[m.ID] >= few {
			met = append(met, got[m.ID])
		}
	}
	slices.Sort(met)
	lonely, least, gini := len(members)-len(met), met[0], unequal(met)
	pool := float64(smallMembers) / float64(len(members))
	share := float64(smalls) / float64(pairs)
	t.Logf("value %d (best pairs each week %d); least served %d, 5 of 100 %d, median %d; Gini %.3f; between two small %.3f, of the pool %.3f",
		value, best, counts[0], counts[len(counts)/20], counts[len(counts)/2], unequal(counts), share, pool*pool)
	t.Logf("%d have fewer than %d others whom there is a reason to meet; the least served of the rest got %d, their Gini is %.3f", lonely, few, least, gini)
	if weeks >= 26 && least < few {
		t.Errorf("somebody with enough others to meet got %d in %d weeks", least, weeks)
	}
	// A thousandth or two is chance: which pairs are between small ones is not asked when they are chosen.
	const chance = 0.015
	if value < best || gini > 0.10 || share < pool*pool-chance {
		t.Error("that is not good enough")
	}
}

// unequal is the Gini coefficient of counts, which are sorted: 0 when all are equal.
func unequal(counts []int) float64 {
	sum, ranked := 0, 0
	for i, c := range counts {
		sum += c
		ranked += (2*(i+1) - len(counts) - 1) * c
	}
	return float64(ranked) / float64(max(sum, 1)*len(counts))
}

// worthyPartners counts for each member those whom there is a reason to meet, or as many as are looked at.
func worthyPartners(ix *Index, members []Member, now time.Time) map[int64]int {
	of := map[int64]int{}
	ix.round(members, nobodyBarred, 0, now, func(vertices int, edges []blossom.Edge) []int {
		for _, e := range edges { // members are by number
			of[members[e.U].ID]++
			of[members[e.V].ID]++
		}
		return slices.Repeat([]int{-1}, vertices)
	}, true)
	return of
}

// greedy takes the best pair, and then the best that is left.
func greedy(ix *Index, members []Member, barred func(a, b int64) bool, now time.Time) []Pair {
	return ix.round(members, barred, 0, now, func(vertices int, edges []blossom.Edge) []int {
		mate := slices.Repeat([]int{-1}, vertices)
		slices.SortFunc(edges, func(a, b blossom.Edge) int { return int(b.Weight - a.Weight) })
		for _, e := range edges {
			if mate[e.U] < 0 && mate[e.V] < 0 {
				mate[e.U], mate[e.V] = e.V, e.U
			}
		}
		return mate
	}, false).Pairs
}

func TestSharedNeeds(t *testing.T) {
	ix := NewIndex(nil, Sector())
	members := []Member{
		{ID: 4, Needs: []Need{{41, "a minibus in July"}, {42, "posters printed"}}},
		{ID: 1, Needs: []Need{{11, "help with accounts"}, {12, "a minibus for an outing"}}},
		{ID: 2, Needs: []Need{{21, "a minibus now and then"}}},
		{ID: 3, Needs: []Need{{31, "posters printed"}}},
	}
	got := ix.SharedNeeds(members, 3)
	if len(got) != 1 || !reflect.DeepEqual(got[0].Needs, map[int64]int64{1: 12, 2: 21, 4: 41}) {
		t.Errorf("shared are %+v", got)
	}
	slices.Reverse(members)
	if again := ix.SharedNeeds(members, 3); !reflect.DeepEqual(got, again) {
		t.Errorf("in another order they are %+v", again)
	}
	if two := ix.SharedNeeds(members, 2); len(two) != 1 {
		t.Errorf("of two they are %+v", two) // who prints posters is taken by the minibus
	}
}
