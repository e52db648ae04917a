// Bench measures the answers to “who can help with …?” beside those of the engines that people would otherwise
// use, on the same register and questions, in one run.
//
//	go run . CHARITIES.csv QUESTIONS.tsv RELEVANT.tsv [BIG.csv]
//
// The first three are measured for how good the answers are; with a fourth file, a large register, for speed.
// The other engines are asked for the words of the request without the frame of the question, so that
// nobody is measured by words that mean nothing.
package main

import (
	"database/sql"
	"encoding/csv"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/analysis/lang/en"
	"github.com/blevesearch/bleve/v2/mapping"
	index "github.com/blevesearch/bleve_index_api"
	_ "modernc.org/sqlite"

	"ginnel/bot/match"
)

type document struct{ id, name, about string }

// An engine answers with the best ten documents, by their places in the register.
type engine interface {
	build(docs []document) error
	change(at int, d document) error
	search(what string) ([]int, error)
	size() int64 // bytes on disk, 0 for what is in memory
}

func main() {
	if len(os.Args) < 4 {
		fmt.Fprintln(os.Stderr, "usage: bench CHARITIES.csv QUESTIONS.tsv RELEVANT.tsv [BIG.csv]")
		os.Exit(2)
	}
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(files []string) error {
	docs, err := readDocs(files[0])
	if err != nil {
		return err
	}
	ids, questions, err := readQuestions(files[1])
	if err != nil {
		return err
	}
	relevant, err := readRelevant(files[2])
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	fmt.Printf("%d organisations, %d questions\n%-12s %8s %9s\n", len(docs), len(questions), "", "nDCG@10", "success@3")
	for _, e := range engines(filepath.Join(dir, "small")) {
		if err := e.engine.build(docs); err != nil {
			return fmt.Errorf("%s: %w", e.name, err)
		}
		var ndcg, success float64
		for i, q := range questions {
			found, err := e.engine.search(q)
			if err != nil {
				return fmt.Errorf("%s: %w", e.name, err)
			}
			n, s := judge(found, docs, relevant[ids[i]])
			ndcg, success = ndcg+n, success+s
		}
		n := float64(len(questions))
		fmt.Printf("%-12s %8.3f %9.2f\n", e.name, ndcg/n, success/n)
	}
	if len(files) < 4 {
		return nil
	}
	if docs, err = readDocs(files[3]); err != nil {
		return err
	}
	fmt.Printf("\n%d organisations\n%-12s %8s %9s %9s %11s %10s %9s\n", len(docs), "", "build", "p50", "p99", "one change", "in memory", "on disk")
	var ours time.Duration
	for _, e := range engines(filepath.Join(dir, "big")) {
		debug.FreeOSMemory()
		before := resident()
		began := time.Now()
		if err := e.engine.build(docs); err != nil {
			return fmt.Errorf("%s: %w", e.name, err)
		}
		built := time.Since(began)
		var took []time.Duration
		// Somebody else may hold the machine up, so the quick are asked more often.
		const least, most, enough = 3, 40, 5 * time.Second
		asking := time.Now()
		for n := 0; n < least || n < most && time.Since(asking) < enough; n++ {
			for _, q := range questions {
				began := time.Now()
				if _, err := e.engine.search(q); err != nil {
					return fmt.Errorf("%s: %w", e.name, err)
				}
				took = append(took, time.Since(began))
			}
		}
		slices.Sort(took)
		const changes = 100
		began = time.Now()
		for i := range changes {
			at := i * (len(docs) / changes)
			if err := e.engine.change(at, document{docs[at].id, docs[at].name, "food parcels and a van"}); err != nil {
				return fmt.Errorf("%s: %w", e.name, err)
			}
		}
		change := time.Since(began) / changes
		debug.FreeOSMemory()
		held := resident() - before
		p50 := took[len(took)/2]
		if ours == 0 {
			ours = p50
		}
		fmt.Printf("%-12s %7.1fs %7.2fms %7.2fms %9.2fms %7.0f MB %6.0f MB   %.1f times ours\n", e.name, built.Seconds(), ms(p50), ms(took[len(took)*99/100]),
			ms(change), float64(held)/1e6, float64(e.engine.size())/1e6, float64(p50)/float64(ours))
	}
	return nil
}

// resident is how many bytes of memory the process holds, without files that are mapped into it. It is known on
// Linux alone.
func resident() (bytes int64) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		if f := strings.Fields(line); len(f) > 1 && f[0] == "RssAnon:" {
			kb, _ := strconv.ParseInt(f[1], 10, 64)
			return kb << 10
		}
	}
	return 0
}

func ms(d time.Duration) float64 { return d.Seconds() * 1000 }

type named struct {
	name   string
	engine engine
}

func engines(dir string) []named {
	return []named{{"ginnel", &ginnel{}}, {"bleve", &bleveDisk{path: dir + ".bleve"}}, {"SQLite FTS5", &fts5{path: dir + ".db"}}}
}

// judge is nDCG@10 of binary gains with a log2 discount, and whether one of the first three is relevant.
func judge(found []int, docs []document, relevant map[string]bool) (ndcg, success float64) {
	var ideal float64
	for i, at := range found[:min(len(found), 10)] {
		if relevant[docs[at].id] {
			ndcg += 1 / math.Log2(float64(i)+2)
			if i < 3 {
				success = 1
			}
		}
	}
	for i := range min(10, len(relevant)) {
		ideal += 1 / math.Log2(float64(i)+2)
	}
	return ndcg / ideal, success
}

type ginnel struct{ index *match.Index }

func (g *ginnel) build(docs []document) error {
	g.index = match.NewIndex(nil, match.Sector())
	const batch = 20_000
	for from := 0; from < len(docs); from += batch {
		var put []match.Document
		for i, d := range docs[from:min(from+batch, len(docs))] {
			put = append(put, match.Document{ID: int64(from + i), Name: d.name, About: d.about})
		}
		g.index.Update(put, nil)
	}
	return nil
}

func (g *ginnel) change(at int, d document) error {
	g.index.Update([]match.Document{{ID: int64(at), Name: d.name, About: d.about}}, nil)
	return nil
}

func (g *ginnel) search(question string) (all []int, err error) {
	for _, m := range g.index.Rank(g.index.ParseRequest(question), 10, time.Unix(1_800_000_000, 0)).Matches {
		all = append(all, int(m.ID))
	}
	return all, nil
}

func (g *ginnel) size() int64 { return 0 }

// frame are words that say nothing of what is wanted.
var frame = func() map[string]bool {
	all := map[string]bool{}
	for _, w := range strings.Fields(`a an and any anyone are as at be by can could do does for from get group has have help i in is it
		know looking me my need of on one or our out over run runs so some someone something such that the their them they this to up us want we
		what where which who whom with would you your`) {
		all[w] = true
	}
	return all
}()

func wanted(question string) (words []string) {
	for _, w := range strings.FieldsFunc(strings.ToLower(question), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if !frame[w] && len(w) > 1 {
			words = append(words, w)
		}
	}
	return words
}

type bleveDisk struct {
	path  string
	index bleve.Index
}

func (b *bleveDisk) build(docs []document) (err error) {
	m := bleve.NewIndexMapping()
	m.DefaultAnalyzer, m.ScoringModel = en.AnalyzerName, index.BM25Scoring
	text := mapping.NewTextFieldMapping()
	text.Store, text.IncludeInAll, text.IncludeTermVectors = false, false, false
	m.DefaultMapping.Dynamic = false
	m.DefaultMapping.AddFieldMappingsAt("text", text)
	if b.index, err = bleve.New(b.path, m); err != nil {
		return err
	}
	batch := b.index.NewBatch()
	for i, d := range docs {
		if err := batch.Index(strconv.Itoa(i), map[string]any{"text": d.name + " " + d.about}); err != nil {
			return err
		}
		if batch.Size() == 5000 || i == len(docs)-1 {
			if err := b.index.Batch(batch); err != nil {
				return err
			}
			batch.Reset()
		}
	}
	return nil
}

func (b *bleveDisk) change(at int, d document) error {
	return b.index.Index(strconv.Itoa(at), map[string]any{"text": d.name + " " + d.about})
}

func (b *bleveDisk) search(question string) (all []int, err error) {
	q := bleve.NewMatchQuery(strings.Join(wanted(question), " "))
	q.SetField("text")
	found, err := b.index.Search(bleve.NewSearchRequestOptions(q, 10, 0, false))
	if err != nil {
		return nil, err
	}
	for _, h := range found.Hits {
		i, err := strconv.Atoi(h.ID)
		if err != nil {
			return nil, err
		}
		all = append(all, i)
	}
	return all, nil
}

func (b *bleveDisk) size() int64 { return diskSize(b.path) }

type fts5 struct {
	path string
	db   *sql.DB
}

func (f *fts5) build(docs []document) (err error) {
	if f.db, err = sql.Open("sqlite", "file:"+f.path+"?_pragma=journal_mode(wal)&_pragma=synchronous(normal)"); err != nil {
		return err
	}
	if _, err := f.db.Exec(`create virtual table docs using fts5(text, tokenize = 'porter unicode61 remove_diacritics 2', content = '')`); err != nil {
		return err
	}
	tx, err := f.db.Begin()
	if err != nil {
		return err
	}
	for i, d := range docs {
		if _, err := tx.Exec(`insert into docs (rowid, text) values (?, ?)`, i+1, d.name+" "+d.about); err != nil {
			return errors.Join(err, tx.Rollback())
		}
	}
	return tx.Commit()
}

// change adds what is new; taking the old away would cost as much again.
func (f *fts5) change(at int, d document) error {
	_, err := f.db.Exec(`insert into docs (rowid, text) values (?, ?)`, 10_000_000+at, d.name+" "+d.about)
	return err
}

func (f *fts5) search(question string) (all []int, err error) {
	words := wanted(question)
	if len(words) == 0 {
		return nil, nil
	}
	for i, w := range words {
		words[i] = `"` + w + `"`
	}
	rows, err := f.db.Query(`select rowid from docs where docs match ? order by bm25(docs) limit 10`, strings.Join(words, " OR "))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id int
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		all = append(all, id-1)
	}
	return all, rows.Err()
}

func (f *fts5) size() int64 { return diskSize(f.path) }

func diskSize(path string) (n int64) {
	_ = filepath.Walk(path, func(_ string, info os.FileInfo, err error) error {
		if err == nil && !info.IsDir() {
			n += info.Size()
		}
		return nil
	})
	return n
}

func readDocs(file string) (docs []document, err error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	column := map[string]int{}
	for i, h := range rows[0] {
		column[h] = i
	}
	seen := map[string]bool{}
	for _, r := range rows[1:] {
		d := document{r[column["org_id"]], r[column["name"]], r[column["activities"]]}
		if !seen[d.id+"\x00"+d.name] {
			docs = append(docs, d)
		}
		seen[d.id+"\x00"+d.name] = true
	}
	return docs, nil
}

func readPairs(file string, take func(a, b string)) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(text)) {
		if a, b, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok {
			take(a, b)
		}
	}
	return nil
}

func readQuestions(file string) (ids, questions []string, err error) {
	err = readPairs(file, func(id, q string) { ids, questions = append(ids, id), append(questions, q) })
	return ids, questions, err
}

func readRelevant(file string) (map[string]map[string]bool, error) {
	all := map[string]map[string]bool{}
	return all, readPairs(file, func(q, org string) {
		if all[q] == nil {
			all[q] = map[string]bool{}
		}
		all[q][org] = true
	})
}
