package intent

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"slices"
	"strings"
)

//go:embed en/learnt.gz
var learntFile []byte

// A Reader reads intents. It is safe for concurrent use.
type Reader struct {
	same    map[string]string   // how a word is mostly written
	class   map[string]string   // the kind of a word: day, month …
	joins   map[string]string   // what a word may do between two parts: join them, or begin the second
	intents *table              // of features of a message
	tags    *table              // of features of a word
	offers  *table              // of features of what is offered
	slots   map[string][]string // of each intent that has any
}

// New is the reader that the program was built with. It takes a few hundredths of a second: make one and keep it.
func New() *Reader {
	r, err := readReader(learntFile)
	if err != nil {
		panic("the table of intents is damaged: " + err.Error()) // it is part of the program
	}
	return r
}

// newReader knows the words and has learnt nothing.
func newReader() *Reader {
	return &Reader{same: readWordFile(sameFile), class: readWordFile(classesFile), joins: readWordFile(joinsFile), slots: map[string][]string{}}
}

// write makes the file of what was learnt: gzip over the three tables, and a line for each intent with its slots.
func (r *Reader) write() []byte {
	var out []byte
	for _, t := range []*table{r.intents, r.tags, r.offers} {
		out = t.append(out)
	}
	for _, intent := range r.intents.names {
		if slots := r.slots[intent]; len(slots) > 0 {
			out = append(out, intent+" "+strings.Join(slots, " ")+"\n"...)
		}
	}
	var b bytes.Buffer
	z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
	// A buffer in memory takes whatever it is given.
	_, _ = z.Write(out)
	_ = z.Close()
	return b.Bytes()
}

func readReader(file []byte) (*Reader, error) {
	z, err := gzip.NewReader(bytes.NewReader(file))
	if err != nil {
		return nil, err
	}
	rest, err := io.ReadAll(z)
	if err != nil {
		return nil, err
	}
	r := newReader()
	for _, t := range []**table{&r.intents, &r.tags, &r.offers} {
		if *t, rest, err = readTable(rest); err != nil {
			return nil, err
		}
	}
	for line := range strings.Lines(string(rest)) {
		fields := strings.Fields(line)
		if len(fields) < 2 {
			return nil, errors.New("an intent has no slots")
		}
		r.slots[fields[0]] = fields[1:]
	}
	return r, nil
}

// A table holds weights of features for and against each of its names.
type table struct {
	names []string
	all   []weight // bucket by bucket
	ends  []uint32 // by bucket: where its weights end among all
	step  float64  // what one step of a weight stands for
}

// row are the weights of a bucket.
func (t *table) row(b uint32) []weight {
	if b == 0 {
		return t.all[:t.ends[0]]
	}
	return t.all[t.ends[b-1]:t.ends[b]]
}

// A weight is for or against one name.
type weight struct {
	name  uint8
	steps int8
}

// round keeps the weights that count, as whole steps. What is lighter than the lightest moves no probability that anybody
// sees.
func round(names []string, weights []float32, lightest float64) *table {
	var most float64
	for _, w := range weights {
		most = max(most, math.Abs(float64(w)))
	}
	t := &table{names: names, ends: make([]uint32, len(weights)/len(names)), step: most / math.MaxInt8}
	for b := range t.ends {
		for i, w := range weights[b*len(names) : (b+1)*len(names)] {
			if math.Abs(float64(w)) < lightest {
				continue
			}
			if steps := math.Round(float64(w) / t.step); steps != 0 {
				t.all = append(t.all, weight{uint8(i), int8(steps)})
			}
		}
		t.ends[b] = uint32(len(t.all))
	}
	return t
}

// valueSteps is how finely the value of a feature is told.
const valueSteps = 1 << 10

// scores adds up what the features say of each name. They are summed as whole numbers, which are the same on every machine.
func (t *table) scores(features []feature) []float64 {
	sums := make([]int64, len(t.names))
	for _, f := range features {
		value := int64(math.Round(float64(f.value) * valueSteps))
		for _, w := range t.row(f.bucket % uint32(len(t.ends))) {
			sums[w.name] += value * int64(w.steps)
		}
	}
	scores := make([]float64, len(sums))
	for k, s := range sums {
		scores[k] = float64(s) * t.step / valueSteps
	}
	return scores
}

// append writes a table: its names, one a line, and an empty one; the step as a 64-bit float; how many buckets there are; and
// for each how many weights it has, their names, and their steps.
func (t *table) append(out []byte) []byte {
	out = append(out, strings.Join(t.names, "\n")+"\n\n"...)
	out = binary.LittleEndian.AppendUint64(out, math.Float64bits(t.step))
	out = binary.LittleEndian.AppendUint32(out, uint32(len(t.ends)))
	for b := range t.ends {
		row := t.row(uint32(b))
		out = append(out, byte(len(row)))
		for _, w := range row {
			out = append(out, w.name)
		}
		for _, w := range row {
			out = append(out, byte(w.steps))
		}
	}
	return out
}

func readTable(file []byte) (*table, []byte, error) {
	names, rest, ok := bytes.Cut(file, []byte("\n\n"))
	if !ok || len(rest) < 12 {
		return nil, nil, errors.New("it ends within a head")
	}
	t := &table{names: strings.Split(string(names), "\n"), step: math.Float64frombits(binary.LittleEndian.Uint64(rest))}
	n := binary.LittleEndian.Uint32(rest[8:])
	if n == 0 || n > buckets {
		return nil, nil, errors.New("it has too many rows, or none")
	}
	t.ends, rest = make([]uint32, n), rest[12:]
	t.all = make([]weight, 0, len(rest)/2)
	for b := range t.ends {
		if len(rest) == 0 || len(rest) < 1+2*int(rest[0]) {
			return nil, nil, errors.New("it ends within a row")
		}
		n := int(rest[0])
		for i := range n {
			t.all = append(t.all, weight{rest[1+i], int8(rest[1+n+i])})
			if int(rest[1+i]) >= len(t.names) {
				return nil, nil, errors.New("it weighs a name that it does not have")
			}
		}
		t.ends[b] = uint32(len(t.all))
		rest = rest[1+2*n:]
	}
	t.all = slices.Clone(t.all) // the other tables stood in its room
	return t, rest, nil
}
