package match

import (
	"cmp"
	"encoding/csv"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// shared is where real data to measure on lies, beside the project.
const shared = "../../../shared/data"

type measured struct {
	questions []string
	relevant  []map[string]bool
	ids       map[int64]string
	docs      []Document
	places    *Gazetteer
}

func realData(t testing.TB) measured {
	t.Helper()
	read := func(name string) string {
		text, err := os.ReadFile(filepath.Join(shared, name))
		if os.IsNotExist(err) {
			t.Skip("the real data to measure on is not beside the project (../shared/data)")
		}
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	m := measured{ids: map[int64]string{}}
	relevant := map[string]map[string]bool{}
	for line := range strings.Lines(read("who-can-help/relevant.tsv")) {
		q, org, _ := strings.Cut(strings.TrimSpace(line), "\t")
		if relevant[q] == nil {
			relevant[q] = map[string]bool{}
		}
		relevant[q][org] = true
	}
	for line := range strings.Lines(read("who-can-help/queries.tsv")) {
		id, question, _ := strings.Cut(strings.TrimSpace(line), "\t")
		m.questions = append(m.questions, question)
		m.relevant = append(m.relevant, relevant[id])
	}
	rows, err := csv.NewReader(strings.NewReader(read("charities.csv"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for i, row := range rows[1:] {
		if !seen[row[0]] {
			seen[row[0]] = true
			m.ids[int64(i+1)] = row[0]
			outcode, _, _ := strings.Cut(row[2], " ")
			m.docs = append(m.docs, Document{ID: int64(i + 1), Name: row[1], About: row[5], Outcode: outcode})
		}
	}
	places, err := csv.NewReader(strings.NewReader(read("outcodes.csv"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var outcodes []PlaceRow
	for _, row := range places[1:] {
		lat, errLat := strconv.ParseFloat(row[3], 64)
		lon, errLon := strconv.ParseFloat(row[4], 64)
		if errLat != nil || errLon != nil {
			t.Fatalf("no place: %q", row)
		}
		outcodes = append(outcodes, PlaceRow{row[0], row[5], lat, lon, row[6]})
	}
	m.places = NewGazetteer(outcodes)
	return m
}

// ndcg is of the ten answers to question q: binary gains with a log2 discount, the ideal being as many as are relevant, at
// most ten.
func (m measured) ndcg(q int, matches []Match) float64 {
	var got, ideal float64
	for i, match := range matches {
		if m.relevant[q][m.ids[match.ID]] {
			got += 1 / math.Log2(float64(i)+2)
		}
	}
	for i := range min(10, len(m.relevant[q])) {
		ideal += 1 / math.Log2(float64(i)+2)
	}
	return got / ideal
}

// measure asks all questions. success@3 is the share of questions with something relevant among the first three.
func (m measured) measure(ix *Index) (ndcg, success3, empty float64) {
	for q, question := range m.questions {
		matches := ix.Rank(ix.ParseRequest(question), 10, noon).Matches
		ndcg += m.ndcg(q, matches)
		if slices.ContainsFunc(matches[:min(3, len(matches))], func(x Match) bool { return m.relevant[q][m.ids[x.ID]] }) {
			success3++
		}
		if len(matches) == 0 {
			empty++
		}
	}
	n := float64(len(m.questions))
	return ndcg / n, success3 / n, empty / n
}

// TestRealPlaces asks all questions near eight places each: answers that fit come from nearer, and fit about as well.
func TestRealPlaces(t *testing.T) {
	m := realData(t)
	ix := NewIndex(m.places, Sector())
	ix.Update(m.docs, nil)
	const near = 25 // km
	play := func(placed bool) (ndcg, found float64) {
		random := rand.New(rand.NewPCG(1, 2))
		var asked, could float64
		for q, question := range m.questions {
			for range 8 {
				at := m.docs[random.IntN(len(m.docs))].Outcode
				isNear := func(d Document) bool {
					km, ok := m.places.Distance(at, d.Outcode)
					return ok && km < near && m.relevant[q][m.ids[d.ID]]
				}
				r := ix.ParseRequest(question)
				if placed {
					r.Outcode = at
				}
				matches := ix.Rank(r, 10, noon).Matches
				ndcg += m.ndcg(q, matches)
				asked++
				if !slices.ContainsFunc(m.docs, isNear) {
					continue
				}
				could++
				if slices.ContainsFunc(matches[:min(3, len(matches))], func(x Match) bool {
					i := slices.IndexFunc(m.docs, func(d Document) bool { return d.ID == x.ID })
					return isNear(m.docs[i])
				}) {
					found++
				}
			}
		}
		return ndcg / asked, found / could
	}
	without, foundWithout := play(false)
	with, foundWith := play(true)
	t.Logf("near a place: nDCG@10 %.3f (%.3f when none is named); of those who could be helped within %d km, %.2f are told of it in three answers (%.2f)",
		with, without, near, foundWith, foundWithout)
	if with < without-0.01 || foundWith < 1.5*foundWithout {
		t.Error("it is no nearer, or costs too much")
	}
}

// TestRealQuestions holds the ranking to what it reaches on real charities; plain BM25 reaches 0.397 and 0.78.
func TestRealQuestions(t *testing.T) {
	m := realData(t)
	for _, c := range []struct {
		name      string
		thesaurus *Thesaurus
		ndcg      float64
	}{{"without a thesaurus", nil, 0.30}, {"with it", Sector(), 0.55}} {
		ix := NewIndex(nil, c.thesaurus)
		ix.Update(m.docs, nil)
		ndcg, success3, empty := m.measure(ix)
		t.Logf("%s: %d questions over %d organisations: nDCG@10 %.3f, success@3 %.2f, unanswered %.2f", c.name, len(m.questions), len(m.docs), ndcg, success3, empty)
		if ndcg < c.ndcg {
			t.Errorf("%s: nDCG@10 is %.3f, want %.2f", c.name, ndcg, c.ndcg)
		}
	}
}

// TestWhatElseCounts gives everybody a chance freshness and a chance record, which say nothing of who is relevant: all that
// they can do is to change the order of those who fit about as well, and the answers stay nearly as good.
func TestWhatElseCounts(t *testing.T) {
	m := realData(t)
	ix := NewIndex(nil, Sector())
	ix.Update(m.docs, nil)
	plain, plain3, _ := m.measure(ix)
	const seeds = 5
	var ndcg, success3, worst float64
	worst = 1
	for seed := range uint64(seeds) {
		random := rand.New(rand.NewPCG(seed, 1))
		docs, records := slices.Clone(m.docs), map[int64]Record{}
		for i := range docs {
			docs[i].Confirmed = noon.AddDate(0, 0, -random.IntN(3*365))
			asked := random.IntN(20)
			records[docs[i].ID] = Record{asked, random.IntN(asked + 1)}
		}
		ix.Update(docs, nil)
		ix.SetRecords(records)
		n, s, _ := m.measure(ix)
		ndcg, success3, worst = ndcg+n/seeds, success3+s/seeds, min(worst, n)
	}
	t.Logf("nDCG@10 %.3f, success@3 %.2f (%.3f, %.2f when all are alike); the worst of %d draws %.3f", ndcg, success3, plain, plain3, seeds, worst)
	if ndcg < plain-0.015 || success3 < plain3-0.03 {
		t.Error("they cost too much")
	}
}

// asks is what an organisation would ask for if it asked in its own words: the first clause of what it says that it does, up
// to six words that say anything.
func asks(about string) string {
	if i := strings.IndexAny(about, ".,;:()\n"); i > 15 {
		about = about[:i]
	}
	var words []string
	says := 0
	for word := range strings.FieldsSeq(about) {
		if words = append(words, word); !stopWords[strings.ToLower(word)] {
			says++
		}
		if says == 6 {
			break
		}
	}
	return strings.Join(words, " ")
}

// TestExposure has each organisation ask once, in words of its own, and be told of three others. An organisation could be
// shown when its words fit one of the questions about as well as the third answer to it does. Few of those are never shown,
// nobody is shown all the time, and the 55 questions are answered nearly as well meanwhile.
func TestExposure(t *testing.T) {
	m := realData(t)
	could := map[int64]bool{}
	play := func(count bool) (never, neverOfAll, ndcg float64, most int) {
		ix := NewIndex(nil, Sector())
		ix.Update(m.docs, nil)
		shown := map[int64]int{}
		var measured float64
		for i, d := range m.docs {
			r := Request{What: asks(d.About)}
			matches := ix.Rank(r, 3, noon, d.ID).Matches
			for _, x := range matches {
				shown[x.ID]++
				if count {
					ix.Show(x.ID)
				}
			}
			if len(matches) > 0 && !count {
				least := slices.MinFunc(matches, func(a, b Match) int { return cmp.Compare(a.Score, b.Score) }).Score
				for _, x := range ix.Rank(r, 60, noon, d.ID).Matches {
					if x.Score >= least/1.12 {
						could[x.ID] = true
					}
				}
			}
			if i%400 == 399 {
				n, _, _ := m.measure(ix)
				ndcg += n
				measured++
			}
		}
		for id := range could {
			if shown[id] == 0 {
				never++
			}
		}
		for _, n := range shown {
			most = max(most, n)
		}
		return never / float64(len(could)), 1 - float64(len(shown))/float64(len(m.docs)), ndcg / measured, most
	}
	without, withoutOfAll, ndcgWithout, maxWithout := play(false)
	with, withOfAll, ndcg, most := play(true)
	t.Logf("%d questions: of those who could be shown %.3f never are (%.3f when nobody counts), of all %.3f (%.3f); the most shown %d times (%d); nDCG@10 meanwhile %.3f (%.3f)",
		len(m.docs), with, without, withOfAll, withoutOfAll, most, maxWithout, ndcg, ndcgWithout)
	if with > 0.06 || most >= maxWithout || ndcg < ndcgWithout-0.01 {
		t.Error("it is no fairer, or costs too much")
	}
}
