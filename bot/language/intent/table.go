package intent

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"strings"
)

//go:embed en/learnt.gz
var learntFile []byte

// A Reader reads intents. It is safe for concurrent use.
type Reader struct {
	same    map[string]string
	intents []string
	table   [][]weight // by bucket
	step    float64    // what one step of a weight stands for
}

// A weight is for or against one intent.
type weight struct {
	intent uint8
	steps  int8
}

// lightest is the smallest weight that is kept: what is less moves no probability that anybody sees.
const lightest = 0.1

// round keeps the weights that count as whole steps.
func (r *Reader) round(weights []float32) {
	var most float64
	for _, w := range weights {
		most = max(most, math.Abs(float64(w)))
	}
	r.step = float64(float32(most / math.MaxInt8))
	r.table = make([][]weight, buckets)
	for i, w := range weights {
		if math.Abs(float64(w)) < lightest {
			continue
		}
		if steps := math.Round(float64(w) / r.step); steps != 0 {
			b := i / len(r.intents)
			r.table[b] = append(r.table[b], weight{uint8(i % len(r.intents)), int8(steps)})
		}
	}
}

// New is the reader that the program was built with. It takes a few hundredths of a second: make one and keep it.
func New() *Reader {
	r, err := readTable(learntFile)
	if err != nil {
		panic("the table of intents is damaged: " + err.Error()) // it is part of the program
	}
	return r
}

// The table as a file: gzip over the names of the intents, one a line, and an empty one; the step as a 64-bit float; and for
// each bucket how many weights it has, their intents, and their steps.

func (r *Reader) writeTable() []byte {
	var b bytes.Buffer
	z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
	out := append([]byte(strings.Join(r.intents, "\n")), "\n\n"...)
	out = binary.LittleEndian.AppendUint64(out, math.Float64bits(r.step))
	for _, row := range r.table {
		out = append(out, byte(len(row)))
		for _, w := range row {
			out = append(out, w.intent)
		}
		for _, w := range row {
			out = append(out, byte(w.steps))
		}
	}
	// A buffer in memory takes whatever it is given.
	_, _ = z.Write(out)
	_ = z.Close()
	return b.Bytes()
}

func readTable(file []byte) (*Reader, error) {
	z, err := gzip.NewReader(bytes.NewReader(file))
	if err != nil {
		return nil, err
	}
	all, err := io.ReadAll(z)
	if err != nil {
		return nil, err
	}
	names, rest, ok := bytes.Cut(all, []byte("\n\n"))
	if !ok || len(rest) < 8 {
		return nil, errors.New("it ends within its head")
	}
	r := &Reader{same: readSame(sameFile), intents: strings.Split(string(names), "\n"), table: make([][]weight, buckets)}
	r.step = math.Float64frombits(binary.LittleEndian.Uint64(rest))
	rest = rest[8:]
	for b := range r.table {
		if len(rest) == 0 || len(rest) < 1+2*int(rest[0]) {
			return nil, errors.New("it ends within a row")
		}
		n := int(rest[0])
		if n > 0 {
			r.table[b] = make([]weight, n)
		}
		for i := range r.table[b] {
			r.table[b][i] = weight{rest[1+i], int8(rest[1+n+i])}
			if int(r.table[b][i].intent) >= len(r.intents) {
				return nil, errors.New("it names an intent it does not have")
			}
		}
		rest = rest[1+2*n:]
	}
	return r, nil
}
