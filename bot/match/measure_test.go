package match

import (
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// shared is where real data to measure on lies, beside the project.
const shared = "../../../shared/data"

type measured struct {
	questions []string
	relevant  []map[string]bool
	ids       map[int64]string
	docs      []Document
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
			m.docs = append(m.docs, Document{ID: int64(i + 1), Name: row[1], About: row[5]})
		}
	}
	return m
}

// measure asks all questions. nDCG@10 is of binary gains with a log2 discount, the ideal being as many as are relevant, at most
// ten; success@3 is the share of questions with something relevant among the first three.
func (m measured) measure(ix *Index) (ndcg, success3, empty float64) {
	now := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	for q, question := range m.questions {
		var got, ideal, found float64
		result := ix.Rank(ix.Read(question), 10, now)
		for i, match := range result.Matches {
			if m.relevant[q][m.ids[match.ID]] {
				got += 1 / math.Log2(float64(i)+2)
				if i < 3 {
					found = 1
				}
			}
		}
		for i := range min(10, len(m.relevant[q])) {
			ideal += 1 / math.Log2(float64(i)+2)
		}
		if len(result.Matches) == 0 {
			empty++
		}
		ndcg += got / ideal
		success3 += found
	}
	n := float64(len(m.questions))
	return ndcg / n, success3 / n, empty / n
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

// TestExposure asks all questions again and again: of those who fit about as well others come first each time, and
// the answers stay as good.
func TestExposure(t *testing.T) {
	m := realData(t)
	const rounds = 12
	play := func(count bool) (never, ndcg float64) {
		ix := NewIndex(nil, Sector())
		ix.Update(m.docs, nil)
		relevant, shown := map[string]bool{}, map[string]bool{}
		for _, ids := range m.relevant {
			for id := range ids {
				relevant[id] = true
			}
		}
		for range rounds {
			n, _, _ := m.measure(ix)
			ndcg += n / rounds
			for _, question := range m.questions {
				for _, match := range ix.Rank(ix.Read(question), 3, noon).Matches {
					shown[m.ids[match.ID]] = true
					if count {
						ix.Show(match.ID)
					}
				}
			}
		}
		for id := range relevant {
			if !shown[id] {
				never++
			}
		}
		return never / float64(len(relevant)), ndcg
	}
	neverWithout, without := play(false)
	neverWith, with := play(true)
	t.Logf("in %d rounds of %d questions, of those who are relevant %.2f are never among the first three (%.2f when nobody counts); nDCG@10 %.3f (%.3f)",
		rounds, len(m.questions), neverWith, neverWithout, with, without)
	if neverWith >= neverWithout || with < without-0.02 {
		t.Error("it is no fairer, or costs too much")
	}
}
